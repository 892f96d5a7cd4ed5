internal import SQLite

/// Changing the operator's numbers one at a time.
extension Store {
  /// Adds a number that the store does not have yet.
  package func add(_ phone: PhoneNumber, _ fields: NumberFields) throws(StoreError) -> Number {
    try write {
      guard try number(phone) == nil else {
        throw StoreError.refused("\(phone.written) is in the store already", hint: "Change it with: set")
      }
      return try insert(phone, fields)
    }
  }

  /// Changes fields of a number.
  package func change(_ phone: PhoneNumber, _ fields: NumberFields) throws(StoreError) -> Number {
    try write {
      var number = try existing(phone)
      try update(&number, fields)
      return number
    }
  }

  /// Takes numbers into or out of use, all or none of them.
  package func setState(_ state: Number.State, of phones: [PhoneNumber]) throws(StoreError) {
    try write {
      let moment = Moment(now: clock.now(), settings: settings)
      for phone in phones {
        var number = try existing(phone)
        number.state = state
        try database.run("UPDATE number SET state = ? WHERE id = ?", state.rawValue, number.id)
        try refile(&number, at: moment)
      }
    }
  }

  /// Deletes numbers, all or none of them.
  ///
  /// - Parameter evenIfUsed: delete those with a history as well.
  package func remove(_ phones: [PhoneNumber], evenIfUsed: Bool) throws(StoreError) {
    try write {
      for phone in phones {
        let number = try existing(phone)
        guard evenIfUsed || number.lastRequest == 0 else {
          throw StoreError.refused(
            "\(phone.written) has been used: people may ring it back",
            hint: "Keep it out of rotation with: retire; or delete it and its history with: remove --force")
        }
        try unfile(number)
        try database.run("DELETE FROM daily_usage WHERE number_id = ?", number.id)
        try database.run("DELETE FROM number WHERE id = ?", number.id)
      }
    }
  }

  package func find(_ phone: PhoneNumber) throws(StoreError) -> Number {
    try read { try existing(phone) }
  }

  // MARK: Within a transaction

  func number(_ phone: PhoneNumber) throws -> Number? {
    try database.first("SELECT * FROM number_in_full WHERE e164 = ?", phone.e164) { Number($0) }
  }

  private func existing(_ phone: PhoneNumber) throws -> Number {
    guard let number = try number(phone) else {
      throw StoreError.refused("\(phone.written) is not in the store", hint: "Add it with: add, or import")
    }
    return number
  }

  /// Refuses before anything is written: an import goes on with its other rows.
  @discardableResult
  func insert(_ phone: PhoneNumber, _ fields: NumberFields) throws -> Number {
    if let name = fields.carrier, !name.isEmpty { _ = try carrier(making: name) }
    try database.run(
      """
      INSERT INTO number (e164, written, name, pool_id, carrier_id, area_codes, state)
      VALUES (?, ?, '', (SELECT id FROM pool WHERE name = 'default'), 0, '', 'enabled')
      """, phone.e164, phone.written)
    guard var number = try number(id: database.lastInsertedRowID) else {
      throw StoreError(.failed, "a number that was just added is not there")
    }
    try file(number)
    var fields = fields
    // Said or not: it serves its own area code unless it is told others.
    fields.areaCodes = fields.areaCodes ?? []
    try update(&number, fields)
    return number
  }

  /// Whether anything was changed. Refuses before anything is written, as `insert` does.
  @discardableResult
  func update(_ number: inout Number, _ fields: NumberFields) throws -> Bool {
    var changed = number
    if let name = fields.carrier { changed.carrier = name.isEmpty ? nil : try carrier(making: name) }
    if let name = fields.pool { changed.pool = try pool(making: name) }
    if let name = fields.name { changed.name = name }
    if let areaCodes = fields.areaCodes {
      changed.areaCodes = areaCodes.isEmpty ? number.phone.areaCode.map { [String($0)] } ?? [] : areaCodes
    }
    if let limit = fields.dailyLimit { changed.dailyLimit = limit }
    if let limit = fields.hourlyLimit { changed.hourlyLimit = limit }
    guard changed != number else { return false }

    try unfile(number)
    try database.run(
      """
      UPDATE number SET name = ?, pool_id = ?, carrier_id = ?, area_codes = ?, daily_limit = ?, hourly_limit = ?
      WHERE id = ?
      """,
      changed.name, changed.pool.id, changed.carrier?.id ?? 0, changed.areaCodes.joined(separator: " "),
      changed.dailyLimit?.column, changed.hourlyLimit?.column, changed.id)
    try file(changed)
    try refile(&changed, at: Moment(now: clock.now(), settings: settings))
    number = changed
    return true
  }

  private func pool(making name: String) throws -> Pool {
    if let pool = try pool(named: name) { return pool }
    try database.run("INSERT INTO pool (name) VALUES (?)", name)
    return Pool(id: database.lastInsertedRowID, name: name)
  }

  /// The most carriers of a store: a pick that asks for none in particular looks at each of them.
  static let maximumCarriers = 64

  private func carrier(making name: String) throws -> Carrier {
    if let carrier = try carrier(named: name) { return carrier }
    guard try database.value("SELECT count(*) FROM carrier") ?? 0 < Self.maximumCarriers else {
      throw StoreError.refused(
        "\(Self.maximumCarriers) carriers are the most, \"\(name)\" would be one more",
        hint: "A carrier is the trunk's name, not something of each number's own")
    }
    try database.run("INSERT INTO carrier (name) VALUES (?)", name)
    return Carrier(id: database.lastInsertedRowID, name: name)
  }
}

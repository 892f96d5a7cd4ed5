internal import SQLite

/// Changing the operator's numbers.
extension Store {
  /// Adds a number that the store does not have yet.
  package func add(_ phone: PhoneNumber, _ fields: NumberFields) throws(StoreError) -> Number {
    try change("add \(phone.written) \(fields.summary)") {
      guard try number(phone) == nil else {
        throw StoreError.refused("\(phone.written) is in the store already", hint: "Change it with: set")
      }
      return try put(phone, fields, at: moment).number
    }
  }

  /// Changes fields of a number.
  package func change(_ phone: PhoneNumber, _ fields: NumberFields) throws(StoreError) -> Number {
    try change("set \(phone.written) \(fields.summary)") {
      _ = try existing(phone)
      return try put(phone, fields, at: moment).number
    }
  }

  /// Takes numbers into or out of use, all or none of them.
  package func setState(_ state: Number.State, of phones: [PhoneNumber]) throws(StoreError) {
    try change("\(state.command) \(phones.map(\.written).joined(separator: " "))") {
      for phone in phones {
        var number = try existing(phone)
        number.state = state
        try database.run("UPDATE number SET state = ? WHERE id = ?", state.rawValue, number.id)
        try refile(&number, at: moment)
      }
    }
  }

  /// Leaves numbers unused until a time, all or none of them; a time that is past wakes them.
  ///
  /// - Parameters:
  ///   - until: seconds since 1970-01-01 UTC.
  ///   - reasons: of those that have one of their own.
  package func rest(
    _ phones: [PhoneNumber], until: Int, reason: String, reasons: [PhoneNumber: String] = [:]
  ) throws(StoreError) {
    let why = reason.isEmpty ? "" : " (\(reason))"
    let what = until > clock.now() ? "rest until \(settings.calendar.text(of: until))\(why):" : "wake"
    try change("\(what) \(phones.map(\.written).joined(separator: " "))") {
      for phone in phones {
        var number = try existing(phone)
        let rests = until > moment.now
        number.restingUntil = rests ? until : 0
        number.restReason = rests ? reasons[phone] ?? reason : ""
        // Judged anew from here on.
        try database.run("DELETE FROM outcome WHERE number_id = ?", number.id)
        try refile(&number, at: moment)
      }
    }
  }

  /// Deletes numbers, all or none of them.
  ///
  /// - Parameter evenIfUsed: delete those with a history as well.
  package func remove(_ phones: [PhoneNumber], evenIfUsed: Bool) throws(StoreError) {
    try change("remove \(phones.map(\.written).joined(separator: " "))" + (evenIfUsed ? " --force" : "")) {
      for phone in phones {
        let number = try existing(phone)
        guard evenIfUsed || number.lastRequest == 0 else {
          throw StoreError.refused(
            "\(phone.written) has been used: people may ring it back",
            hint: "Keep it out of rotation with: retire; or delete it and its history with: remove --force")
        }
        try unfile(number)
        count(-1, in: number.pool)
        try database.run("DELETE FROM daily_usage WHERE number_id = ?", number.id)
        try database.run("DELETE FROM campaign_number WHERE number_id = ?", number.id)
        try database.run("DELETE FROM outcome WHERE number_id = ?", number.id)
        try database.run("DELETE FROM sticky WHERE number_id = ?", number.id)
        try database.run("DELETE FROM number WHERE id = ?", number.id)
      }
    }
  }

  package func find(_ phone: PhoneNumber) throws(StoreError) -> Number {
    try read { try existing(phone) }
  }

  private func existing(_ phone: PhoneNumber) throws -> Number {
    guard let number = try number(phone) else {
      throw StoreError.refused("\(phone.written) is not in the store", hint: "Add it with: add, or import")
    }
    return number
  }

  // MARK: Within a transaction

  enum Change { case added, updated, unchanged }

  /// Adds a number, or changes the fields that are said of one that is there.
  ///
  /// - Parameter dryRun: tell what would be done only.
  func put(
    _ phone: PhoneNumber, _ fields: NumberFields, at moment: Moment, dryRun: Bool = false
  ) throws -> (number: Number, change: Change) {
    let present = try number(phone)
    var fields = fields
    // Said or not: a new number serves its own area code unless it is told others.
    if present == nil { fields.areaCodes = fields.areaCodes ?? [] }
    var number =
      try present ?? Number(phone, in: pool(making: Pool.defaultName, dryRun: dryRun), addedAt: moment.now)
    if let name = fields.pool { number.pool = try pool(making: name, dryRun: dryRun) }
    if let name = fields.carrier { number.carrier = try carrier(making: name, dryRun: dryRun) }
    number.set(fields)
    guard number != present else { return (number, .unchanged) }
    if !dryRun { number = try save(number, over: present, at: moment) }
    return (number, present == nil ? .added : .updated)
  }

  private func save(_ changed: Number, over present: Number?, at moment: Moment) throws -> Number {
    var number = changed
    let (limits, ownership) = ((number.dailyLimit?.column, number.hourlyLimit?.column), number.ownership)
    if let present {
      try unfile(present)
      count(-1, in: present.pool)
      try database.run(
        """
        UPDATE number SET written = ?, name = ?, pool_id = ?, carrier_id = ?, area_codes = ?, state = ?,
          daily_limit = ?, hourly_limit = ?, max_concurrent = ?, attestation = ?, authorized_by = ?, verified_at = ?,
          callback = ?
        WHERE id = ?
        """,
        number.phone.written, number.name, number.pool.id, number.carrier?.id ?? 0,
        number.areaCodes.joined(separator: " "), number.state.rawValue, limits.0, limits.1, number.maxConcurrent,
        ownership.attestation.rawValue, ownership.authorizedBy, ownership.verifiedAt, ownership.callback, number.id)
    } else {
      number.place.asleepUntil = number.sleep(at: moment)?.until ?? 0
      try database.run(
        """
        INSERT INTO number (e164, written, name, pool_id, carrier_id, area_codes, state, daily_limit, hourly_limit,
          max_concurrent, added_at, attestation, authorized_by, verified_at, callback, day, used_today, hour,
          used_this_hour, last_request, last_used_at, holds, resting_until, rest_reason, asleep_until)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 0, 0, 0, 0, 0, 0, '', 0, '', ?)
        """,
        number.phone.e164, number.phone.written, number.name, number.pool.id, number.carrier?.id ?? 0,
        number.areaCodes.joined(separator: " "), number.state.rawValue, limits.0, limits.1, number.maxConcurrent,
        number.addedAt, ownership.attestation.rawValue, ownership.authorizedBy, ownership.verifiedAt,
        ownership.callback, number.place.asleepUntil)
      number.id = database.lastInsertedRowID
    }
    try file(number)
    count(1, in: number.pool)
    if !number.pool.hasRegions, number.areaCodes.contains(where: { !AreaCode.isDigits($0) }) {
      try database.run("UPDATE pool SET has_regions = 1 WHERE id = ?", number.pool.id)
      forgetNames()
    }
    if present != nil { try refile(&number, at: moment) }
    return number
  }

  /// Written once a transaction: an import adds thousands.
  private func count(_ numbers: Int, in pool: Pool) { poolGrowth[pool.id, default: 0] += numbers }

  func saveGrowth() throws {
    for (id, numbers) in poolGrowth where numbers != 0 {
      try database.run("UPDATE pool SET numbers = numbers + ? WHERE id = ?", numbers, id)
    }
    poolGrowth.removeAll()
  }

  /// One that is not there yet is made; under a dry run it is made up.
  func pool(making name: String, dryRun: Bool = false) throws -> Pool {
    if let pool = try pool(named: name) { return pool }
    if !dryRun {
      try database.run("INSERT INTO pool (name, numbers, has_regions, scopes) VALUES (?, 0, 0, '')", name)
    }
    return Pool(id: dryRun ? -1 : database.lastInsertedRowID, name: name, hasRegions: false, scopes: [])
  }

  /// The most carriers of a store: a pick that asks for none in particular looks at each of them.
  static let maximumCarriers = 64

  func carrier(making name: String, dryRun: Bool = false) throws -> Carrier? {
    guard !name.isEmpty else { return nil }
    if let carrier = try carrier(named: name) { return carrier }
    guard try database.value("SELECT count(*) FROM carrier") ?? 0 < Self.maximumCarriers else {
      throw StoreError.refused(
        "\(Self.maximumCarriers) carriers are the most, \"\(name)\" would be one more",
        hint: "A carrier is the trunk's name, not something of each number's own")
    }
    if !dryRun { try database.run("INSERT INTO carrier (name) VALUES (?)", name) }
    return Carrier(id: dryRun ? -1 : database.lastInsertedRowID, name: name)
  }
}

extension Number {
  /// One that the store does not have yet.
  init(_ phone: PhoneNumber, in pool: Pool, addedAt: Int) {
    self.init(
      id: 0, phone: phone, name: "", pool: pool, carrier: nil, areaCodes: [], state: .enabled, dailyLimit: nil,
      hourlyLimit: nil, maxConcurrent: nil, addedAt: addedAt, ownership: Ownership())
  }

  /// What is not said stays as it is.
  mutating func set(_ fields: NumberFields) {
    if let name = fields.name { self.name = name }
    if let areaCodes = fields.areaCodes {
      self.areaCodes = areaCodes.isEmpty ? phone.areaCode.map { [String($0)] } ?? [] : areaCodes
    }
    if let limit = fields.dailyLimit { dailyLimit = limit }
    if let limit = fields.hourlyLimit { hourlyLimit = limit }
    if let most = fields.maxConcurrent { maxConcurrent = most }
    if let state = fields.state { self.state = state }
    if let attestation = fields.attestation { ownership.attestation = attestation }
    if let authorizedBy = fields.authorizedBy { ownership.authorizedBy = authorizedBy }
    if let verifiedAt = fields.verifiedAt { ownership.verifiedAt = verifiedAt }
    if let callback = fields.callback { ownership.callback = callback }
  }
}

internal import SQLite

/// What `put` did with a number, or would do.
package enum NumberChange: Sendable { case added, updated, unchanged }

extension Snapshot {
  /// - Throws: `unknown` where the store does not have the number.
  func existing(_ phone: PhoneNumber) throws -> Number {
    guard let number = try number(phone) else {
      throw StoreError(.unknown, "\(phone.written) is not in the store", hint: "Add it with: add, or import")
    }
    return number
  }

  /// What `Transaction.put` would do.
  func rehearsePut(_ phone: PhoneNumber, _ fields: NumberFields) throws -> NumberChange {
    let (number, present) = try edited(
      phone, fields,
      pool: { try pool(named: $0) ?? Pool(id: -1, name: $0, reach: [], scopes: []) },
      carrier: { name in
        try carrier(named: name)
          ?? {
            try checkRoom(forCarrier: name)
            return Carrier(id: -1, name: name)
          }()
      })
    return number == present ? .unchanged : present == nil ? .added : .updated
  }

  /// The number with these fields: the existing one, changed, or a new one.
  ///
  /// - Throws: `refused` where it would stand in too many lanes.
  /// - Parameters:
  ///   - pool, carrier: the pool and the carrier to use, which may not be in the store yet.
  fileprivate func edited(
    _ phone: PhoneNumber, _ fields: NumberFields, pool: (String) throws -> Pool, carrier: (String) throws -> Carrier
  ) throws -> (number: Number, present: Number?) {
    let present = try number(phone)
    var fields = fields
    // Unless area codes are given, a new number serves its own.
    if present == nil { fields.areaCodes = fields.areaCodes ?? [] }
    var number = try present ?? Number(phone, in: pool(Pool.defaultName), addedAt: now)
    if let name = fields.pool { number.pool = try pool(name) }
    if let name = fields.carrier { number.carrier = name.isEmpty ? nil : try carrier(name) }
    number.set(fields)
    // One that stood in too many before may still be changed, as long as they do not become more.
    if number.laneBound.lanes > present?.laneBound.lanes ?? 0 { try number.laneBound.check(pool: number.pool.name) }
    return (number, present)
  }

  fileprivate func checkRoom(forCarrier name: String) throws {
    guard try database.value("SELECT count(*) FROM carrier") ?? 0 < Carrier.most else {
      throw StoreError.refused(
        "\(Carrier.most) carriers are the most, \"\(name)\" would be one more",
        hint: "A carrier is the trunk's name, not something of each number's own")
    }
  }
}

/// Changing numbers.
extension Transaction {
  /// Adds a number, or changes the given fields of an existing one.
  func put(_ phone: PhoneNumber, _ fields: NumberFields) throws -> (number: Number, change: NumberChange) {
    let (number, present) = try edited(phone, fields, pool: pool(making:), carrier: carrier(making:))
    guard number != present else {
      // One that a version kept which did not look for such area codes.
      try keepReach(of: number)
      return (number, .unchanged)
    }
    return (try save(number, over: present), present == nil ? .added : .updated)
  }

  private func save(_ changed: Number, over present: Number?) throws -> Number {
    var number = changed
    if let present {
      try leaveLanes(present)
      count(-1, in: present.pool)
      try update(number)
      noteChange(from: present, to: number)
    } else {
      // Whose it is decides the engine.
      if isClustered { number.lease = 0 }
      number.place.asleepUntil = number.sleep(at: moment)?.until ?? 0
      number.id = try insert(number)
      noteAdding(number)
    }
    try enterLanes(number)
    count(1, in: number.pool)
    try keepReach(of: number)
    if present != nil { try moveToItsPlace(&number) }
    return number
  }

  func keepReach(of number: Number) throws {
    let reach = number.pool.reach.union(Pool.Reach(of: number))
    guard reach != number.pool.reach else { return }
    try database.run("UPDATE pool SET has_regions = ? WHERE id = ?", reach.rawValue, number.pool.id)
    forgetPools()
  }

  private func update(_ number: Number) throws {
    try tell(.number, number.phone.e164)
    let ownership = number.ownership
    try database.run(
      """
      UPDATE number SET written = ?, name = ?, pool_id = ?, carrier_id = ?, area_codes = ?, state = ?,
        daily_limit = ?, hourly_limit = ?, max_concurrent = ?, attestation = ?, authorized_by = ?, verified_at = ?,
        callback = ?
      WHERE id = ?
      """,
      number.phone.written, number.name, number.pool.id, number.carrier?.id ?? 0,
      number.areaCodes.joined(separator: " "), number.state.rawValue, number.dailyLimit?.column,
      number.hourlyLimit?.column, number.maxConcurrent, ownership.attestation.rawValue, ownership.authorizedBy,
      ownership.verifiedAt, ownership.callback, number.id)
  }

  /// - Returns: its ID.
  private func insert(_ number: Number) throws -> Int {
    try tell(.number, number.phone.e164)
    let ownership = number.ownership
    try database.run(
      """
      INSERT INTO number (e164, written, name, pool_id, carrier_id, area_codes, state, daily_limit, hourly_limit,
        max_concurrent, added_at, attestation, authorized_by, verified_at, callback, day, used_today, hour,
        used_this_hour, last_request, last_used_at, holds, resting_until, rest_reason, asleep_until, lease)
      VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 0, 0, 0, 0, 0, 0, '', 0, '', ?, ?)
      """,
      number.phone.e164, number.phone.written, number.name, number.pool.id, number.carrier?.id ?? 0,
      number.areaCodes.joined(separator: " "), number.state.rawValue, number.dailyLimit?.column,
      number.hourlyLimit?.column, number.maxConcurrent, number.addedAt, ownership.attestation.rawValue,
      ownership.authorizedBy, ownership.verifiedAt, ownership.callback, number.place.asleepUntil, number.lease)
    return database.lastInsertedRowID
  }

  func keepState(of number: Number) throws {
    try tell(.number, number.phone.e164)
    try database.run("UPDATE number SET state = ? WHERE id = ?", number.state.rawValue, number.id)
  }

  func forgetOutcomes(of number: Number) throws {
    try database.run("DELETE FROM outcome WHERE number_id = ?", number.id)
  }

  /// Removes a number and its history. Its ID stays in the request log.
  func delete(_ number: Number) throws {
    try tell(.number, number.phone.e164)
    try leaveLanes(number)
    count(-1, in: number.pool)
    try noteRemoval(of: number)
    for scope in number.pool.scopes {
      try database.run(
        "DELETE FROM campaign_number WHERE campaign_id = ? AND number_id = ?", scope.campaignID, number.id)
    }
    if number.lastRequest > 0 || number.lastUsedAt > 0 { try deleteHistory(of: number) }
    try database.run("DELETE FROM number WHERE id = ?", number.id)
  }

  /// What is kept of calls with a number. These tables have no index by number: what they hold of it is read and deleted in
  /// one pass, which takes milliseconds where there are many numbers and days.
  private func deleteHistory(of number: Number) throws {
    let archived: [[String?]] = try database.all(
      "DELETE FROM daily_usage WHERE number_id = ? RETURNING day, calls, answered, answered_seconds", number.id
    ) { row in (0..<4).map { row[$0] } }
    for day in archived { note(.archived, day) }
    try database.run("DELETE FROM campaign_number WHERE number_id = ?", number.id)
    try forgetOutcomes(of: number)
    let sticky: [(campaign: Int, key: String, until: Int)] = try database.all(
      "DELETE FROM sticky WHERE number_id = ? RETURNING campaign_id, key, until", number.id
    ) { ($0[0], $0[1], $0[2]) }
    for row in sticky where notes != nil {
      let name: String? = try database.value("SELECT name FROM campaign WHERE id = ?", row.campaign)
      note(.sticky, [name, row.key, String(row.until)])
    }
  }

  // MARK: Pools and carriers

  /// Written once in each transaction, because an import adds thousands of numbers.
  func count(_ numbers: Int, in pool: Pool) { memory.growth[pool.id, default: 0] += numbers }

  func saveGrowth() throws {
    for (id, numbers) in memory.growth where numbers != 0 {
      try database.run("UPDATE pool SET numbers = numbers + ? WHERE id = ?", numbers, id)
    }
    memory.growth.removeAll()
  }

  /// Call this after changing a pool's row.
  func forgetPools() { memory.pools.removeAll() }

  func pool(making name: String) throws -> Pool {
    if let pool = try pool(named: name) { return pool }
    try database.run("INSERT INTO pool (name, numbers, has_regions, scopes) VALUES (?, 0, 0, '')", name)
    return Pool(id: database.lastInsertedRowID, name: name, reach: [], scopes: [])
  }

  func carrier(making name: String) throws -> Carrier {
    if let carrier = try carrier(named: name) { return carrier }
    try checkRoom(forCarrier: name)
    try database.run("INSERT INTO carrier (name) VALUES (?)", name)
    return Carrier(id: database.lastInsertedRowID, name: name)
  }
}

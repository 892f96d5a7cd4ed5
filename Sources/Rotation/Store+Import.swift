internal import Glibc
internal import SQLite

/// What an import did, or would do.
package struct ImportReport: Equatable, Sendable {
  package var added = 0
  package var updated = 0
  package var unchanged = 0
  package var rejected: [Rejection] = []

  package struct Rejection: Equatable, Sendable {
    package let line: Int
    /// The number as the file has it.
    package let value: String
    package let reason: String

    package init(line: Int, value: String, reason: String) {
      self.line = line
      self.value = value
      self.reason = reason
    }
  }

  package init() {}
}

extension Store {
  /// Adds the numbers that are new and changes those that differ. Numbers that are not among the rows stay as they are.
  ///
  /// The rows go in by batches, each a transaction of some milliseconds, and calls are served between them. As all rows
  /// have been checked, only the machine can stop it on the way; the same import, run again, then does the rest.
  ///
  /// - Parameters:
  ///   - dryRun: report what would be done, and do nothing.
  ///   - progress: called with the count of numbers done, after each batch; it may stop the import by throwing.
  package func importNumbers(
    _ stage: ImportStage, dryRun: Bool = false, progress: (Int) throws -> Void = { _ in }
  ) throws(StoreError) -> ImportReport {
    let transaction: (() throws -> [Change]) throws(StoreError) -> [Change] = dryRun ? read : write
    var report = ImportReport()
    report.rejected = stage.rejected
    var names = ImportNames()
    var batch = Batch()
    var line = 0
    var done = 0
    do {
      // Pages that rows far apart in the file have in common are then read once.
      try database.execute("PRAGMA cache_size = -32768")
      while case let rows = try stage.rows(after: line, limit: batch.size), let last = rows.last {
        let changes = try batch.timed {
          try transaction {
            let moment = moment
            return try rows.map { try put($0, &names, at: moment, dryRun: dryRun) }
          }
        }
        for change in changes { report.count(change) }
        line = last.line
        done += rows.count
        try progress(done)
        if !dryRun { batch.pause() }
      }
    } catch {
      let error = StoreError(error)
      guard done > 0, !dryRun else { throw error }
      throw StoreError(
        error.kind, "\(error.message) when \(done) of \(stage.count) numbers were in",
        hint: "They stay; run the same import again to bring in the rest")
    }
    return report
  }

  fileprivate enum Change { case added, updated, unchanged }

  private func put(
    _ row: ImportRow, _ names: inout ImportNames, at moment: Moment, dryRun: Bool
  ) throws -> Change {
    let present = try number(row.phone)
    var fields = row.fields
    // Said or not: a new number serves its own area code unless it is told others.
    if present == nil { fields.areaCodes = fields.areaCodes ?? [] }
    var number =
      try present
      ?? Number(
        id: 0, phone: row.phone, name: "", pool: pool(Pool.defaultName, &names, dryRun: dryRun), carrier: nil,
        areaCodes: [], state: .enabled, dailyLimit: nil, hourlyLimit: nil)
    if let name = fields.pool { number.pool = try pool(name, &names, dryRun: dryRun) }
    if let name = fields.carrier { number.carrier = try carrier(name, &names, dryRun: dryRun) }
    number.set(fields)
    guard number != present else { return .unchanged }
    if !dryRun { try save(number, over: present, at: moment) }
    return present == nil ? .added : .updated
  }

  private func save(_ number: Number, over present: Number?, at moment: Moment) throws {
    var number = number
    guard let present else {
      number.place.asleepUntil = number.sleep(at: moment)?.until ?? 0
      try database.run(
        """
        INSERT INTO number
          (e164, written, name, pool_id, carrier_id, area_codes, state, daily_limit, hourly_limit, asleep_until)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
        """,
        number.phone.e164, number.phone.written, number.name, number.pool.id, number.carrier?.id ?? 0,
        number.areaCodes.joined(separator: " "), number.state.rawValue, number.dailyLimit?.column,
        number.hourlyLimit?.column, number.place.asleepUntil)
      return try file(Number(number, id: database.lastInsertedRowID))
    }
    try unfile(present)
    try database.run(
      """
      UPDATE number SET name = ?, pool_id = ?, carrier_id = ?, area_codes = ?, state = ?, daily_limit = ?,
        hourly_limit = ?
      WHERE id = ?
      """,
      number.name, number.pool.id, number.carrier?.id ?? 0, number.areaCodes.joined(separator: " "),
      number.state.rawValue, number.dailyLimit?.column, number.hourlyLimit?.column, number.id)
    try file(number)
    try refile(&number, at: moment)
  }

  // MARK: Pools and carriers

  /// One that is not there yet is made; under a dry run it is made up.
  private func pool(_ name: String, _ names: inout ImportNames, dryRun: Bool) throws -> Pool {
    if let pool = names.pools[name] { return pool }
    var found = try pool(named: name)
    if found == nil, !dryRun {
      try database.run("INSERT INTO pool (name) VALUES (?)", name)
      found = Pool(id: database.lastInsertedRowID, name: name)
    }
    let pool = found ?? Pool(id: -1, name: name)
    names.pools[name] = pool
    return pool
  }

  private func carrier(_ name: String, _ names: inout ImportNames, dryRun: Bool) throws -> Carrier? {
    guard !name.isEmpty else { return nil }
    if let carrier = names.carriers[name] { return carrier }
    var found = try carrier(named: name)
    if found == nil, !dryRun {
      try database.run("INSERT INTO carrier (name) VALUES (?)", name)
      found = Carrier(id: database.lastInsertedRowID, name: name)
    }
    let carrier = found ?? Carrier(id: -1, name: name)
    names.carriers[name] = carrier
    return carrier
  }
}

extension Number {
  /// What is not said stays as it is.
  fileprivate mutating func set(_ fields: NumberFields) {
    if let name = fields.name { self.name = name }
    if let areaCodes = fields.areaCodes {
      self.areaCodes = areaCodes.isEmpty ? phone.areaCode.map { [String($0)] } ?? [] : areaCodes
    }
    if let limit = fields.dailyLimit { dailyLimit = limit }
    if let limit = fields.hourlyLimit { hourlyLimit = limit }
    if let state = fields.state { self.state = state }
  }

  /// A number that has never been used, under the ID that the store gave it.
  fileprivate init(_ number: Number, id: Int) {
    self.init(
      id: id, phone: number.phone, name: number.name, pool: number.pool, carrier: number.carrier,
      areaCodes: number.areaCodes, state: number.state, dailyLimit: number.dailyLimit, hourlyLimit: number.hourlyLimit)
    place = number.place
  }
}

extension ImportReport {
  fileprivate mutating func count(_ change: Store.Change) {
    switch change {
    case .added: added += 1
    case .updated: updated += 1
    case .unchanged: unchanged += 1
    }
  }
}

/// The pools and carriers of an import by the names that its rows give them, each looked up once.
private struct ImportNames {
  var pools: [String: Pool] = [:]
  var carriers: [String: Carrier] = [:]
}

/// How many rows go in at once.
private struct Batch {
  /// Fits the next batch into the time that a call may be kept waiting, by what the last one took.
  private(set) var size = 64

  private static let nanoseconds = 5_000_000
  private static let sizes = 16...4096

  mutating func timed<Result>(_ body: () throws -> Result) rethrows -> Result {
    let start = Self.now
    let result = try body()
    let taken = max(1, Self.now - start)
    // At most doubled: one batch tells little of the next.
    let fitting = min(size * Self.nanoseconds / taken, size * 2)
    size = min(max(fitting, Self.sizes.lowerBound), Self.sizes.upperBound)
    return result
  }

  /// A process that waits for the store's lock must get to run to take it, and the next batch would be there first.
  func pause() { usleep(500) }

  private static var now: Int {
    var now = timespec()
    clock_gettime(CLOCK_MONOTONIC, &now)
    return now.tv_sec * 1_000_000_000 + now.tv_nsec
  }
}

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
    let put = dryRun ? compare : put
    var report = ImportReport()
    report.rejected = stage.rejected
    var names = ImportNames(areMade: !dryRun)
    var batch = ImportBatch()
    var line = 0
    var done = 0
    do {
      // Pages that rows far apart in the file have in common are then read once.
      try database.execute("PRAGMA cache_size = -65536")
      while case let rows = try stage.rows(after: line, limit: batch.size), let last = rows.last {
        let changes = try batch.timed {
          try transaction {
            let moment = moment
            return try rows.map { try put($0, &names, moment) }
          }
        }
        for change in changes { report.count(change) }
        line = last.line
        done += rows.count
        try progress(done)
        if !dryRun { try batch.letOthers(use: database) }
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

  private func put(_ row: ImportRow, _ names: inout ImportNames, _ moment: Moment) throws -> Change {
    var new = try newNumber(row, &names)
    new.place.asleepUntil = new.sleep(at: moment)?.until ?? 0
    // Most rows of a long file are new numbers: that is tried before they are looked for.
    try database.run(
      """
      INSERT OR IGNORE INTO number
        (e164, written, name, pool_id, carrier_id, area_codes, state, daily_limit, hourly_limit, asleep_until)
      VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
      """,
      new.phone.e164, new.phone.written, new.name, new.pool.id, new.carrier?.id ?? 0, Self.column(new.areaCodes),
      new.state.rawValue, new.dailyLimit?.column, new.hourlyLimit?.column, new.place.asleepUntil)
    guard database.changes == 0 else {
      try file(Number(new, id: database.lastInsertedRowID))
      return .added
    }
    guard let present = try number(row.phone) else {
      throw StoreError(.failed, "the store neither takes nor has \(row.phone.written)")
    }
    var number = try present.with(row.fields, of: self, &names)
    guard number != present else { return .unchanged }
    try unfile(present)
    try database.run(
      """
      UPDATE number SET name = ?, pool_id = ?, carrier_id = ?, area_codes = ?, state = ?, daily_limit = ?,
        hourly_limit = ?
      WHERE id = ?
      """,
      number.name, number.pool.id, number.carrier?.id ?? 0, Self.column(number.areaCodes), number.state.rawValue,
      number.dailyLimit?.column, number.hourlyLimit?.column, number.id)
    try file(number)
    try refile(&number, at: moment)
    return .updated
  }

  /// What `put` would do.
  private func compare(_ row: ImportRow, _ names: inout ImportNames, _ moment: Moment) throws -> Change {
    guard let present = try number(row.phone) else { return .added }
    return try present.with(row.fields, of: self, &names) == present ? .unchanged : .updated
  }

  private func newNumber(_ row: ImportRow, _ names: inout ImportNames) throws -> Number {
    var fields = row.fields
    // Said or not: it serves its own area code unless it is told others.
    fields.areaCodes = fields.areaCodes ?? []
    return try Number(
      id: 0, phone: row.phone, name: "", pool: names.pool(fields.pool ?? Pool.defaultName, in: self), carrier: nil,
      areaCodes: [], state: .enabled, dailyLimit: nil, hourlyLimit: nil
    ).with(fields, of: self, &names)
  }

  private static func column(_ areaCodes: [String]) -> String {
    areaCodes.count == 1 ? areaCodes[0] : areaCodes.joined(separator: " ")
  }
}

extension Number {
  /// What is not said stays as it is.
  fileprivate func with(_ fields: NumberFields, of store: Store, _ names: inout ImportNames) throws -> Number {
    var number = self
    if let name = fields.pool { number.pool = try names.pool(name, in: store) }
    if let name = fields.carrier { number.carrier = name.isEmpty ? nil : try names.carrier(name, in: store) }
    if let name = fields.name { number.name = name }
    if let areaCodes = fields.areaCodes {
      number.areaCodes = areaCodes.isEmpty ? phone.areaCode.map { [String($0)] } ?? [] : areaCodes
    }
    if let limit = fields.dailyLimit { number.dailyLimit = limit }
    if let limit = fields.hourlyLimit { number.hourlyLimit = limit }
    if let state = fields.state { number.state = state }
    return number
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

/// The pools and carriers of an import, each looked up once by the name that rows give it.
private struct ImportNames {
  /// Whether those that are not there yet are made, or only made up.
  let areMade: Bool
  private var pools: [String: Pool] = [:]
  private var carriers: [String: Carrier] = [:]

  init(areMade: Bool) { self.areMade = areMade }

  mutating func pool(_ name: String, in store: Store) throws -> Pool {
    if let pool = pools[name] { return pool }
    var pool = try store.pool(named: name)
    if pool == nil, areMade {
      try store.database.run("INSERT INTO pool (name) VALUES (?)", name)
      pool = Pool(id: store.database.lastInsertedRowID, name: name)
    }
    let found = pool ?? Pool(id: -1, name: name)
    pools[name] = found
    return found
  }

  mutating func carrier(_ name: String, in store: Store) throws -> Carrier {
    if let carrier = carriers[name] { return carrier }
    var carrier = try store.carrier(named: name)
    if carrier == nil, areMade {
      try store.database.run("INSERT INTO carrier (name) VALUES (?)", name)
      carrier = Carrier(id: store.database.lastInsertedRowID, name: name)
    }
    let found = carrier ?? Carrier(id: -1, name: name)
    carriers[name] = found
    return found
  }
}

/// How many rows go in at once: what the store takes in the time that a call may be kept waiting.
private struct ImportBatch {
  private(set) var size = 64
  private var version = 0
  /// When another process was last seen to have written.
  private var lastCall = now

  // Nanoseconds. Where calls come, each is likely to be kept waiting; where none do, one might come all the same.
  private static let allowed = (amongCalls: 5_000_000, otherwise: 100_000_000)
  private static let quietTime = 1_000_000_000
  private static let sizes = 64...8192

  mutating func timed<Result>(_ body: () throws -> Result) rethrows -> Result {
    let start = Self.now
    let result = try body()
    let end = Self.now
    let allowed = end - lastCall > Self.quietTime ? Self.allowed.otherwise : Self.allowed.amongCalls
    // At most doubled: one batch tells little of the next.
    size = min(size * allowed / max(1, end - start), size * 2)
    size = min(max(size, Self.sizes.lowerBound), Self.sizes.upperBound)
    return result
  }

  /// Waits between batches: a process that waits for the store's lock must get to run to take it.
  mutating func letOthers(use database: Database) throws {
    usleep(500)
    // Changes when another connection has written.
    let version = try database.value("PRAGMA data_version") ?? 0
    if version != self.version { lastCall = Self.now }
    self.version = version
  }

  private static var now: Int {
    var now = timespec()
    clock_gettime(CLOCK_MONOTONIC, &now)
    return now.tv_sec * 1_000_000_000 + now.tv_nsec
  }
}

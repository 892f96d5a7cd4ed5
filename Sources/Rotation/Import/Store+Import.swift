internal import SQLite

/// The result of an import, or of a dry run.
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
  ///   - dryRun: only report what would be done.
  ///   - progress: called with the count of numbers done, after each batch; it may stop the import by throwing.
  package func importNumbers(
    _ stage: ImportStage, dryRun: Bool = false, progress: (Int) throws -> Void = { _ in }
  ) throws(StoreError) -> ImportReport {
    var report = ImportReport()
    report.rejected = stage.rejected
    var batch = ImportBatch()
    var line = 0
    var done = 0
    do {
      try withLargeCache {
        while case let rows = try stage.rows(after: line, limit: batch.size), let last = rows.last {
          let changes = try batch.timed {
            try dryRun
              ? read { snapshot in try rows.map { try snapshot.rehearsePut($0.phone, $0.fields) } }
              : write { transaction in try rows.map { try transaction.put($0.phone, $0.fields).change } }
          }
          for change in changes { report.count(change) }
          line = last.line
          done += rows.count
          try progress(done)
          if !dryRun {
            letCallsGoAhead()
            try batch.noteCalls(on: database)
          }
        }
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

  /// Runs `body` with a larger page cache, so that pages which rows far apart in the file share are read once. Afterwards
  /// the cache has its old size.
  private func withLargeCache(_ body: () throws -> Void) throws {
    let size: Int = try database.value("PRAGMA cache_size") ?? 0
    try database.execute("PRAGMA cache_size = -65536")
    defer { try? database.setCacheSize(size) }
    try body()
  }
}

extension ImportReport {
  fileprivate mutating func count(_ change: NumberChange) {
    switch change {
    case .added: added += 1
    case .updated: updated += 1
    case .unchanged: unchanged += 1
    }
  }
}

/// How many rows are written at once: as many as the store takes in the time that a call may be kept waiting.
private struct ImportBatch {
  private(set) var size = 64
  private var version = 0
  /// When another process was last seen to have written.
  private var lastCall = now

  // In nanoseconds. If calls are coming, each batch keeps one waiting; if none are, one might still come.
  private static let allowed = (amongCalls: 20_000_000, otherwise: 100_000_000)
  private static let quietTime = 1_000_000_000
  private static let sizes = 64...8192

  mutating func timed<Result>(_ body: () throws -> Result) rethrows -> Result {
    let start = Self.now
    let result = try body()
    let end = Self.now
    let allowed = end - lastCall > Self.quietTime ? Self.allowed.otherwise : Self.allowed.amongCalls
    // At most doubled, because one batch says little about the next.
    size = min(size * allowed / max(1, end - start), size * 2)
    size = min(max(size, Self.sizes.lowerBound), Self.sizes.upperBound)
    return result
  }

  /// Whether another process has written since the last batch.
  mutating func noteCalls(on database: Database) throws {
    // Changes when another connection has written.
    let version = try database.value("PRAGMA data_version") ?? 0
    if version != self.version { lastCall = Self.now }
    self.version = version
  }

  private static var now: Int { Int(Monotonic.now) }
}

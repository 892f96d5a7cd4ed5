internal import SQLite

/// The result of an import, or of a dry run.
package struct ImportReport: Equatable, Sendable {
  package var added = 0
  package var updated = 0
  package var unchanged = 0
  /// In the order of the file.
  package var rejected: [Rejection] = []
  /// Rows that say of a number what an earlier row says, or that add an area code to it.
  package var repeated = 0
  /// By which words of the file numbers came in disabled, and how many by each.
  package var disabled: [(word: String, numbers: Int)] = []

  package static func == (one: Self, other: Self) -> Bool {
    (one.added, one.updated, one.unchanged, one.repeated) == (
      other.added, other.updated, other.unchanged, other.repeated
    )
      && one.rejected == other.rejected && one.disabled.elementsEqual(other.disabled, by: ==)
  }

  package struct Rejection: Equatable, Sendable {
    package let line: Int
    /// The number as the file has it.
    package let value: String
    package let reason: String
    /// What the file calls the column that the reason is in; nil where it is the row as a whole.
    package let column: String?

    package init(line: Int, value: String, reason: String, column: String? = nil) {
      self.line = line
      self.value = value
      self.reason = reason
      self.column = column
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
  ///   - what: what the audit says from the first change on, until `note(_:)` completes it; nil where nobody asks.
  ///   - dryRun: only report what would be done.
  ///   - progress: called with the count of numbers done, after each batch; it may stop the import by throwing.
  package func importNumbers(
    _ stage: ImportStage, as what: String? = nil, dryRun: Bool = false, progress: (Int) throws -> Void = { _ in }
  ) throws(StoreError) -> ImportReport {
    var report = ImportReport()
    report.rejected = stage.rejected
    report.repeated = stage.repeated
    report.disabled = try stage.disabled()
    var batch = Batch()
    var (begun, entry): (AuditEntry?, AuditEntry?) = (nil, nil)
    var line = 0
    var done = 0
    do {
      try withLargeCache {
        while case let rows = try stage.rows(after: line, limit: batch.size), let last = rows.last {
          let changes = try batch.timed { () throws(StoreError) in
            try dryRun
              ? read { snapshot in try rows.map { try snapshot.rehearsePut($0.phone, $0.fields) } }
              : write { transaction in
                let changes = try rows.map { try transaction.put($0.phone, $0.fields).change }
                if let what, entry == nil, changes.contains(where: { $0 != .unchanged }) {
                  begun = try transaction.audit(what + AuditEntry.unfinished)
                }
                return changes
              }
          }
          entry = begun
          openEntry = begun
          for change in changes { report.count(change) }
          line = last.line
          done += rows.count
          try progress(done)
          if !dryRun {
            letCallsGoAhead()
            try batch.noteCalls(of: self)
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

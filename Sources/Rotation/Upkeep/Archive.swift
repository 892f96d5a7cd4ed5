internal import SQLite

/// Which finished days are archived.
extension Snapshot {
  /// Whether a day that is over is archived in full.
  func isArchived(_ day: Range<Int>) throws -> Bool {
    day.upperBound <= (try archivedUntil())
  }

  /// The moment up to which days are archived in full; 0 where none is.
  func archivedUntil() throws -> Int {
    let text: String? = try database.value(
      "SELECT value FROM setting WHERE campaign_id = 0 AND key = ?", Transaction.archivedUntilKey)
    return text.flatMap { Int($0) } ?? 0
  }
}

extension Transaction {
  /// The setting that holds the moment up to which days are archived in full.
  static var archivedUntilKey: String { "archived_until" }

  /// Call this after the clock was set back: days that were not over must be archived again, with all that the log has.
  func doubtArchive() throws {
    try database.run(
      "DELETE FROM setting WHERE campaign_id = 0 AND key = ? AND CAST(value AS INTEGER) > ?", Self.archivedUntilKey, now
    )
  }
}

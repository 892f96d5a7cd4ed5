internal import SQLite

/// Which finished days are archived.
extension Snapshot {
  /// Whether a day that is over is archived in full.
  func isArchived(_ day: Range<Int>) throws -> Bool {
    let text: String? = try database.value(
      "SELECT value FROM setting WHERE campaign_id = 0 AND key = ?", Transaction.archivedUntilKey)
    return text.flatMap { Int($0) }.map { day.upperBound <= $0 } ?? false
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

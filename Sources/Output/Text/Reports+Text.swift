package import Rotation

extension ImportReport {
  /// The counts of the rows in one line.
  package var summary: String {
    "\(added) added, \(updated) updated, \(unchanged) unchanged, \(rejected.count) rejected"
  }
}

extension [ImportReport.Rejection] {
  /// How many rows of a file were rejected, such as `1 row rejected`.
  package var summary: String { count.counting("row") + " rejected" }
}

extension BackupReport {
  /// What the backup contains, and which older backups were removed for it.
  package var summary: String {
    "\(path): \(contents.summary), \(bytes / 1024) KB"
      + (removed.isEmpty ? "" : "; removed \(removed.joined(separator: ", "))")
  }
}

extension StoreContents {
  /// How many numbers and requests a store contains.
  package var summary: String { numbers.counting("number") + ", " + requests.counting("request") }
}

extension ResetReport {
  /// Whose usage was cleared.
  package var cleared: String {
    "\(numbers.counting("number")), \(campaigns.counting("campaign")) and \(agents.counting("agent"))"
  }

  /// How many finished days were archived.
  package var archived: String { archivedDays.counting("day") }

  /// How many requests were deleted from the request log.
  package var pruned: String { prunedRequests.counting("request") }
}

extension LaneReport {
  /// What was wrong with the lanes, in words that need no knowledge of lanes.
  package var summary: String {
    "\(missing.counting("number")) missing, \(stray.counting("stray entry", "stray entries")), "
      + "\(miscounted.counting("pool")) miscounted"
  }
}

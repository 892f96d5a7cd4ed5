internal import Glibc
internal import SQLite

/// The lock of the one process that maintains or restores the stores of a folder: it is on the folder itself, and
/// leaves no file behind.
package final class MaintenanceLock {
  private let descriptor: Int32

  /// - Returns: nil where another process has it.
  package init?(ofStore path: String) throws(StoreError) {
    let folder = Path.folder(of: path)
    descriptor = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard descriptor >= 0 else { throw .system("cannot open the folder \(folder)") }
    guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
      close(descriptor)
      return nil
    }
  }

  deinit { close(descriptor) }
}

/// What the nightly maintenance found and did.
package struct MaintenanceReport: Sendable {
  package var usage = ResetReport()
  package var lanes = LaneReport()
  /// `nil` if none was wanted.
  package var backup: BackupReport?
}

extension Store {
  /// The nightly work. Each part is safe at any time, does not depend on the others, and keeps calls waiting for some
  /// milliseconds at most. What an interrupted run has not done, the next run does.
  ///
  /// The caller must hold the `MaintenanceLock`.
  ///
  /// - Parameter backupFolder: `nil` for no backup.
  package func maintain(
    backupFolder: String?, keep: Int, progress: (Int, Int) throws -> Void = { _, _ in }
  ) throws(StoreError) -> MaintenanceReport {
    var report = MaintenanceReport()
    try Self.removeRemains(of: path)
    try resumeLog()
    report.usage = try resetUsage(ResetScope(hourly: true, daily: true, pastOnly: true))
    try finishResorting()
    report.lanes = try checkLanes(mending: true)
    try forgetStatistics()
    try pruneUndo()
    try copyWholeLog()
    if let backupFolder {
      // The copy is checked page by page, and with it the store.
      report.backup = try backUp(toFolder: backupFolder, keep: keep, progress: progress)
    } else {
      try checkPages()
    }
    try mark(.maintained)
    return report
  }

  /// Switches the store back to write-ahead logging if something has ended that, such as a restore that was killed or
  /// another program. Calls are right without it, but slower.
  @discardableResult
  package func resumeLog() throws(StoreError) -> Bool {
    let mode: String? = try read { try $0.database.value("PRAGMA journal_mode") }
    guard mode != "wal" else { return false }
    try holdingLock { held in
      try database.execute("PRAGMA journal_mode = WAL")
      held.record(index)
    }
    return true
  }

  /// Removes SQLite's statistics, which another program may have gathered (`ANALYZE`, `PRAGMA optimize`). Every call
  /// would read them at its start, which is a twentieth of its work, and they change no query plan here.
  private func forgetStatistics() throws(StoreError) {
    let count: Int? = try read {
      try $0.database.value("SELECT count(*) FROM sqlite_schema WHERE name = 'sqlite_stat1'")
    }
    guard count == 1 else { return }
    try write { try $0.database.execute("DROP TABLE sqlite_stat1") }
  }

  /// - Throws: `notAStore`, saying what is damaged.
  func checkPages() throws(StoreError) {
    let fault: String = try read { try $0.database.value("PRAGMA quick_check") ?? "" }
    guard fault == "ok" else { throw StoreError(.notAStore, "the store is damaged: \(fault)", hint: Self.damageHint) }
  }

  static let damageHint = "Put a backup back: callerid-admin restore FILE"
}

internal import SQLite

/// Copies the write-ahead log into the store, and begins the log again.
///
/// That waits for the disk several times, and nobody else is to wait for it: the log is copied without the store's lock,
/// while calls go on. The lock is taken only to begin the log again, when nothing is left to be copied, or when the disk
/// has just been seen to be quick. On a slow disk among many calls neither may happen; the log then grows until there is
/// a pause in the calls.
struct LogCopy {
  let path: String
  let lock: StoreLock
  /// A connection with no transaction under way.
  let database: Database

  private static let mostPasses = 5
  /// Nanoseconds. What was written since the last pass takes no longer than that pass did.
  private static let quickPass = 20_000_000

  /// To be called by whoever has the turn to copy the log.
  ///
  /// - Returns: whether the log has been begun again.
  @discardableResult
  func run(keeping index: borrowing WALIndexKeeper) throws -> Bool {
    let reader = try Store.connect(path, deadline: .after(milliseconds: 1000))
    defer { reader.close() }
    // While this reads, no call can begin the log again, for which it would have to wait for the disk.
    try begin(reading: reader)
    for _ in 0..<Self.mostPasses {
      let version = try database.value("PRAGMA data_version") ?? 0
      let start = Monotonic.now
      let isCopied = try database.copyLog()
      let isQuick = Monotonic.now - start < Self.quickPass
      let held = try lock.acquire(until: .after(milliseconds: 1000))
      try reader.execute("COMMIT")
      let isUnchanged = try database.value("PRAGMA data_version") ?? 0 == version
      if isQuick || isCopied && isUnchanged { return try beginLogAgain(holding: held, index) }
      // Under the lock, so that nobody begins the log again before it is read anew.
      try begin(reading: reader)
      held.release()
    }
    return false
  }

  private func begin(reading reader: Database) throws {
    try reader.execute("BEGIN")
    _ = try Schema.version(of: reader)
  }

  private func beginLogAgain(
    holding held: borrowing StoreLock.Held, _ index: borrowing WALIndexKeeper
  ) throws -> Bool {
    do {
      try database.emptyLog()
    } catch let error where error.code == .busy {
      // Somebody reads it.
      return false
    }
    LogRoom.reserve(ofStore: path)
    held.note.copiedFrames = 0
    held.record(index)
    return true
  }
}

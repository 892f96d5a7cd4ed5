internal import SQLite

/// Copying the write-ahead log into the store. It waits for the disk, and nobody else waits for it: others read and write
/// meanwhile, and a call leaves it to another process.
extension Store {
  /// Copies the log into the store where it is this store's turn. It waits for the disk; others read and write meanwhile.
  func copyLog() {
    guard isToCopyLog else { return }
    isToCopyLog = false
    // What cannot be copied now stays in the log, and is copied the next time.
    _ = try? database.copyLog()
    lock.endTurnToCopyLog()
  }

  /// Copies all that the log holds by now.
  ///
  /// - Returns: false where others have written meanwhile, or another process is at it.
  func copyWholeLog() throws(StoreError) -> Bool {
    try alone {
      // It writes something: then there is something to be copied.
      try holdingLock { held in
        try commit(holding: held, by: author, isLogCopied: true) { try $0.keepTime() }
      }
      guard isToCopyLog else { return false }
      isToCopyLog = false
      defer { lock.endTurnToCopyLog() }
      return try database.copyLog()
    }
  }

  /// Hands the turn to copy the log, where it is this store's, to a process that `start` starts: it has the turn for as long
  /// as it keeps the descriptor open, and is to call `copyLog(ofStore:)`. This process is to end without closing the store.
  package func handOnLog(_ start: (_ turn: Int32) -> Void) {
    if isToCopyLog { start(lock.descriptor) }
  }

  /// Copies the log of the store at `path` in a process that has the turn from another one, whose connection is of no use to
  /// it.
  package static func copyLog(ofStore path: String) {
    let deadline = Deadline.after(milliseconds: 1000)
    guard let lock = try? StoreLock(storePath: path), let held = try? lock.acquire(until: deadline) else { return }
    let index = WALIndexKeeper(ofStore: path, stamp: held.note.stamp)
    guard let database = try? connect(path, deadline: deadline) else { return }
    // Until it has read something, the connection does not know that there is a log.
    guard (try? Schema.version(of: database)) == Schema.version else { return database.close() }
    held.release()
    _ = try? database.copyLog()
    database.close()
    _ = index
  }
}

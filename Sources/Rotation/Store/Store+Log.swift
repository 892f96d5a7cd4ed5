internal import SQLite

/// Whose turn it is to copy the write-ahead log into the store (see `LogCopy`). A call leaves it to another process.
extension Store {
  /// Copies the log if it is this store's turn. What cannot be copied now stays in the log, and is copied the next time.
  func copyLog() {
    guard isToCopyLog else { return }
    isToCopyLog = false
    _ = try? LogCopy(path: path, lock: lock, database: database).run(keeping: index)
    lock.endTurnToCopyLog()
  }

  /// Copies all that the log holds by now, however little it is.
  func copyWholeLog() throws(StoreError) {
    try alone {
      // It writes something: then there is something to be copied.
      try holdingLock { held in
        try commit(holding: held, by: author, isLogCopied: true) { try $0.keepTime() }
      }
      copyLog()
    }
  }

  /// Hands the turn to copy the log, if it is this store's, to whoever `start` starts: a process, which has the turn for as
  /// long as it keeps the descriptor open, or a thread, after which `endHandedOnLog` ends it. It is to call
  /// `copyLog(ofStore:)`. A process that has started another one is to end without closing the store.
  package func handOnLog(_ start: (_ turn: Int32) -> Void) {
    if isToCopyLog { start(lock.descriptor) }
  }

  /// Ends the turn to copy the log.
  package func endHandedOnLog() {
    guard isToCopyLog else { return }
    isToCopyLog = false
    lock.endTurnToCopyLog()
  }

  /// Copies the log of the store at `path` in a process, or on a thread, that has the turn from another one, whose
  /// connection it cannot use.
  package static func copyLog(ofStore path: String) {
    let deadline = Deadline.after(milliseconds: 1000)
    guard let lock = try? StoreLock(storePath: path), let held = try? lock.acquire(until: deadline) else { return }
    let index = WALIndexKeeper(ofStore: path, stamp: held.note.stamp)
    guard let database = try? connect(path, deadline: deadline) else { return }
    // Until it has read something, the connection does not know that there is a log.
    if (try? Schema.version(of: database)) == Schema.version {
      held.release()
      _ = try? LogCopy(path: path, lock: lock, database: database).run(keeping: index)
    }
    database.close()
    // It is kept until the connection is closed.
    _ = index
  }
}

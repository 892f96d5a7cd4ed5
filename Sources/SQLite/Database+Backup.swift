internal import CSQLite

extension Database {
  /// Copies every page of this database over all that `copy` holds (https://www.sqlite.org/backup.html).
  ///
  /// Called inside `snapshot`, after a first read, it copies that one state. Otherwise SQLite begins again whenever
  /// another process has written between two steps.
  ///
  /// - Parameter progress: called after each step with the pages copied and the pages there are; it may stop the copy by
  ///   throwing.
  package func copy(
    to copy: Database, pagesAtOnce: Int32, progress: (_ done: Int, _ of: Int) throws -> Void
  ) throws {
    guard let backup = sqlite3_backup_init(copy.handle, "main", handle, "main") else {
      throw SQLiteError(on: copy.handle)
    }
    var code = SQLITE_OK
    do {
      while code == SQLITE_OK {
        code = sqlite3_backup_step(backup, pagesAtOnce)
        let total = Int(sqlite3_backup_pagecount(backup))
        if code == SQLITE_OK || code == SQLITE_DONE {
          try progress(total - Int(sqlite3_backup_remaining(backup)), total)
        }
      }
    } catch {
      sqlite3_backup_finish(backup)
      throw error
    }
    // Finishing repeats the failure of a step, so that the copy has its message. It does not repeat a lock that was in
    // the way.
    let end = sqlite3_backup_finish(backup)
    if end != SQLITE_OK { throw SQLiteError(on: copy.handle) }
    guard code == SQLITE_DONE else {
      throw SQLiteError(extendedCode: code, message: String(cString: sqlite3_errstr(code)))
    }
  }
}

internal import CSQLite

/// One prepared statement, finalized with its last reference.
///
/// `Database` keeps one for each SQL literal, so that a process parses each statement once.
package struct Statement: ~Copyable {
  let handle: OpaquePointer

  init(_ sql: String, on database: OpaquePointer) throws(SQLiteError) {
    var sql = sql
    var handle: OpaquePointer?
    let code = sql.withUTF8 { utf8 in
      utf8.withMemoryRebound(to: CChar.self) {
        sqlite3_prepare_v2(database, $0.baseAddress, Int32($0.count), &handle, nil)
      }
    }
    guard code == SQLITE_OK, let handle else {
      throw SQLiteError(on: database, sql: sql)
    }
    self.handle = handle
  }

  deinit { sqlite3_finalize(handle) }

  func bind(_ values: [any Value]) throws(SQLiteError) {
    for index in values.indices {
      let code = values[index].bind(to: self, at: Int32(truncatingIfNeeded: index + 1))
      guard code == SQLITE_OK else { throw error() }
    }
    // A forgotten value would silently be NULL.
    guard values.count == sqlite3_bind_parameter_count(handle) else {
      throw SQLiteError(
        extendedCode: SQLITE_MISUSE,
        message: "\(values.count) values for \(sqlite3_bind_parameter_count(handle)) parameters", sql: sql)
    }
  }

  /// Whether there is a row.
  func step() throws(SQLiteError) -> Bool {
    switch sqlite3_step(handle) {
    case SQLITE_ROW: return true
    case SQLITE_DONE: return false
    default: throw error()
    }
  }

  func reset() {
    // Its code repeats the failure that step() has thrown already.
    sqlite3_reset(handle)
  }

  private var sql: String { String(cString: sqlite3_sql(handle)) }
  private func error() -> SQLiteError { SQLiteError(on: sqlite3_db_handle(handle), sql: sql) }
}

/// The row that a statement has reached. It is valid only inside the closure that receives it.
package struct Row: ~Copyable {
  let handle: OpaquePointer

  /// The value of a column, counted from 0.
  package subscript<V: Value>(_ column: Int) -> V { V.read(from: self, at: Int32(column)) }
}

extension SQLiteError {
  /// The failure that `database` reported last.
  init(on database: OpaquePointer?, sql: String? = nil) {
    self.init(
      extendedCode: sqlite3_extended_errcode(database),
      message: String(cString: sqlite3_errmsg(database)), sql: sql, systemError: sqlite3_system_errno(database))
  }
}

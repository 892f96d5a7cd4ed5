internal import CMariaDB

/// One statement that the server has parsed; closed with its last reference.
final class PreparedStatement {
  let sql: String
  private let handle: UnsafeMutablePointer<MYSQL_STMT>
  private var columns: ResultColumns
  /// Whether its rows are being read.
  var isInUse = false

  init(_ sql: String, on connection: UnsafeMutablePointer<MYSQL>) throws(EngineError) {
    self.sql = sql
    guard let handle = mysql_stmt_init(connection) else { throw EngineError(on: connection, sql: sql) }
    var text = sql
    let code = text.withUTF8 { utf8 in
      utf8.withMemoryRebound(to: CChar.self) { mysql_stmt_prepare(handle, $0.baseAddress, UInt($0.count)) }
    }
    guard code == 0 else {
      let error = EngineError(on: handle, sql: sql)
      mysql_stmt_close(handle)
      throw error
    }
    self.handle = handle
    columns = ResultColumns(handle)
  }

  deinit { mysql_stmt_close(handle) }

  var affectedRows: Int { Int(clamping: mysql_stmt_affected_rows(handle)) }
  var insertedID: Int { Int(clamping: mysql_stmt_insert_id(handle)) }

  /// Runs it, and takes all of its rows into memory, so that the connection is free for the next statement.
  func execute(_ values: [any Value]) throws(EngineError) {
    try check(count: values.count)
    try ParameterBuffers(rows: [values.map(\.parameter)], isMany: false).withBinds { (binds) throws(EngineError) in
      guard mysql_stmt_bind_param(handle, binds) == 0, mysql_stmt_execute(handle) == 0 else { throw error() }
    }
    // Somebody may have changed the table since it was parsed.
    if !columns.isAsItWas { columns = ResultColumns(handle) }
    guard columns.count > 0 else { return }
    try columns.bind(sql: sql)
    guard mysql_stmt_store_result(handle) == 0 else { throw error() }
  }

  /// Runs it for each row of parameters, in one request and one answer (COM_STMT_BULK_EXECUTE).
  func executeMany(_ rows: [[any Value]]) throws(EngineError) {
    for row in rows { try check(count: row.count) }
    var count = UInt32(rows.count)
    try ParameterBuffers(rows: rows.map { $0.map(\.parameter) }, isMany: true).withBinds {
      (binds) throws(EngineError) in
      guard mysql_stmt_attr_set(handle, STMT_ATTR_ARRAY_SIZE, &count) == 0, mysql_stmt_bind_param(handle, binds) == 0,
        mysql_stmt_execute(handle) == 0
      else { throw error() }
    }
  }

  /// Hands rows to `body` for as long as it asks for more.
  func read(_ body: (borrowing Row) throws -> Bool) throws {
    guard columns.count > 0 else { return }
    while try columns.next(sql: sql), try body(Row(columns: columns)) {}
  }

  /// Frees the rows in memory.
  func reset() { mysql_stmt_free_result(handle) }

  private func error() -> EngineError { EngineError(on: handle, sql: sql) }

  private func check(count: Int) throws(EngineError) {
    let wanted = Int(mysql_stmt_param_count(handle))
    // A forgotten value would be read from wherever the last one was.
    guard count == wanted else {
      throw EngineError(
        code: Int(CR_INVALID_PARAMETER_NO), message: "\(count) values for \(wanted) parameters", sql: sql)
    }
  }
}

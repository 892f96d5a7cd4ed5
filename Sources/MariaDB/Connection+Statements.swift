internal import CMariaDB

extension Connection {
  /// Runs one statement that takes no values and returns none: a definition of a table, a setting.
  package func execute(_ sql: String) throws(EngineError) {
    try use(sql: sql) { (handle) throws(EngineError) in
      guard mysql_real_query(handle, sql, UInt(sql.utf8.count)) == 0 else { throw EngineError(on: handle, sql: sql) }
      if let result = mysql_store_result(handle) {
        mysql_free_result(result)
      } else if mysql_errno(handle) != 0 {
        throw EngineError(on: handle, sql: sql)
      }
    }
  }

  /// Runs a statement to its end.
  ///
  /// Where the connection is lost outside of a transaction, nobody knows whether it was carried out.
  ///
  /// - Returns: the rows that an UPDATE has found, whether or not they had these values already (CLIENT_FOUND_ROWS), so
  ///   that 0 says that no row meets its conditions; the rows that a DELETE or an INSERT has; for each row of `INSERT … ON
  ///   DUPLICATE KEY UPDATE` 1 where it is new or had these values already, 2 where it was changed.
  @discardableResult
  package func run(_ sql: String, _ values: (any Value)...) throws(EngineError) -> Int {
    try run(sql, values: values)
  }

  /// Runs a statement to its end, with values in an array.
  @discardableResult
  package func run(_ sql: String, values: [any Value]) throws(EngineError) -> Int {
    try use(sql: sql) { (handle) throws(EngineError) in
      let statement = try prepared(sql, on: handle)
      defer { statement.reset() }
      try statement.execute(values)
      lastInsertedID = statement.insertedID
      return statement.affectedRows
    }
  }

  /// Runs a statement once for each row of values, with one request and one answer for all: `INSERT … VALUES (?, ?)`, also
  /// with `ON DUPLICATE KEY UPDATE`, or an UPDATE or DELETE by key.
  ///
  /// An INSERT is one statement for the server. Of another one, where a row fails, those before it stand outside of a
  /// transaction. Nothing is sent where there are no rows. All must fit the server's `max_allowed_packet` (16 MiB).
  ///
  /// - Returns: what `run` would, of all rows together.
  @discardableResult
  package func runMany(_ sql: String, rows: [[any Value]]) throws(EngineError) -> Int {
    if rows.isEmpty { return 0 }
    return try use(sql: sql) { (handle) throws(EngineError) in
      let statement = try prepared(sql, isForMany: true, on: handle)
      try statement.executeMany(rows)
      return statement.affectedRows
    }
  }

  /// The first row, read by `body`, or nil where there is none.
  package func first<Result>(
    _ sql: String, _ values: (any Value)..., body: (borrowing Row) throws -> Result
  ) throws -> Result? {
    var result: Result?
    try read(sql, values) { row in
      result = try body(row)
      return false
    }
    return result
  }

  /// The one value of the one row of a query, such as a count.
  package func value<Result: Value>(
    _ sql: String, _ values: (any Value)..., as type: Result.Type = Result.self
  ) throws(EngineError) -> Result? {
    var result: Result?
    do {
      try read(sql, values) { row in
        result = row[0] as Result
        return false
      }
    } catch let error as EngineError {
      throw error
    } catch {
      // Nothing else is thrown above.
    }
    return result
  }

  /// Hands each row to `body` in turn. All rows are in memory before, so `body` may run other statements.
  package func each(_ sql: String, _ values: (any Value)..., body: (borrowing Row) throws -> Void) throws {
    try read(sql, values) { row in
      try body(row)
      return true
    }
  }

  /// Each row read by `body`, in order.
  package func all<Result>(
    _ sql: String, _ values: (any Value)..., body: (borrowing Row) throws -> Result
  ) throws -> [Result] {
    var results: [Result] = []
    try read(sql, values) { row in
      results.append(try body(row))
      return true
    }
    return results
  }

  /// The same, with values in an array.
  package func all<Result>(
    _ sql: String, values: [any Value], body: (borrowing Row) throws -> Result
  ) throws -> [Result] {
    var results: [Result] = []
    try read(sql, values) { row in
      results.append(try body(row))
      return true
    }
    return results
  }

  private func read(_ sql: String, _ values: [any Value], body: (borrowing Row) throws -> Bool) throws {
    let statement = try use(sql: sql) { (handle) throws(EngineError) in
      let statement = try prepared(sql, on: handle)
      do throws(EngineError) { try statement.execute(values) } catch {
        statement.reset()
        throw error
      }
      return statement
    }
    statement.isInUse = true
    defer {
      statement.isInUse = false
      statement.reset()
    }
    try statement.read(body)
  }
}

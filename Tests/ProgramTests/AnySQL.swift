import CSQLite
import TestSupport

/// Runs SQL that is made up at run time, such as a dump, past the programs and with SQLite's defaults.
func execute(_ sql: String, on path: String) throws {
  var database: OpaquePointer?
  defer { sqlite3_close_v2(database) }
  guard sqlite3_open_v2(path, &database, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, nil) == SQLITE_OK else {
    throw Failure("cannot open \(path)")
  }
  guard sqlite3_exec(database, sql, nil, nil, nil) == SQLITE_OK else {
    throw Failure(String(cString: sqlite3_errmsg(database)))
  }
}

/// The rows of a query, their columns with `|` between.
func rows(of sql: String, in path: String) throws -> [String] {
  var database: OpaquePointer?
  var statement: OpaquePointer?
  defer {
    sqlite3_finalize(statement)
    sqlite3_close_v2(database)
  }
  guard sqlite3_open_v2(path, &database, SQLITE_OPEN_READWRITE, nil) == SQLITE_OK,
    sqlite3_prepare_v2(database, sql, -1, &statement, nil) == SQLITE_OK
  else { throw Failure(String(cString: sqlite3_errmsg(database))) }
  var rows: [String] = []
  while sqlite3_step(statement) == SQLITE_ROW {
    let columns = (0..<sqlite3_column_count(statement)).map { column in
      sqlite3_column_text(statement, column).map { String(cString: $0) } ?? "NULL"
    }
    rows.append(columns.joined(separator: "|"))
  }
  return rows
}

internal import CSQLite

/// What can be bound to a `?` and read from a column: `Int`, `Double`, `String`, and their optionals for NULL.
package protocol Value {
  func bind(to statement: borrowing Statement, at index: Int32) -> Int32
  static func read(from row: borrowing Row, at column: Int32) -> Self
}

extension Int: Value {
  package func bind(to statement: borrowing Statement, at index: Int32) -> Int32 {
    sqlite3_bind_int64(statement.handle, index, Int64(self))
  }
  package static func read(from row: borrowing Row, at column: Int32) -> Int {
    Int(sqlite3_column_int64(row.handle, column))
  }
}

extension Double: Value {
  package func bind(to statement: borrowing Statement, at index: Int32) -> Int32 {
    sqlite3_bind_double(statement.handle, index, self)
  }
  package static func read(from row: borrowing Row, at column: Int32) -> Double {
    sqlite3_column_double(row.handle, column)
  }
}

extension Bool: Value {
  package func bind(to statement: borrowing Statement, at index: Int32) -> Int32 {
    sqlite3_bind_int64(statement.handle, index, self ? 1 : 0)
  }
  package static func read(from row: borrowing Row, at column: Int32) -> Bool {
    sqlite3_column_int64(row.handle, column) != 0
  }
}

extension String: Value {
  package func bind(to statement: borrowing Statement, at index: Int32) -> Int32 {
    // SQLITE_TRANSIENT, a cast of -1 that Swift cannot import: SQLite copies the text before the call returns.
    let transient = unsafeBitCast(-1, to: sqlite3_destructor_type.self)
    var text = self
    return text.withUTF8 { utf8 in
      utf8.withMemoryRebound(to: CChar.self) { bytes in
        // An empty buffer may have no base address, which SQLite would read as NULL.
        bytes.isEmpty
          ? sqlite3_bind_text(statement.handle, index, "", 0, transient)
          : sqlite3_bind_text(statement.handle, index, bytes.baseAddress, Int32(bytes.count), transient)
      }
    }
  }
  package static func read(from row: borrowing Row, at column: Int32) -> String {
    guard let bytes = sqlite3_column_text(row.handle, column) else { return "" }
    let count = Int(sqlite3_column_bytes(row.handle, column))
    return String(decoding: UnsafeBufferPointer(start: bytes, count: count), as: UTF8.self)
  }
}

extension Optional: Value where Wrapped: Value {
  package func bind(to statement: borrowing Statement, at index: Int32) -> Int32 {
    switch self {
    case .some(let value): value.bind(to: statement, at: index)
    case .none: sqlite3_bind_null(statement.handle, index)
    }
  }
  package static func read(from row: borrowing Row, at column: Int32) -> Wrapped? {
    sqlite3_column_type(row.handle, column) == SQLITE_NULL ? nil : Wrapped.read(from: row, at: column)
  }
}

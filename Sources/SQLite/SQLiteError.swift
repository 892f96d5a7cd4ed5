internal import CSQLite

/// A failure that SQLite reported, and the statement that failed.
///
/// It never contains bound values, because they can be the phone numbers of people who were called.
package struct SQLiteError: Error, Equatable, CustomStringConvertible {
  /// A primary result code (https://www.sqlite.org/rescode.html).
  package struct Code: RawRepresentable, Hashable, Sendable {
    package let rawValue: Int32
    package init(rawValue: Int32) { self.rawValue = rawValue }

    package static let busy = Code(rawValue: SQLITE_BUSY)
    package static let locked = Code(rawValue: SQLITE_LOCKED)
    package static let readOnly = Code(rawValue: SQLITE_READONLY)
    package static let ioError = Code(rawValue: SQLITE_IOERR)
    package static let corrupt = Code(rawValue: SQLITE_CORRUPT)
    package static let full = Code(rawValue: SQLITE_FULL)
    package static let cannotOpen = Code(rawValue: SQLITE_CANTOPEN)
    package static let constraint = Code(rawValue: SQLITE_CONSTRAINT)
    package static let notADatabase = Code(rawValue: SQLITE_NOTADB)
  }

  package let extendedCode: Int32
  /// SQLite's own message.
  package let message: String
  /// The statement's text with its `?` in place, where there was a statement.
  package let sql: String?
  /// `errno` of the system call that failed; 0 where none did (https://www.sqlite.org/c3ref/system_errno.html).
  package let systemError: Int32

  package var code: Code { Code(rawValue: extendedCode & 0xFF) }

  package init(extendedCode: Int32, message: String, sql: String? = nil, systemError: Int32 = 0) {
    self.extendedCode = extendedCode
    self.message = message
    self.sql = sql
    self.systemError = systemError
  }

  package var description: String {
    let place = sql.map { " in: \($0)" } ?? ""
    return "SQLite error \(extendedCode): \(message)\(place)"
  }
}

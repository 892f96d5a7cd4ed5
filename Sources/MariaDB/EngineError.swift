internal import CMariaDB

/// A failure that the engine or its client library reported.
///
/// `sql` never contains parameters. `message` is the engine's own and may quote a value, such as the key of a duplicate.
package struct EngineError: Error, Equatable, CustomStringConvertible {
  /// The number of the error: from 1000 the server's, from 2000 the client's
  /// (https://mariadb.com/kb/en/mariadb-error-code-reference/).
  package let code: Int
  /// Five characters of the SQL standard; `HY000` where it has none for the error.
  package let sqlState: String
  package let message: String
  /// The statement with its `?` in place, where there was one.
  package var sql: String?
  /// Whether a limit of time that was set with `Connection.within` has ended it.
  package var isDeadline = false
  /// Whether nobody knows if the transaction was committed.
  package var isUnknown = false

  package init(code: Int, sqlState: String = "HY000", message: String, sql: String? = nil) {
    self.code = code
    self.sqlState = sqlState
    self.message = message
    self.sql = sql
  }

  /// Whether the connection cannot be used any more, or none could be had: refused, silent, closed, cut off, a Galera node
  /// that has lost the others (1047), or one whose statements are of before a table got more columns or fewer (2057).
  package var isConnectionLost: Bool {
    switch code {
    case 1040, 1047, 1053, 1152, 1158...1161, 1184, 1203, 1927, 2000...2007, 2012...2014, 2026, 2027, 2055, 2057: true
    default: false
    }
  }

  /// Whether another transaction was in the way, and trying again is right: a deadlock, a failed certification by Galera
  /// (1213 both), or a lock that was waited for in vain (1205).
  package var isConflict: Bool { code == 1213 || code == 1205 }

  /// Whether a row with such a key is there.
  package var isDuplicate: Bool { code == 1062 || code == 1586 }
  package var isMissingTable: Bool { code == 1146 }
  package var isMissingDatabase: Bool { code == 1049 }
  /// Whether the account may not: connect, use the database, or do this.
  package var isDenied: Bool { [1044, 1045, 1142, 1143, 1227, 1698].contains(code) }
  /// Whether the server takes no writes.
  package var isReadOnly: Bool { [1290, 1792, 1836].contains(code) }

  /// libmariadb's number for an account whose plugin is not on the list of those allowed; its headers have no name for it.
  private static let otherPlugin = 5010

  /// What the operator can do about it, where that is known.
  package var hint: String? {
    switch code {
    case 1251, 2058, 2059, 2061, Self.otherPlugin:
      "make the account with a plugin that this program has: "
        + "ALTER USER … IDENTIFIED VIA mysql_native_password USING PASSWORD('…')"
    case 1045, 1698: "check the user and the password, and from which addresses the account may come"
    case 1044, 1142, 1143, 1227: "GRANT the account what it needs in this database"
    case 1049: "make the database, or correct its name"
    case 1665: "set binlog_format to MIXED or ROW on the server"
    case 2026: "check the file of certificates, the name of the host, and that the server offers TLS"
    default: nil
    }
  }

  package var description: String {
    let place = sql.map { " in: \($0)" } ?? ""
    let outcome = isUnknown ? " (it is not known whether it was committed)" : ""
    return "MariaDB error \(code) (\(sqlState)): \(message)\(outcome)\(place)"
  }
}

extension EngineError {
  /// The failure that a connection had last.
  init(on handle: UnsafeMutablePointer<MYSQL>, sql: String? = nil) {
    self.init(
      code: Int(mysql_errno(handle)), sqlState: String(cString: mysql_sqlstate(handle)),
      // libmariadb puts something else where the plugin's name belongs.
      message: mysql_errno(handle) == Self.otherPlugin
        ? "the account is not one with mysql_native_password" : String(cString: mysql_error(handle)),
      sql: sql)
    isDeadline = isConnectionLost && Deadline.isOver
  }

  /// The failure that a statement had last.
  init(on statement: UnsafeMutablePointer<MYSQL_STMT>, sql: String) {
    self.init(
      code: Int(mysql_stmt_errno(statement)), sqlState: String(cString: mysql_stmt_sqlstate(statement)),
      message: String(cString: mysql_stmt_error(statement)), sql: sql)
    isDeadline = isConnectionLost && Deadline.isOver
  }

  /// What a statement that is not even sent fails with, since its time is over (the server's ER_STATEMENT_TIMEOUT).
  static func late(_ sql: String?) -> EngineError {
    var error = EngineError(code: 1969, sqlState: "70100", message: "the time allowed is over", sql: sql)
    error.isDeadline = true
    return error
  }
}

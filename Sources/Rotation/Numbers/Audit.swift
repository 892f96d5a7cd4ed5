internal import Glibc
internal import SQLite

/// A change that an operator made.
package struct AuditEntry: Sendable {
  package let at: Int
  /// The user's name on the machine, before sudo where there was one.
  package let who: String
  /// The command, as it could be typed again.
  package let what: String
}

extension Store {
  /// A change that an operator makes: written together with who made it, or not at all.
  func change<Result>(_ what: String, _ body: () throws -> Result) throws(StoreError) -> Result {
    try write {
      let result = try body()
      try audit(what)
      return result
    }
  }

  /// Says of an operator's change that was made already, in several transactions.
  package func note(_ what: String) throws(StoreError) { try change(what) {} }

  /// Of a change of thousands of numbers each is kept: which ones were changed is what will be asked.
  func audit(_ what: String) throws {
    let line = what.unicodeScalars.map { CallerText.isUnsafe($0) ? " " : $0 }
    try database.run(
      "INSERT INTO audit (at, who, what) VALUES (?, ?, ?)", clock.now(), Self.operatorName,
      String(String.UnicodeScalarView(line)))
  }

  /// The newest changes first.
  package func auditEntries(last count: Int) throws(StoreError) -> [AuditEntry] {
    try read {
      try database.all("SELECT at, who, what FROM audit ORDER BY id DESC LIMIT ?", count) {
        AuditEntry(at: $0[0], who: $0[1], what: $0[2])
      }
    }
  }

  private static var operatorName: String {
    for variable in ["SUDO_USER", "LOGNAME", "USER"] {
      if let name = getenv(variable), let label = CallerText(String(cString: name)) { return label.text }
    }
    return "uid \(getuid())"
  }
}

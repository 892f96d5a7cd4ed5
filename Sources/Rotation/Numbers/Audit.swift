internal import SQLite

/// A change that an operator made.
package struct AuditEntry: Sendable {
  package let at: Int
  /// The user's name on the machine, before sudo where there was one.
  package let who: String
  /// The command, as it could be typed again.
  package let what: String
}

extension Transaction {
  /// Records who made a change. If a command changes thousands of numbers, each is recorded, because people will ask
  /// which ones were changed.
  func audit(_ what: String) throws {
    let line = what.unicodeScalars.map { CallerText.isUnsafe($0) ? " " : $0 }
    try database.run(
      "INSERT INTO audit (at, who, what) VALUES (?, ?, ?)", now, author.name, String(String.UnicodeScalarView(line)))
  }
}

extension Store {
  /// Makes a change and records who made it, in one transaction.
  func change<Result>(_ what: String, _ body: (Transaction) throws -> Result) throws(StoreError) -> Result {
    try write { transaction in
      let result = try body(transaction)
      try transaction.audit(what)
      return result
    }
  }

  /// Records a change that was made in several transactions.
  package func note(_ what: String) throws(StoreError) { try write { try $0.audit(what) } }

  /// The newest changes first.
  package func auditEntries(last count: Int) throws(StoreError) -> [AuditEntry] {
    try read {
      try $0.database.all("SELECT at, who, what FROM audit ORDER BY id DESC LIMIT ?", count) {
        AuditEntry(at: $0[0], who: $0[1], what: $0[2])
      }
    }
  }
}

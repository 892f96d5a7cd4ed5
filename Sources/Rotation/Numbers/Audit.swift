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
  /// Keeps who made a change. Of a change of thousands of numbers each is kept: which ones were changed is what will be
  /// asked.
  func audit(_ what: String) throws {
    let line = what.unicodeScalars.map { CallerText.isUnsafe($0) ? " " : $0 }
    try database.run(
      "INSERT INTO audit (at, who, what) VALUES (?, ?, ?)", now, author.name, String(String.UnicodeScalarView(line)))
  }
}

extension Store {
  /// A change that an operator makes: written together with who made it, or not at all.
  func change<Result>(_ what: String, _ body: (Transaction) throws -> Result) throws(StoreError) -> Result {
    try write { transaction in
      let result = try body(transaction)
      try transaction.audit(what)
      return result
    }
  }

  /// Keeps in the audit a change that an operator made in several transactions.
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

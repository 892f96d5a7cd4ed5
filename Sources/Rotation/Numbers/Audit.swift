internal import SQLite

/// A change that an operator made.
package struct AuditEntry: Sendable {
  package let id: Int
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
  ///
  /// - Parameters:
  ///   - before: the ID that all of them are below; nil: any.
  ///   - who, what: a text that the name, or the change, has in it, in capitals or not; empty: any.
  ///   - most: how many changes are looked through.
  package func auditEntries(
    last count: Int, before: Int? = nil, who: String = "", what: String = "", lookingThrough most: Int = .max
  ) throws(StoreError) -> [AuditEntry] {
    try read { snapshot in
      let newest = try (snapshot.database.value("SELECT max(id) FROM audit") ?? 0).counted
      let end = min(before ?? newest + 1, newest + 1)
      return try snapshot.database.all(Snapshot.auditSQL, max(0, end - min(end, most)), end, who, what, count) {
        AuditEntry(id: $0[0], at: $0[1], who: $0[2], what: $0[3])
      }
    }
  }
}

extension Snapshot {
  static let auditSQL: StaticString = """
    SELECT id, at, who, what FROM audit
    WHERE id >= ?1 AND id < ?2 AND (?3 = '' OR instr(lower(who), lower(?3))) AND (?4 = '' OR instr(lower(what), lower(?4)))
    ORDER BY id DESC LIMIT ?5
    """
}

internal import SQLite

/// A change that an operator made.
package struct AuditEntry: Equatable, Sendable {
  package let id: Int
  package let at: Int
  /// The user's name on the machine, before sudo where there was one.
  package let who: String
  /// The command, as it could be typed again.
  package internal(set) var what: String
}

extension Transaction {
  /// Records who made a change. If a command changes thousands of numbers, each is recorded, because people will ask
  /// which ones were changed.
  @discardableResult
  func audit(_ what: String) throws -> AuditEntry {
    let (who, what) = (author.name, Self.line(what))
    try database.run("INSERT INTO audit (at, who, what) VALUES (?, ?, ?)", now, who, what)
    let entry = AuditEntry(id: database.lastInsertedRowID, at: now, who: who, what: what)
    try tell(.audit, String(entry.id))
    self.entry = entry
    return entry
  }

  /// Says of a change that took several transactions what has become of it.
  func amend(_ entry: AuditEntry, to what: String) throws {
    try database.run("UPDATE audit SET what = ? WHERE id = ? AND what = ?", Self.line(what), entry.id, entry.what)
  }

  private static func line(_ what: String) -> String {
    String(String.UnicodeScalarView(what.unicodeScalars.map { CallerText.isUnsafe($0) ? " " : $0 }))
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

  /// Records a change that was made in several transactions, in the entry that it has begun if it has begun one.
  ///
  /// - Returns: the entry's ID.
  @discardableResult
  package func note(_ what: String) throws(StoreError) -> Int {
    let begun = openEntry
    openEntry = nil
    return try write { transaction in
      guard let begun else { return try transaction.audit(what).id }
      try transaction.amend(begun, to: what)
      return begun.id
    }
  }

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
        AuditEntry($0)
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

extension AuditEntry {
  /// Reads a row of `SELECT id, at, who, what FROM audit`.
  init(_ row: borrowing Row) { self.init(id: row[0], at: row[1], who: row[2], what: row[3]) }
}

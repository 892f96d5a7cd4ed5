internal import SQLite

/// A right to use callerid-server. The token itself is known to its owner only; the store keeps its hash.
package struct Token: Equatable, Sendable {
  /// What a token lets its owner do.
  package enum Role: String, CaseIterable, Sendable {
    /// Ask for caller-IDs, release them and tell how calls ended.
    case pick
    /// See all that is kept: numbers, campaigns, requests, statistics.
    case read
    /// Change it as well.
    case write

    /// Whether it may do what another role is for.
    package func includes(_ other: Role) -> Bool {
      switch self {
      case .write: true
      case .read, .pick: self == other
      }
    }
  }

  package let name: String
  package let role: Role
  /// SHA-256 of the token's text, in 64 hexadecimal digits.
  package let hash: String
  /// Seconds since 1970-01-01 UTC.
  package let createdAt: Int
}

extension Store {
  /// All tokens, by name.
  package func tokens() throws(StoreError) -> [Token] {
    try read { snapshot in
      try snapshot.database.all("SELECT name, role, hash, created_at FROM token ORDER BY name") {
        // A role that is not known gives its owner no right.
        Token(name: $0[0], role: Token.Role(rawValue: $0[1]) ?? .pick, hash: $0[2], createdAt: $0[3])
      }
    }
  }

  /// Keeps the hash of a new token.
  ///
  /// - Throws: `refused` where there is a token of that name.
  package func addToken(named name: CallerText, role: Token.Role, hash: String) throws(StoreError) {
    try change("token add \(name.text) --role \(role.rawValue)") { transaction in
      guard try transaction.database.value("SELECT 1 FROM token WHERE name = ?", name.text, as: Int.self) == nil else {
        throw StoreError.refused(
          "there is a token named \(name.text)", hint: "Choose another name, or revoke that one: token revoke")
      }
      try transaction.tell(.token, name.text)
      try transaction.database.run(
        "INSERT INTO token (name, role, hash, created_at) VALUES (?, ?, ?, ?)", name.text, role.rawValue, hash,
        transaction.now)
    }
  }

  /// Takes a token's rights away, for good.
  ///
  /// - Throws: `refused` where there is none of that name.
  package func revokeToken(named name: String) throws(StoreError) {
    try change("token revoke \(name)") { transaction in
      try transaction.tell(.token, name)
      try transaction.database.run("DELETE FROM token WHERE name = ?", name)
      guard transaction.database.changes > 0 else {
        throw StoreError.unknown(
          .refused, "there is no token named \(name)", named: name, among: try transaction.names(of: .token),
          hint: "See them with: token list")
      }
    }
  }
}

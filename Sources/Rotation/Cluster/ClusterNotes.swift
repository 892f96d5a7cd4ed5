internal import SQLite

/// What a dialer keeps of its cluster: small notes by kind and key. What the engine is still to be told is noted in the
/// transaction of the change, so that neither can be without the other.
package enum ClusterNote: String, Sendable {
  /// How far this dialer is; by `ClusterMark`.
  case mark
  /// A number that was given up here, and its fence, until the engine knows.
  case givenUp = "given-up"
  /// What an operator has changed here: numbers and their rests by their digits, settings and others by name, audit entries by ID.
  case number, rest, setting, campaign, agent, token, audit
  /// A request that has ended since the engine was told of it, by ID.
  case ended
}

/// How far a dialer is with its cluster.
package enum ClusterMark: String, CaseIterable, Sendable {
  /// The dialer's ID in the engine.
  case dialer
  /// How often others have taken its numbers away, and how often it has said that it lives, as it knows it.
  case epoch, beat
  /// Which state of the engine it follows: another one after the engine was restored from a backup.
  case generation
  /// The newest version of the operators' changes that it has carried out.
  case followed
  /// The last request that the engine was told of.
  case told
  /// 1: the dialer is about to leave, and gets no lease and no numbers any more.
  case leaving
}

extension Snapshot {
  package func mark(_ mark: ClusterMark) throws -> Int {
    try database.value("SELECT value FROM cluster WHERE key = ?", Self.key(.mark, mark.rawValue)) ?? 0
  }

  /// Notes of a kind, in the order of their keys.
  package func notes(_ kind: ClusterNote, atMost count: Int) throws -> [(key: String, value: String)] {
    let start = Self.key(kind, "")
    return try database.all(
      "SELECT key, value FROM cluster WHERE key >= ?1 AND key < ?2 ORDER BY key LIMIT ?3",
      start, kind.rawValue + ";", count
    ) { row in (String((row[0] as String).utf8.dropFirst(start.utf8.count)) ?? "", row[1]) }
  }

  /// Whether the engine is still to be told of something: what it says of it itself is older then.
  func isToBeTold(_ kind: ClusterNote, _ key: String) throws -> Bool {
    try database.value("SELECT 1 FROM cluster WHERE key = ?", Self.key(kind, key), as: Int.self) != nil
  }

  fileprivate static func key(_ kind: ClusterNote, _ key: String) -> String { kind.rawValue + ":" + key }
}

extension Transaction {
  package func keep(_ mark: ClusterMark, _ value: Int) throws { try keepNote(.mark, mark.rawValue, String(value)) }

  func keepNote(_ kind: ClusterNote, _ key: String, _ value: String) throws {
    try database.run("INSERT OR REPLACE INTO cluster (key, value) VALUES (?, ?)", Self.key(kind, key), value)
  }

  /// Notes what the engine is to be told. A single machine has nobody to tell.
  func tell(_ kind: ClusterNote, _ key: String) throws {
    guard isClustered, !isFollowing else { return }
    // Two changes of one thing are two notes: the first may be being told at this moment.
    let count: Int = try database.value("SELECT value FROM cluster WHERE key = ?", Self.key(kind, key)) ?? 0
    try keepNote(kind, key, String(count + 1))
  }

  /// Forgets notes that the engine was told of, unless the same was noted again meanwhile.
  package func forget(_ kind: ClusterNote, _ notes: [(key: String, value: String)]) throws {
    for note in notes {
      try database.run("DELETE FROM cluster WHERE key = ? AND value = ?", Self.key(kind, note.key), note.value)
    }
  }

  func forgetNotes(_ kind: ClusterNote) throws {
    try database.run("DELETE FROM cluster WHERE key >= ? AND key < ?", Self.key(kind, ""), kind.rawValue + ";")
  }

  /// Forgets all that was kept of a cluster.
  package func forgetCluster() throws {
    try keep(nil)
    try database.run("DELETE FROM cluster")
    try database.run("DELETE FROM setting WHERE key IN ('cluster_quota_hours', 'cluster_quota_days')")
  }
}

import MariaDB
package import Rotation

/// What operators change: told by the dialer on which they did, and followed by the others.
extension Engine {
  /// What an operator has decided, of one dialer's telling or following.
  package struct Changes: Sendable {
    /// By their digits; without a number: it was removed.
    package var numbers: [(e164: String, number: ClusterNumber?)] = []
    package var items: [ClusterItem] = []
    /// The version that whoever has carried them out is at.
    package var version = 0

    package init() {}

    package var isEmpty: Bool { numbers.isEmpty && items.isEmpty }
  }

  /// So many numbers are told in one version at most, and so many are followed at once: always a whole version.
  package static let mostTold = 500
  private static let mostFollowed = 5000

  /// Keeps what an operator has changed, for the others to follow.
  ///
  /// - Parameters:
  ///   - holder: who is to have those numbers that the cluster does not know yet, with what was counted of them; nil:
  ///     nobody.
  ///   - states: by the numbers' digits.
  ///   - unsettledUntil: nobody gets those numbers before that, in seconds since 1970-01-01 UTC: the cluster knew them once,
  ///     and has forgotten how often they were used.
  package func tell(
    _ changes: Changes, newOnesOf holder: DialerID? = nil, states: [String: NumberState] = [:],
    unsettledUntil: Int = 0
  ) throws {
    if changes.isEmpty { return }
    try connection.transaction { connection in
      // Its row keeps versions in the order of their commits.
      try connection.run("UPDATE callerid_cluster SET version = version + 1 WHERE id = 1")
      let version: Int = try connection.value("SELECT version FROM callerid_cluster WHERE id = 1") ?? 0
      for start in stride(from: 0, to: changes.numbers.count, by: Self.mostTold) {
        let numbers = changes.numbers[start..<min(start + Self.mostTold, changes.numbers.count)]
        try put(numbers.compactMap(\.number), version, holder, states, unsettledUntil, connection)
        try connection.runMany(
          "UPDATE callerid_number SET removed = 1, usable = 0, version = ? WHERE e164 = ?",
          rows: numbers.filter { $0.number == nil }.map { [version, $0.e164] })
      }
      try connection.runMany(
        """
        INSERT INTO callerid_item (kind, folded, name, value, version) VALUES (?, ?, ?, ?, ?)
        ON DUPLICATE KEY UPDATE name = VALUES(name), value = VALUES(value), version = VALUES(version)
        """,
        rows: changes.items.map { [$0.kind.rawValue, $0.name.foldedName, $0.name, $0.value, version] })
    }
  }

  private func put(
    _ numbers: [ClusterNumber], _ version: Int, _ holder: DialerID?, _ states: [String: NumberState],
    _ unsettledUntil: Int, _ connection: Connection
  ) throws {
    // Columns in order: those of a new number, and then, again, those that a change of a known one replaces.
    try connection.runMany(
      """
      INSERT INTO callerid_number (e164, written, fields, pool, area, usable, removed, added_at, version, rest_version,
        holder, epoch, fence, unsettled_by, unsettled_until, day, used_today, hour, used_this_hour, last_use,
        resting_until, rest_reason, outcomes, uses)
      VALUES (?, ?, ?, ?, ?, ?, 0, ?, ?, 0, ?, ?, 1, 0, ?, 0, 0, 0, 0, 0, 0, '', '', '')
      ON DUPLICATE KEY UPDATE written = VALUES(written), fields = VALUES(fields), pool = VALUES(pool),
        area = VALUES(area), usable = VALUES(usable), removed = 0, version = VALUES(version)
      """,
      rows: numbers.map { number in
        [
          number.e164, number.written, number.fields, number.pool, number.area, number.isUsable, number.addedAt,
          version,
          holder?.id ?? 0, holder?.epoch ?? 0, unsettledUntil,
        ]
      })
    try connection.runMany(
      """
      UPDATE callerid_number SET resting_until = ?, rest_reason = ?, rest_version = ? WHERE e164 = ?
      """,
      rows: numbers.compactMap { number in number.rest.map { [$0.until, $0.reason, version, number.e164] } })
    if let holder {
      try connection.runMany(
        "UPDATE callerid_number SET \(Self.stateAssignments) WHERE e164 = ? AND holder = ? AND epoch = ? AND fence = 1",
        rows: numbers.compactMap { number in
          states[number.e164].map {
            Self.values(of: $0, followed: .max) + [number.e164, holder.id, holder.epoch]
          }
        })
    }
  }

  /// What was changed since a version.
  ///
  /// - Returns: nil: nothing.
  package func changes(since version: Int) throws -> Changes? {
    let newest = try facts().version
    guard newest > version else { return nil }
    var changes = Changes()
    changes.version = newest
    var versions: [Int] = []
    try connection.each(
      """
      SELECT e164, written, fields, added_at, removed, version, rest_version, resting_until, rest_reason
      FROM callerid_number WHERE version > ? AND version <= ? ORDER BY version LIMIT ?
      """, version, newest, Self.mostFollowed
    ) { row in
      versions.append(row[5])
      let isRemoved: Bool = row[4]
      let hasRest: Bool = (row[6] as Int) > version
      let number = ClusterNumber(
        e164: row[0], written: row[1], fields: row[2], addedAt: row[3], rest: hasRest ? (row[7], row[8]) : nil)
      changes.numbers.append((row[0], isRemoved ? nil : number))
    }
    // The last version may not be whole.
    if versions.count == Self.mostFollowed, let last = versions.last, let first = versions.first, first < last {
      changes.numbers.removeLast(versions.count { $0 == last })
      changes.version = last - 1
    }
    changes.items = try connection.all(
      "SELECT kind, name, value FROM callerid_item WHERE version > ? AND version <= ? ORDER BY version",
      version, changes.version
    ) { row in ClusterItem(ClusterItem.Kind(rawValue: row[0]) ?? .setting, row[1], row[2]) }
    return changes
  }

  /// What the cluster says of some numbers, for a dialer that would bring them too.
  package func numbers(_ e164s: [String]) throws -> [ClusterNumber] {
    guard !e164s.isEmpty else { return [] }
    return try connection.all(
      """
      SELECT e164, written, fields, added_at FROM callerid_number
      WHERE removed = 0 AND e164 IN (\([String].marks(e164s.count)))
      """, values: e164s
    ) { row in ClusterNumber(e164: row[0], written: row[1], fields: row[2], addedAt: row[3], rest: nil) }
  }

  /// Which of some numbers the cluster has, or had before they were removed.
  func known(_ e164s: [String]) throws -> Set<String> {
    guard !e164s.isEmpty else { return [] }
    return Set(
      try connection.all(
        "SELECT e164 FROM callerid_number WHERE e164 IN (\([String].marks(e164s.count)))", values: e164s
      ) { $0[0] as String })
  }

  /// All that operators have decided besides numbers.
  package func items() throws -> [ClusterItem] {
    try connection.all("SELECT kind, name, value FROM callerid_item ORDER BY kind, folded") { row in
      ClusterItem(ClusterItem.Kind(rawValue: row[0]) ?? .setting, row[1], row[2])
    }
  }
}

import MariaDB
package import Rotation

/// Dialers: who they are, whether they live, and who decides that one does not.
extension Engine {
  /// A dialer as the engine knows it.
  package struct Dialer: Sendable {
    package let id: Int
    package let name: String
    package let epoch: Int
    package let beat: Int
    package let generation: Int
    package let state: String
    package let followed: Int
    package let untold: Int
    package let program: String
    /// By how many milliseconds its clock is ahead of the engine's.
    package let clockMilliseconds: Int
    /// Since its last renewal, by the engine's clock.
    package let silentSeconds: Int
    /// How many numbers are leased to it.
    package fileprivate(set) var numbers = 0

    package var isActive: Bool { state == "active" }
  }

  private static let columns = """
    id, name, epoch, beat, generation, state, followed, untold, program, clock_ms,
    GREATEST(0, TIMESTAMPDIFF(SECOND, seen_at, UTC_TIMESTAMP(6)))
    """

  package func dialers() throws -> [Dialer] {
    try connection.all("SELECT \(Self.columns) FROM callerid_dialer ORDER BY name") { Self.dialer($0) }
  }

  package func dialer(named name: String) throws -> Dialer? {
    try connection.first("SELECT \(Self.columns) FROM callerid_dialer WHERE name = ?", name) { Self.dialer($0) }
  }

  /// The same with how many numbers each has, which takes longer.
  package func dialersWithNumbers() throws -> [Dialer] {
    var held: [Int: Int] = [:]
    try connection.each("SELECT holder, count(*) FROM callerid_number WHERE removed = 0 GROUP BY holder") {
      held[$0[0]] = $0[1]
    }
    return try dialers().map { dialer in
      var dialer = dialer
      dialer.numbers = held[dialer.id] ?? 0
      return dialer
    }
  }

  private static func dialer(_ row: borrowing Row) -> Dialer {
    Dialer(
      id: row[0], name: row[1], epoch: row[2], beat: row[3], generation: row[4], state: row[5], followed: row[6],
      untold: row[7], program: row[8], clockMilliseconds: row[9], silentSeconds: row[10])
  }

  /// Makes a dialer a member, or one that has left or was evicted a member again, under a new epoch.
  ///
  /// One that has never renewed its lease was interrupted when it joined, and goes on as it is.
  ///
  /// - Throws: `refused` where it is one already.
  package func join(_ name: String, program: String) throws -> DialerID {
    try connection.transaction { connection in
      let generation: Int = try connection.value("SELECT generation FROM callerid_cluster WHERE id = 1 FOR UPDATE") ?? 0
      try connection.run(
        """
        INSERT INTO callerid_dialer (name, epoch, beat, generation, state, followed, untold, program, clock_ms, seen_at)
        VALUES (?, 0, 0, ?, 'left', 0, 0, ?, 0, UTC_TIMESTAMP(6)) ON DUPLICATE KEY UPDATE name = VALUES(name)
        """, name, generation, program)
      guard let known = try self.dialer(named: name) else { throw ClusterError.unknownDialer(name) }
      if known.isActive, known.beat == 1 { return DialerID(id: known.id, epoch: known.epoch, generation: generation) }
      guard !known.isActive else {
        throw ClusterError.refused(
          "the cluster has a dialer \(name) already; give this one another name, or evict that one first")
      }
      try connection.run(
        """
        UPDATE callerid_dialer SET state = 'active', epoch = epoch + 1, beat = 1, generation = ?, followed = 0,
          seen_at = UTC_TIMESTAMP(6) WHERE id = ?
        """, generation, known.id)
      return DialerID(id: known.id, epoch: known.epoch + 1, generation: generation)
    }
  }

  /// What a dialer tells of itself with each renewal.
  package struct Health: Sendable {
    package var followed: Int
    package var untold: Int
    package var program: String
    package var clockMilliseconds: Int

    package init(followed: Int, untold: Int, program: String, clockMilliseconds: Int) {
      self.followed = followed
      self.untold = untold
      self.program = program
      self.clockMilliseconds = clockMilliseconds
    }
  }

  /// Renews a dialer's lease.
  ///
  /// - Parameter beat: as the dialer knows it. One more is accepted: the answer to its last renewal may have been lost.
  /// - Returns: the new beat.
  /// - Throws: `evicted`, `engineIsOlder` or `storeIsOlder` where the engine says other than the dialer knows.
  package func renew(_ dialer: DialerID, beat: Int, _ health: Health) throws -> Int {
    try connection.transaction { connection in
      let known = try connection.first(
        """
        SELECT d.epoch, d.beat, d.state, c.generation FROM callerid_dialer AS d JOIN callerid_cluster AS c ON c.id = 1
        WHERE d.id = ? FOR UPDATE
        """, dialer.id
      ) { row in (epoch: row[0] as Int, beat: row[1] as Int, state: row[2] as String, generation: row[3] as Int) }
      guard let known, known.epoch >= dialer.epoch else { throw ClusterError.engineIsOlder }
      guard known.epoch == dialer.epoch, known.state == "active" else { throw ClusterError.evicted }
      guard known.beat >= beat, known.generation == dialer.generation else { throw ClusterError.engineIsOlder }
      guard known.beat <= beat + 1 else { throw ClusterError.storeIsOlder }
      try connection.run(
        """
        UPDATE callerid_dialer SET beat = ?, followed = ?, untold = ?, program = ?, clock_ms = ?,
          seen_at = UTC_TIMESTAMP(6) WHERE id = ?
        """, beat + 1, health.followed, health.untold, health.program, health.clockMilliseconds, dialer.id)
      return beat + 1
    }
  }

  /// The engine's time, in milliseconds since 1970-01-01 UTC.
  package func milliseconds() throws -> Int {
    try connection.value("SELECT CAST(UNIX_TIMESTAMP(NOW(6)) * 1000 AS SIGNED)") ?? 0
  }

  /// Takes a dialer's numbers away. They are to be had again at once, or, where nobody knows how often it has called with
  /// them since it last told, after a moment by which that does not count any more.
  ///
  /// - Parameters:
  ///   - beat: only if it has not renewed its lease since; nil: even so.
  ///   - unsettledUntil: seconds since 1970-01-01 UTC; 0: it has told of all of its calls.
  /// - Returns: how many numbers it had; nil: it was not evicted.
  package func evict(_ id: Int, ifBeatIs beat: Int?, unsettledUntil: Int, as state: String = "evicted") throws -> Int? {
    try connection.transaction { connection in
      let known: Int? = try connection.value(
        "SELECT beat FROM callerid_dialer WHERE id = ? AND state = 'active' FOR UPDATE", id)
      guard let known, beat == nil || beat == known else { return nil }
      try connection.run("UPDATE callerid_dialer SET epoch = epoch + 1, state = ? WHERE id = ?", state, id)
      try connection.run("DELETE FROM callerid_demand WHERE dialer = ?", id)
      let unsettledBy = unsettledUntil > 0 ? id : 0
      return try connection.run(
        "UPDATE callerid_number SET holder = 0, unsettled_by = ?, unsettled_until = ? WHERE holder = ?", unsettledBy,
        unsettledUntil, id)
    }
  }

  /// Begins the recovery of an engine that was restored from a backup: nobody gets a number that is free until every
  /// dialer has said what it holds.
  ///
  /// - Parameter unsettledUntil: nobody gets a number before that, of which no dialer says how often it was used since.
  package func beginRecovery(from generation: Int, unsettledUntil: Int) throws {
    try connection.transaction { connection in
      let isFirst = try connection.run(
        "UPDATE callerid_cluster SET generation = ?, recovering = 1 WHERE id = 1 AND generation <= ?", generation + 1,
        generation)
      if isFirst > 0 { try connection.run("UPDATE callerid_number SET unsettled_until = ?", unsettledUntil) }
    }
  }

  /// Says what a dialer holds, after the engine was restored, and ends the recovery where it was the last.
  ///
  /// - Parameter numbers: all that are leased to it, with what was counted of them.
  /// - Returns: how it is known from here on.
  package func reclaim(_ dialer: DialerID, name: String, beat: Int, _ numbers: [LeasedNumber]) throws -> DialerID {
    try connection.transaction { connection in
      let generation: Int = try connection.value("SELECT generation FROM callerid_cluster WHERE id = 1 FOR UPDATE") ?? 0
      let now = DialerID(id: dialer.id, epoch: dialer.epoch, generation: generation)
      try connection.run(
        """
        INSERT INTO callerid_dialer (id, name, epoch, beat, generation, state, followed, untold, program, clock_ms, seen_at)
        VALUES (?, ?, ?, ?, ?, 'active', 0, 0, '', 0, UTC_TIMESTAMP(6))
        ON DUPLICATE KEY UPDATE epoch = VALUES(epoch), beat = VALUES(beat), generation = VALUES(generation),
          state = 'active', seen_at = VALUES(seen_at)
        """, dialer.id, name, dialer.epoch, beat, generation)
      // What the backup says that it held may be others' by now; they will say so.
      try connection.run("UPDATE callerid_number SET holder = 0 WHERE holder = ?", dialer.id)
      try connection.runMany(
        """
        UPDATE callerid_number SET holder = ?, epoch = ?, fence = ?, unsettled_by = 0, unsettled_until = 0,
          \(Self.stateAssignments) WHERE e164 = ? AND fence <= ?
        """,
        rows: numbers.map {
          [now.id, now.epoch, $0.fence] + Self.values(of: $0.state, followed: .max) + [$0.e164, $0.fence]
        })
      try endRecovery()
      return now
    }
  }

  /// Ends a recovery for which nobody is waited any more: the last dialer has said what it holds, or was evicted.
  package func endRecovery() throws {
    try connection.run(
      """
      UPDATE callerid_cluster AS c SET recovering = 0 WHERE id = 1 AND recovering = 1 AND NOT EXISTS (
        SELECT 1 FROM callerid_dialer AS d WHERE d.state = 'active' AND d.generation < c.generation)
      """)
  }
}

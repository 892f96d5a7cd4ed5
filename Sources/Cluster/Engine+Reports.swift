import MariaDB
package import Rotation

/// What a dialer has done: told again after an interruption it counts once.
extension Engine {
  /// So many requests are told in one transaction at most.
  package static let mostReported = 500

  package struct Report: Sendable {
    package var requests: [ClusterRequest] = []
    /// Those of the numbers in them that are leased to the dialer, as they are now.
    package var states: [LeasedNumber] = []
    package var audit: [AuditEntry] = []

    package init() {}

    package var isEmpty: Bool { requests.isEmpty && states.isEmpty && audit.isEmpty }
  }

  /// Keeps a report. What it says of numbers that others have by now does not count; its requests do.
  ///
  /// - Parameter beat: the dialer's last renewal.
  /// - Throws: `engineIsOlder` where the engine knows an earlier one only: what it has lost is told first, and then the rest,
  ///   so that the last request that it has says that it has all before.
  package func keep(_ report: Report, of dialer: DialerID, beat: Int, followed: Int) throws {
    if report.isEmpty { return }
    try connection.transaction { connection in
      let known: Int? = try connection.value(
        "SELECT beat FROM callerid_dialer WHERE id = ? LOCK IN SHARE MODE", dialer.id)
      guard known ?? -1 >= beat, try facts().generation == dialer.generation else { throw ClusterError.engineIsOlder }
      try connection.runMany(
        "UPDATE callerid_number SET \(Self.stateAssignments) WHERE e164 = ? AND holder = ? AND epoch = ? AND fence = ?",
        rows: report.states.map {
          Self.values(of: $0.state, followed: followed) + [$0.e164, dialer.id, dialer.epoch, $0.fence]
        })
      let names = ClusterRequest.names
      try connection.runMany(
        """
        INSERT INTO callerid_request (dialer, id, \(names.joined(separator: ", ")))
        VALUES (\([String].marks(names.count + 2)))
        ON DUPLICATE KEY UPDATE \(names.map { "\($0) = VALUES(\($0))" }.joined(separator: ", "))
        """,
        rows: report.requests.map { [dialer.id, $0.id] + $0.values })
      try connection.runMany(
        """
        INSERT INTO callerid_audit (dialer, id, at, who, what) VALUES (?, ?, ?, ?, ?)
        ON DUPLICATE KEY UPDATE what = VALUES(what)
        """,
        rows: report.audit.map { [dialer.id, $0.id, $0.at, $0.who, $0.what] })
    }
  }

  /// The last request that the engine has of a dialer; 0: none.
  package func lastRequest(of dialer: DialerID) throws -> Int {
    try connection.value("SELECT max(id) FROM callerid_request WHERE dialer = ?", dialer.id) ?? 0
  }

  /// Forgets requests that are older than a moment, a few thousand at a time.
  ///
  /// - Returns: whether there may be more.
  package func prune(before moment: Int) throws -> Bool {
    let most = 5000
    let requests = try connection.run("DELETE FROM callerid_request WHERE at < ? LIMIT ?", moment, most)
    try connection.run("DELETE FROM callerid_quota WHERE started_at < ?", moment)
    return requests == most
  }

  // MARK: Campaigns' limits

  /// Gives a dialer a part of what a campaign may still call in a window; all parts together are never more than its
  /// limit.
  ///
  /// - Parameters:
  ///   - length: `h` or `d`.
  ///   - used: how many of its part the dialer has used.
  ///   - share: how much of what is left it may have at most, from 0 to 1.
  /// - Returns: how much it has now, with what it had.
  package func quota(
    of campaign: String, limit: Int, length: String, startedAt: Int, for dialer: DialerID, used: Int, share: Double
  ) throws -> Int {
    try connection.transaction { connection in
      let folded = campaign.foldedName
      try connection.run(
        """
        INSERT INTO callerid_quota (campaign, length, started_at, dialer, calls) VALUES (?, ?, ?, 0, 0)
        ON DUPLICATE KEY UPDATE calls = calls
        """, folded, length, startedAt)
      // The row of dialer 0 is the lock of the window.
      try connection.run(
        "UPDATE callerid_quota SET calls = calls + 1 WHERE campaign = ? AND length = ? AND started_at = ? AND dialer = 0",
        folded, length, startedAt)
      var (given, own) = (0, 0)
      try connection.each(
        "SELECT dialer, calls FROM callerid_quota WHERE campaign = ? AND length = ? AND started_at = ? AND dialer > 0",
        folded, length, startedAt
      ) { row in
        given += row[1]
        if row[0] == dialer.id { own = row[1] }
      }
      let left = max(0, limit - given)
      // It is given more before it has used up what it has.
      let part = max(1, Int(Double(left) * share))
      guard left > 0, own - used < max(1, part / 2) else { return own }
      let new = own + min(left, part)
      try connection.run(
        """
        INSERT INTO callerid_quota (campaign, length, started_at, dialer, calls) VALUES (?, ?, ?, ?, ?)
        ON DUPLICATE KEY UPDATE calls = VALUES(calls)
        """, folded, length, startedAt, dialer.id, new)
      return new
    }
  }
}

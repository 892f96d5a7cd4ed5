import SQLite

extension Site {
  /// Requests of forty days ago, for a reset to prune.
  func addOldRequests() throws {
    let database = try Database(path: store, mode: .readWrite)
    try database.keepLogOnClose()
    try database.run(
      """
      WITH RECURSIVE old (id) AS (VALUES (1) UNION ALL SELECT id + 1 FROM old WHERE id < 5000)
      INSERT INTO request (id, at, status, reserved_until) SELECT id, unixepoch() - 40 * 86400, 'BAD_REQUEST', 0 FROM old
      """)
  }

  /// What is wrong with a store after many calls, in whose midst its counters were cleared once.
  ///
  /// - Parameters:
  ///   - limit: the most calls of each number in the pool `few`, before the counters were cleared and after.
  ///   - reset: the seconds between which they were.
  func problemsOfLoad(limit: Int, reset: ClosedRange<Int>) throws -> [String] {
    var examination = try Examination(of: self)
    let database = examination.database
    examination.expectNone(
      "requests that should be pruned", try database.value("SELECT count(*) FROM request WHERE id < 5000"))
    examination.expectNone(
      "numbers given to two calls at once",
      try database.value(
        """
        SELECT count(*) FROM (
          SELECT at, lag(min(reserved_until, coalesce(released_at, reserved_until)))
            OVER (PARTITION BY number_id ORDER BY id) AS held_until
          FROM request WHERE status = 'OK' AND reserved_until > 0)
        WHERE held_until > at
        """))
    examination.expectNone(
      "numbers past their limit",
      try database.value(
        """
        SELECT count(*) FROM (
          SELECT sum(at < ?1) AS before, sum(at > ?2) AS after FROM request JOIN number ON number.id = number_id
          JOIN pool ON pool.id = pool_id WHERE pool.name = 'few' AND status = 'OK' AND at >= day GROUP BY number_id)
        WHERE before > ?3 OR after > ?3
        """, reset.lowerBound, reset.upperBound, limit))
    // A call in the seconds of the reset may have been counted before it or after.
    examination.expectNone(
      "numbers whose counter is not that of their requests",
      try database.value(
        """
        SELECT count(*) FROM (
          SELECT used_today AS used, coalesce(sum(at > ?2), 0) AS least, coalesce(sum(at >= ?1), 0) AS most
          FROM number LEFT JOIN request ON number_id = number.id AND status = 'OK' AND at >= day GROUP BY number.id)
        WHERE used NOT BETWEEN least AND most
        """, reset.lowerBound, reset.upperBound))
    examination.expectNone(
      "campaigns whose counter is not that of their requests",
      try database.value(
        """
        SELECT count(*) FROM (
          SELECT used_today AS used, coalesce(sum(at > ?2), 0) AS least, coalesce(sum(at >= ?1), 0) AS most
          FROM campaign LEFT JOIN request ON campaign_id = campaign.id AND status = 'OK' AND at >= day
          GROUP BY campaign.id)
        WHERE used NOT BETWEEN least AND most
        """, reset.lowerBound, reset.upperBound))
    return try examination.problems + laneProblems(database)
  }
}

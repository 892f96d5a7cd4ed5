import SQLite

extension Site {
  /// What is wrong with the store, as far as it can be seen in the store itself.
  ///
  /// - Parameter isReset: counters were cleared, perhaps not all of them, and at most one call came after.
  func problems(isReset: Bool = false) throws -> [String] {
    var examination = try Examination(of: self)
    let database = examination.database
    examination.expectNone(
      "numbers whose counter is not that of their requests",
      try database.value(
        """
        SELECT count(*) FROM (
          SELECT used_today AS used, (SELECT count(*) FROM request
            WHERE number_id = number.id AND status = 'OK' AND at >= number.day) AS calls FROM number)
        WHERE used <> calls AND NOT (?1 AND used = 0)
        """, isReset))
    examination.expectNone(
      "campaigns whose counter is not that of their requests",
      try database.value(
        """
        SELECT count(*) FROM (
          SELECT used_today AS used, (SELECT count(*) FROM request
            WHERE campaign_id = campaign.id AND status = 'OK' AND at >= campaign.day) AS calls FROM campaign)
        WHERE used <> calls AND NOT (?1 AND used <= 1)
        """, isReset))
    return try examination.problems + holdProblems(database) + laneProblems(database)
  }

  /// A reservation is a request's, and a request that is not released has its reservation.
  private func holdProblems(_ database: Database) throws -> [String] {
    var held: [String] = []
    try database.each("SELECT id, holds FROM number WHERE holds <> ''") { row in
      let holds: String = row[1]
      let id: Int = row[0]
      held += holds.split(separator: " ").map { "\(id):\($0.prefix { $0 != ":" })" }
    }
    let requests: [String] = try database.all(
      """
      SELECT number_id || ':' || id FROM request
      WHERE status = 'OK' AND reserved_until > at AND released_at IS NULL
      """
    ) { $0[0] }
    return held.sorted() == requests.sorted() ? [] : ["reservations \(held.sorted()) of requests \(requests.sorted())"]
  }

  /// Every number stands in its two lanes for everyone, and in two for each campaign that limits numbers, at the place
  /// that its row says; nothing else stands in any lane.
  func laneProblems(_ database: Database) throws -> [String] {
    let wrong: Int? = try database.value(
      """
      WITH scope AS (
        SELECT id AS pool_id, 0 AS campaign_id FROM pool
        UNION ALL
        SELECT pool.id, campaign.id FROM pool JOIN campaign ON ' ' || scopes LIKE '% ' || campaign.id || ':%'
      ), kind (has_area) AS (VALUES (0), (1)),
      due AS (
        SELECT
          scope.campaign_id || ':' || pool_id || ':' || iif(has_area, area_codes, '') || ':' || carrier_id AS name,
          coalesce(own.asleep_until, number.asleep_until) AS asleep_until, last_request, number.id AS number_id
        FROM number JOIN scope USING (pool_id) CROSS JOIN kind
        LEFT JOIN campaign_number own ON own.campaign_id = scope.campaign_id AND own.number_id = number.id
      )
      SELECT (SELECT count(*) FROM (SELECT name, asleep_until, last_request, number_id FROM lane
          EXCEPT SELECT name, asleep_until, last_request, number_id FROM due))
        + (SELECT count(*) FROM (SELECT name, asleep_until, last_request, number_id FROM due
          EXCEPT SELECT name, asleep_until, last_request, number_id FROM lane))
      """)
    return wrong == 0 ? [] : ["places in lanes that are not those of the numbers: \(wrong ?? -1)"]
  }

  /// The calls that the store knows to have been given a number, and how it is written.
  func granted() throws -> [String: String] {
    let database = try opened()
    var granted: [String: String] = [:]
    try database.each(
      "SELECT uniqueid, written FROM request JOIN number ON number.id = number_id WHERE status = 'OK'"
    ) { granted[$0[0]] = $0[1] }
    return granted
  }
}

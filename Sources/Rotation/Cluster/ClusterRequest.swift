internal import SQLite

/// A request as a dialer tells the engine of it: the columns that `names` lists.
package struct ClusterRequest: Sendable {
  package let id: Int
  /// The number that it got, by its digits; nil: none.
  package let e164: String?
  package let values: [String?]

  /// The names of the columns, in order.
  package static let names = [
    "at", "status", "reason", "destination", "area_code", "campaign", "agent", "number", "matched", "reserved_until",
    "released_at", "dial_status", "hangup_cause", "answered_seconds", "uniqueid", "call_code", "hangup_tech", "blocked",
  ]

  fileprivate static let sql: StaticString = """
    SELECT r.id, r.at, r.status, r.reason, r.destination, r.area_code, campaign.name, agent.name, number.e164, r.match,
      r.reserved_until, r.released_at, r.dial_status, r.hangup_cause, r.answered_seconds, r.uniqueid, r.call_code,
      r.hangup_tech, r.blocked
    FROM request AS r LEFT JOIN campaign ON campaign.id = r.campaign_id LEFT JOIN agent ON agent.id = r.agent_id
      LEFT JOIN number ON number.id = r.number_id
    WHERE r.id >= ?1 AND r.id <= ?2 ORDER BY r.id LIMIT ?3
    """

  fileprivate init(_ row: borrowing Row) {
    id = row[0]
    e164 = row[8]
    values = (1...Self.names.count).map { row[$0] }
  }
}

/// How often numbers of a pool and an area were asked for.
package struct Demand: Hashable, Sendable {
  /// Without capitals.
  package let pool: String
  /// Empty: a destination whose area is not known.
  package let area: String

  package init(pool: String, area: String) {
    self.pool = pool.foldedName
    self.area = area
  }
}

extension Snapshot {
  /// The requests after one of them, no more than `count`.
  package func clusterRequests(after id: Int, atMost count: Int) throws -> [ClusterRequest] {
    try database.all(ClusterRequest.sql, id + 1, Int.max, count) { ClusterRequest($0) }
  }

  /// A request; nil where it has been pruned.
  package func clusterRequest(_ id: Int) throws -> ClusterRequest? {
    try database.first(ClusterRequest.sql, id, id, 1) { ClusterRequest($0) }
  }

  /// What was asked for in the last so many seconds.
  package func demand(ofSeconds seconds: Int) throws -> [Demand: Int] {
    let since = now - seconds
    let asked: [(pool: Int?, campaign: Int?, area: String?, calls: Int)] = try database.all(
      """
      SELECT number.pool_id, r.campaign_id, r.area_code, count(*)
      FROM request AS r LEFT JOIN number ON number.id = r.number_id
      WHERE r.id >= ?1 AND r.at >= ?2 AND r.status IN ('OK', 'NONE_AVAILABLE') GROUP BY 1, 2, 3
      """, firstRequest(since: since), since
    ) { ($0[0], $0[1], $0[2], $0[3]) }
    var demand: [Demand: Int] = [:]
    for row in asked {
      var name: String?
      if let id = row.pool { name = try pool(id: id)?.name } else { name = try firstPool(ofCampaign: row.campaign) }
      demand[Demand(pool: name ?? Pool.defaultName, area: row.area ?? ""), default: 0] += row.calls
    }
    return demand
  }

  private func firstPool(ofCampaign id: Int?) throws -> String? {
    guard let id else { return nil }
    let pools: String? = try database.value(
      "SELECT value FROM setting WHERE campaign_id = ? AND key = 'pools'", id)
    return pools.flatMap { $0.cut(at: ",")?.before ?? $0 }
  }
}

internal import SQLite

/// Forgetting campaigns and agents for which the operator has decided nothing, once no request of the log names them any
/// more. Otherwise a dialplan that gives each call another name would let the store grow for ever.
extension Store {
  /// Forgets all such campaigns and agents.
  func forgetCallers() throws(StoreError) {
    try forget(
      campaigns: try read { Set(try $0.database.all(Self.campaignsWithoutTermsSQL) { $0[0] }) },
      agents: try read { Set(try $0.database.all("SELECT id FROM agent WHERE calls_per_minute IS NULL") { $0[0] }) })
  }

  /// Forgets the campaign if it is such a campaign.
  func forget(campaign id: Int) throws(StoreError) { try forget(campaigns: [id], agents: []) }

  private static let campaignsWithoutTermsSQL: StaticString = """
    SELECT id FROM campaign
    WHERE dial_prefix IS NULL AND NOT EXISTS (SELECT 1 FROM setting WHERE campaign_id = campaign.id)
    """

  /// The log has no index of who called, which every call would have to keep. So it is read once, the newest requests
  /// first, because they name nearly all who call at all.
  private func forget(campaigns: Set<Int>, agents: Set<Int>) throws(StoreError) {
    var (campaigns, agents) = (campaigns, agents)
    let end = try read { try $0.endOfLog() }
    var start = end
    while start > 0, !campaigns.isEmpty || !agents.isEmpty {
      let stretch = max(0, start - Snapshot.stretch)..<start
      let callers: [(campaign: Int, agent: Int)] = try read { snapshot in
        // Below the oldest request there are none.
        guard try snapshot.database.value("SELECT min(id) < ? FROM request", stretch.upperBound) == 1 else { return [] }
        return try snapshot.database.all(
          "SELECT DISTINCT coalesce(campaign_id, 0), coalesce(agent_id, 0) FROM request WHERE id >= ? AND id < ?",
          stretch.lowerBound, stretch.upperBound
        ) { ($0[0], $0[1]) }
      }
      if callers.isEmpty { break }
      for caller in callers {
        campaigns.remove(caller.campaign)
        agents.remove(caller.agent)
      }
      start = stretch.lowerBound
    }
    try inBatches(campaigns.sorted()) { transaction, id in
      try transaction.database.run(
        """
        DELETE FROM campaign WHERE id = ?1 AND dial_prefix IS NULL
          AND NOT EXISTS (SELECT 1 FROM setting WHERE campaign_id = ?1)
          AND NOT EXISTS (SELECT 1 FROM request WHERE id >= ?2 AND campaign_id = ?1)
        """, id, end)
    }
    try inBatches(agents.sorted()) { transaction, id in
      try transaction.database.run(
        """
        DELETE FROM agent WHERE id = ?1 AND calls_per_minute IS NULL
          AND NOT EXISTS (SELECT 1 FROM request WHERE id >= ?2 AND agent_id = ?1)
        """, id, end)
    }
  }
}

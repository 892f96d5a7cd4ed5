internal import SQLite

/// The lanes of a campaign that limits its calls with each number.
extension Transaction {
  /// Creates lanes of its own, in its pools, for a campaign that limits its calls with each number, and removes those
  /// of a campaign that does not.
  ///
  /// - Throws: `refused` where a number would stand in too many lanes.
  func createLanes(of campaign: Campaign) throws {
    let terms = campaign.terms
    let scope = CampaignScope(
      campaignID: campaign.id, dailyLimit: terms.numberDailyLimit, hourlyLimit: terms.numberHourlyLimit)
    let pools: [(id: Int, name: String, scopes: [CampaignScope])] = try database.all(
      "SELECT id, name, scopes FROM pool"
    ) {
      ($0[0], $0[1], CampaignScope.read($0[2]))
    }
    for pool in pools {
      let others = pool.scopes.filter { $0.campaignID != campaign.id }
      let isDrawn = terms.limitsNumbers && terms.pools.contains { $0.isSameName(as: pool.name) }
      let scopes = isDrawn ? others + [scope] : others
      guard scopes != pool.scopes else { continue }
      if scopes.count > pool.scopes.count {
        try checkRoom(forCampaigns: scopes.count, inPool: pool.id, named: pool.name)
      }
      try database.run(
        "UPDATE pool SET scopes = ? WHERE id = ?", scopes.map(\.text).joined(separator: " "), pool.id)
      forgetPools()
      let exist = others.count < pool.scopes.count
      if !isDrawn {
        let lanes = LaneNames(campaignID: campaign.id, poolID: pool.id)
        try database.run("DELETE FROM lane WHERE name > ? AND name < ?", lanes.start, lanes.end)
      } else {
        if !exist { try fillLanes(of: scope, inPool: pool.id) }
        try resortUsed(in: scope, inPool: pool.id)
      }
    }
    if !terms.limitsNumbers { try database.run("DELETE FROM campaign_number WHERE campaign_id = ?", campaign.id) }
  }

  private func fillLanes(of scope: CampaignScope, inPool poolID: Int) throws {
    // The campaign's lanes begin as copies of the common ones. Numbers that it has used are moved afterwards.
    let common = LaneNames(campaignID: 0, poolID: poolID)
    try database.run(
      """
      INSERT INTO lane SELECT ? || substr(name, instr(name, ':')), asleep_until, last_request, number_id FROM lane
      WHERE name > ? AND name < ?
      """, String(scope.campaignID), common.start, common.end)
    try database.run(
      """
      UPDATE campaign_number SET asleep_until = (SELECT asleep_until FROM number WHERE id = number_id)
      WHERE campaign_id = ? AND number_id IN (SELECT id FROM number WHERE pool_id = ?)
      """, scope.campaignID, poolID)
  }

  /// Moves the numbers that the campaign has used to their places. The others have the same places as in the common
  /// lanes.
  private func resortUsed(in scope: CampaignScope, inPool poolID: Int) throws {
    let used: [Int] = try database.all(
      """
      SELECT number_id FROM campaign_number JOIN number ON number.id = number_id
      WHERE campaign_id = ? AND pool_id = ?
      """, scope.campaignID, poolID
    ) { $0[0] }
    for id in used {
      if var number = try number(id: id) { try moveToItsPlace(&number) }
    }
  }
}

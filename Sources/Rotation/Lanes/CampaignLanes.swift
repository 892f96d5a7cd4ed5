internal import SQLite

/// The lanes of a campaign that limits its calls with each number.
///
/// They are filled by re-sorting, a few numbers in each transaction. Until they hold every number, the campaign's calls
/// look into the common lanes, and pass over the numbers that have reached its limits.
extension Transaction {
  /// Gives a campaign that limits its calls with each number lanes of its own in its pools, and takes them from one that
  /// does not. `Store.removeLeftLanes` then removes what is in lanes that are nobody's any more.
  ///
  /// - Parameter most: what was counted before; nil: the campaign gets no lanes that it does not have.
  /// - Throws: `busy` if such lanes of the campaign have not been removed yet, `refused` if a number would be in too many
  ///   lanes.
  func assignLanes(of campaign: Campaign, given most: MostAreaCodes?) throws {
    var most = most
    let terms = campaign.terms
    var scope = CampaignScope(
      campaignID: campaign.id, dailyLimit: terms.numberDailyLimit, hourlyLimit: terms.numberHourlyLimit)
    for pool in try poolScopes() {
      let others = pool.scopes.filter { $0.campaignID != campaign.id }
      let isDrawn = terms.limitsNumbers && terms.pools.contains { $0.isSameName(as: pool.name) }
      let old = pool.scopes.first { $0.campaignID == campaign.id }
      if isDrawn, old == nil, try hasLanes(campaign.id, inPool: pool.id) {
        throw StoreError(
          .busy, "the lanes of the campaign's old limits are being removed by another command",
          hint: "Run this command again in a moment")
      }
      scope.filledTo = old.map(\.filledTo) ?? 0
      let scopes = isDrawn ? others + [scope] : others
      guard scopes != pool.scopes else { continue }
      if scopes.count > pool.scopes.count {
        var counted = most ?? MostAreaCodes()
        while try counted.look(at: 5000, in: self) {}
        most = counted
        if let areaCodes = counted[pool: pool.id] {
          try LaneBound(areaCodes: areaCodes, campaigns: scopes.count).check(pool: pool.name)
        }
      }
      try keep(scopes, ofPool: pool.id)
      if isDrawn { try noteResorting() }
    }
  }

  private func poolScopes() throws -> [(id: Int, name: String, scopes: [CampaignScope])] {
    try database.all("SELECT id, name, scopes FROM pool WHERE id > 0") { ($0[0], $0[1], CampaignScope.read($0[2])) }
  }

  private func keep(_ scopes: [CampaignScope], ofPool id: Int) throws {
    try database.run("UPDATE pool SET scopes = ? WHERE id = ?", scopes.map(\.text).joined(separator: " "), id)
    forgetPools()
  }

  private func hasLanes(_ campaignID: Int, inPool id: Int) throws -> Bool {
    let lanes = LaneNames(campaignID: campaignID, poolID: id)
    return try database.value(
      "SELECT EXISTS (SELECT 1 FROM lane WHERE name > ? AND name < ?)", lanes.start, lanes.end) == 1
  }

  // MARK: Filling

  /// Enters a number into the lanes of campaigns that are being filled.
  func fillLanes(with number: Number) throws {
    for scope in number.pool.scopes where !scope.holds(number) {
      var use = try use(of: number, in: scope)
      let asleepUntil = number.sleep(at: moment, as: use)?.until ?? 0
      try enterLanes(
        number, ofCampaign: scope.campaignID, at: .init(asleepUntil: asleepUntil, lastRequest: number.lastRequest))
      use.asleepUntil = asleepUntil
      if use.isKept { try keep(use, of: number) }
    }
  }

  /// Keeps how far lanes are filled, in every pool: a number may have changed its pool meanwhile.
  ///
  /// - Parameter last: the ID of the last number that was entered; nil: there are no more.
  func noteFilledLanes(upTo last: Int?) throws {
    for pool in try poolScopes() where pool.scopes.contains(where: { $0.filledTo != nil }) {
      let scopes = pool.scopes.map { scope in
        var scope = scope
        if let filled = scope.filledTo { scope.filledTo = last.map { max($0, filled) } }
        return scope
      }
      if scopes != pool.scopes { try keep(scopes, ofPool: pool.id) }
    }
  }

  // MARK: Removing

  /// Removes entries from lanes that were a campaign's, and what it has used of the numbers if it limits none any more.
  ///
  /// - Returns: how many rows were removed.
  fileprivate func removeLeftLanes(ofCampaign id: Int, atMost count: Int) throws -> Int {
    let pools = try poolScopes()
    let left = pools.filter { pool in !pool.scopes.contains { $0.campaignID == id } }
    for pool in left {
      let lanes = LaneNames(campaignID: id, poolID: pool.id)
      try database.run(
        """
        DELETE FROM lane WHERE (name, asleep_until, last_request, number_id) IN (
          SELECT name, asleep_until, last_request, number_id FROM lane WHERE name > ? AND name < ? LIMIT ?)
        """, lanes.start, lanes.end, count)
      if database.changes > 0 { return database.changes }
    }
    guard left.count == pools.count else { return 0 }
    try database.run(
      """
      DELETE FROM campaign_number WHERE campaign_id = ?1 AND number_id IN (
        SELECT number_id FROM campaign_number WHERE campaign_id = ?1 LIMIT ?2)
      """, id, count)
    return database.changes
  }
}

extension Store {
  /// Removes entries from lanes that are a campaign's no longer.
  func removeLeftLanes(ofCampaign id: Int) throws(StoreError) {
    // A campaign that is not known yet has no ID, and 0 are the common lanes.
    guard id != 0 else { return }
    try inSteps { try $0.removeLeftLanes(ofCampaign: id, atMost: $1) }
  }
}

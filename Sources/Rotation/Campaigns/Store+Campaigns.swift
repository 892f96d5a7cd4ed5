internal import SQLite

/// What the operator decides for campaigns and agents.
extension Store {
  /// Every campaign that was configured or has called, by name.
  package func campaigns() throws(StoreError) -> [Campaign] {
    try read {
      let names: [String] = try database.all("SELECT name FROM campaign ORDER BY name") { $0[0] }
      return try names.compactMap { CallerText($0) }.map { try campaign($0) }
    }
  }

  package func campaign(named name: CallerText) throws(StoreError) -> Campaign {
    try read { try existing(campaign: name) }
  }

  private func existing(campaign name: CallerText) throws -> Campaign {
    let campaign = try campaign(name)
    guard campaign.id != 0 else {
      throw StoreError.refused(
        "there is no campaign \(name.text)", hint: "Configure it with: campaign set, or let it call first")
    }
    return campaign
  }

  /// Checks and keeps settings of a campaign, all or none of them; one that is not known yet is made.
  ///
  /// - Parameter values: nil brings back a setting's default.
  /// - Throws: `refused` with what would be right.
  package func set(
    _ values: [(setting: CampaignSetting, text: String?)], of name: CallerText
  ) throws(StoreError) -> Campaign {
    let verb = values.allSatisfy { $0.text == nil } ? "unset" : "set"
    let words = values.map { value in value.setting.rawValue + (value.text.map { "=\($0)" } ?? "") }
    return try change("campaign \(verb) \(name.text) \(words.joined(separator: " "))") {
      var campaign = try campaign(name)
      for (setting, text) in values {
        try setting.set(text ?? setting.defaultValue, in: &campaign.terms, countryCode: settings.countryCode)
      }
      try check(campaign)
      let id = campaign.id == 0 ? try keep(campaign, counting: false, at: moment) : campaign.id
      for setting in CampaignSetting.allCases {
        let value = setting.value(in: campaign.terms)
        try keepSetting(setting.rawValue, ofCampaign: id, value == setting.defaultValue ? nil : value)
      }
      let prefix = campaign.terms.dialPrefix
      try database.run("UPDATE campaign SET dial_prefix = ? WHERE id = ?", prefix.isEmpty ? nil : prefix, id)
      try layLanes(of: try self.campaign(name))
      return try self.campaign(name)
    }
  }

  private func check(_ campaign: Campaign) throws {
    let terms = campaign.terms
    for pool in terms.pools where try self.pool(named: pool) == nil {
      let known: [String] = try database.all("SELECT name FROM pool ORDER BY name") { $0[0] }
      throw StoreError.refused("there is no pool \(pool)", hint: "The pools are: \(known.joined(separator: ", "))")
    }
    if let carrier = terms.carrier, try self.carrier(named: carrier) == nil {
      let known: [String] = try database.all("SELECT name FROM carrier ORDER BY name") { $0[0] }
      throw StoreError.refused(
        "no number is of the carrier \(carrier)", hint: "The carriers are: \(known.joined(separator: ", "))")
    }
    let claimant: String? = try database.value(
      "SELECT name FROM campaign WHERE dial_prefix = ? AND name <> ?", terms.dialPrefix, campaign.name.text)
    if let claimant {
      throw StoreError.refused("dial_prefix \(terms.dialPrefix) is \(claimant)'s already", hint: "Choose another one")
    }
    if let own = terms.numberHourlyLimit, let day = terms.numberDailyLimit, own > day {
      throw StoreError.refused("number_hourly_limit \(own) is above number_daily_limit \(day)", hint: "Lower it")
    }
    if let hour = terms.hourlyLimit, let day = terms.dailyLimit, hour > day {
      throw StoreError.refused("hourly_limit \(hour) is above daily_limit \(day)", hint: "Lower it")
    }
  }

  /// Forgets what was decided for a campaign, and the campaign itself where it never called. Its requests stay in the
  /// log, and it goes on calling with the defaults.
  package func remove(campaign name: CallerText) throws(StoreError) {
    try change("campaign remove \(name.text)") {
      var campaign = try existing(campaign: name)
      campaign.terms = CampaignTerms()
      try database.run("DELETE FROM setting WHERE campaign_id = ?", campaign.id)
      try database.run("UPDATE campaign SET dial_prefix = NULL WHERE id = ?", campaign.id)
      try database.run("DELETE FROM sticky WHERE campaign_id = ?", campaign.id)
      try layLanes(of: campaign)
      try database.run(
        "DELETE FROM campaign WHERE id = ?1 AND NOT EXISTS (SELECT 1 FROM request WHERE campaign_id = ?1)", campaign.id)
    }
  }

  /// Gives a campaign that limits its numbers lanes of its own in its pools, and takes them from one that does not.
  private func layLanes(of campaign: Campaign) throws {
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
      let isDrawn = terms.limitsNumbers && terms.pools.contains { $0.lowercased() == pool.name.lowercased() }
      let scopes = isDrawn ? others + [scope] : others
      guard scopes != pool.scopes else { continue }
      try database.run(
        "UPDATE pool SET scopes = ? WHERE id = ?", scopes.map(\.text).joined(separator: " "), pool.id)
      forgetNames()
      let areLaid = others.count < pool.scopes.count
      if !isDrawn {
        let lanes = LaneNames(campaignID: campaign.id, poolID: pool.id)
        try database.run("DELETE FROM lane WHERE name > ? AND name < ?", lanes.start, lanes.end)
      } else {
        if !areLaid { try fillLanes(of: scope, inPool: pool.id) }
        try refileUsed(in: scope, inPool: pool.id)
      }
    }
    if !terms.limitsNumbers { try database.run("DELETE FROM campaign_number WHERE campaign_id = ?", campaign.id) }
  }

  private func fillLanes(of scope: CampaignScope, inPool poolID: Int) throws {
    // Everyone's lanes first, for a number that the campaign has not used yet; then those that it has.
    let everyones = LaneNames(campaignID: 0, poolID: poolID)
    try database.run(
      """
      INSERT INTO lane SELECT ? || substr(name, instr(name, ':')), asleep_until, last_request, number_id FROM lane
      WHERE name > ? AND name < ?
      """, String(scope.campaignID), everyones.start, everyones.end)
    try database.run(
      """
      UPDATE campaign_number SET asleep_until = (SELECT asleep_until FROM number WHERE id = number_id)
      WHERE campaign_id = ? AND number_id IN (SELECT id FROM number WHERE pool_id = ?)
      """, scope.campaignID, poolID)
  }

  /// The others stand where they stand for everyone.
  private func refileUsed(in scope: CampaignScope, inPool poolID: Int) throws {
    let used: [Int] = try database.all(
      """
      SELECT number_id FROM campaign_number JOIN number ON number.id = number_id
      WHERE campaign_id = ? AND pool_id = ?
      """, scope.campaignID, poolID
    ) { $0[0] }
    for id in used {
      if var number = try number(id: id) { try refile(&number, at: moment) }
    }
  }

  // MARK: Agents

  /// Every agent that has called or has a limit of its own, by name.
  package func agents() throws(StoreError) -> [Agent] {
    try read {
      let names: [String] = try database.all("SELECT name FROM agent ORDER BY name") { $0[0] }
      return try names.compactMap { CallerText($0) }.map { try agent($0) }
    }
  }

  /// - Parameter limit: nil: the setting's.
  package func setCallsPerMinute(_ limit: Limit?, of name: CallerText) throws(StoreError) {
    let text = limit.map { Limit.text($0.calls) } ?? "default"
    try change("agent set \(name.text) --calls-per-minute \(text)") {
      let agent = try agent(name)
      let id = agent.id == 0 ? try keep(agent, counting: false, at: moment) : agent.id
      try database.run("UPDATE agent SET calls_per_minute = ? WHERE id = ?", limit?.column, id)
    }
  }
}

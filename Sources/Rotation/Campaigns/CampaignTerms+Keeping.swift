internal import SQLite

extension Snapshot {
  /// - Throws: `unknown` for a campaign that was never configured and has never called.
  func existing(campaign name: CallerText) throws -> Campaign {
    let campaign = try campaign(name)
    guard campaign.id != 0 else {
      throw StoreError.unknown(
        .unknown, "there is no campaign \(name.text)", named: name.text, among: try names(of: .campaign),
        hint: "Configure it with: campaign set, or let it call first")
    }
    return campaign
  }

  /// Checks a campaign's terms against one another and against the store: its pools and carriers exist, and no other
  /// campaign has its dial prefix.
  ///
  /// - Throws: `refused` with what would be right.
  func check(_ campaign: Campaign) throws {
    let terms = campaign.terms
    for pool in terms.pools where try self.pool(named: pool) == nil {
      let known = try names(of: .pool)
      throw StoreError.unknown(
        .refused, "there is no pool \(pool)", named: pool, among: known,
        hint: "The pools are: \(known.joined(separator: ", "))")
    }
    if let carrier = terms.carrier, try self.carrier(named: carrier) == nil {
      let known = try names(of: .carrier)
      throw StoreError.unknown(
        .refused, "no number is of the carrier \(carrier)", named: carrier, among: known,
        hint: "The carriers are: \(known.joined(separator: ", "))")
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
}

extension Transaction {
  /// Keeps those of a campaign's terms that differ from the defaults. A campaign that is not known yet gets a row.
  ///
  /// - Parameter most: what `Store.mostAreaCodes` has counted for them.
  func keepTerms(of campaign: Campaign, given most: MostAreaCodes?) throws -> Campaign {
    let id = campaign.id == 0 ? try keep(campaign, counting: false) : campaign.id
    try saveCallers()
    try tell(.campaign, campaign.name.text)
    for setting in CampaignSetting.allCases {
      let value = setting.value(in: campaign.terms)
      try keepSetting(setting.rawValue, ofCampaign: id, value == setting.defaultValue ? nil : value)
    }
    let prefix = campaign.terms.dialPrefix
    try database.run("UPDATE campaign SET dial_prefix = ? WHERE id = ?", prefix.isEmpty ? nil : prefix, id)
    try assignLanes(of: try self.campaign(campaign.name), given: most)
    return try self.campaign(campaign.name)
  }

  /// Forgets a campaign's terms.
  func forgetTerms(of campaign: Campaign) throws {
    var campaign = campaign
    campaign.terms = CampaignTerms()
    try saveCallers()
    try tell(.campaign, campaign.name.text)
    try database.run("DELETE FROM setting WHERE campaign_id = ?", campaign.id)
    try database.run("UPDATE campaign SET dial_prefix = NULL WHERE id = ?", campaign.id)
    try assignLanes(of: campaign, given: nil)
  }
}

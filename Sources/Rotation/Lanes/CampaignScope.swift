internal import SQLite

/// A campaign that has lanes of its own in a pool, since numbers sleep for it when they do not for others.
struct CampaignScope: Equatable, Sendable {
  let campaignID: Int
  /// The most calls of the campaign with one number; nil: no limit.
  let dailyLimit: Int?
  let hourlyLimit: Int?

  /// As the pool's row keeps them: `campaign:daily:hourly`, a space between, nothing where there is no limit.
  static func read(_ text: String) -> [CampaignScope] {
    text.words.map { word in
      let parts = word.numbers
      return CampaignScope(
        campaignID: parts[0] ?? 0, dailyLimit: parts.count > 1 ? parts[1] : nil,
        hourlyLimit: parts.count > 2 ? parts[2] : nil)
    }
  }

  var text: String {
    "\(campaignID):\(dailyLimit.map(String.init) ?? ""):\(hourlyLimit.map(String.init) ?? "")"
  }
}

/// What a campaign that limits its numbers has used of one of them.
package struct CampaignUse: Equatable, Sendable {
  let scope: CampaignScope
  var today = Usage()
  var thisHour = Usage()
  /// Its place in the campaign's lanes.
  var asleepUntil: Int
  /// Whether the campaign has used it before.
  var isKept = false
}

extension Snapshot {
  func use(of number: Number, in scope: CampaignScope) throws -> CampaignUse {
    try database.first(
      """
      SELECT day, used_today, hour, used_this_hour, asleep_until FROM campaign_number
      WHERE campaign_id = ? AND number_id = ?
      """, scope.campaignID, number.id
    ) {
      CampaignUse(
        scope: scope, today: Usage(window: $0[0], calls: $0[1]), thisHour: Usage(window: $0[2], calls: $0[3]),
        asleepUntil: $0[4], isKept: true)
    }
      // One that was never used stands where it stands for all.
      ?? CampaignUse(scope: scope, asleepUntil: number.place.asleepUntil)
  }

}

extension Transaction {
  func keep(_ use: CampaignUse, of number: Number) throws {
    try database.run(
      """
      INSERT OR REPLACE INTO campaign_number (campaign_id, number_id, day, used_today, hour, used_this_hour, asleep_until)
      VALUES (?, ?, ?, ?, ?, ?, ?)
      """,
      use.scope.campaignID, number.id, use.today.window, use.today.calls, use.thisHour.window, use.thisHour.calls,
      use.asleepUntil)
  }
}

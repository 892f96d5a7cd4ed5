internal import SQLite

/// A campaign that has lanes of its own in a pool, because a number can be asleep for this campaign and awake for the
/// others.
struct CampaignScope: Equatable, Sendable {
  let campaignID: Int
  /// The most calls of the campaign with one number; nil: no limit.
  let dailyLimit: Int?
  let hourlyLimit: Int?
  /// While the lanes are being filled, the ID of the last number that was entered; nil: they hold every number.
  var filledTo: Int?

  /// Whether the number is in the lanes.
  func holds(_ number: Number) -> Bool { filledTo.map { number.id <= $0 } ?? true }

  /// Reads the column `scopes` of a pool: `campaign:daily:hourly:filled` for each campaign, separated by spaces; what
  /// there is none of is left out.
  static func read(_ text: String) -> [CampaignScope] {
    text.words.map { word in
      let parts = word.numbers
      return CampaignScope(
        campaignID: parts[0] ?? 0, dailyLimit: parts.count > 1 ? parts[1] : nil,
        hourlyLimit: parts.count > 2 ? parts[2] : nil, filledTo: parts.count > 3 ? parts[3] : nil)
    }
  }

  var text: String {
    let parts: [Int?] = [campaignID, dailyLimit, hourlyLimit] + (filledTo == nil ? [] : [filledTo])
    return parts.map { $0.map(String.init) ?? "" }.joined(separator: ":")
  }
}

extension Number {
  /// The campaigns in whose own lanes the number is.
  var scopes: [CampaignScope] { pool.scopes.filter { $0.holds(self) } }
}

/// How often a campaign with limits per number has called with one number.
package struct CampaignUse: Equatable, Sendable {
  let scope: CampaignScope
  var today = Usage()
  var thisHour = Usage()
  /// Until when the number sleeps in the campaign's lanes.
  var asleepUntil: Int
  /// Whether the campaign has called with the number before, so that there is a row for it.
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
      // A number that the campaign has never used has the same place as in the common lanes.
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

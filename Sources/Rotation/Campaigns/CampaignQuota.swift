/// How many calls of a campaign's limits a dialer of a cluster has been given, for this hour and day and for the next:
/// all dialers together never have more than the limit.
package struct CampaignQuota: Equatable, Sendable {
  package var hours: [Usage] = []
  package var days: [Usage] = []

  package init() {}

  /// The keys among the campaign's settings that hold it.
  static let hoursKey = "cluster_quota_hours"
  static let daysKey = "cluster_quota_days"

  /// `WINDOW:CALLS` for each window, a space between.
  static func read(_ text: String) -> [Usage] {
    text.words.map { word in
      let parts = word.numbers
      return Usage(window: parts[0] ?? 0, calls: parts.count == 2 ? parts[1] ?? 0 : 0)
    }
  }

  static func text(_ quotas: [Usage]) -> String {
    quotas.map { "\($0.window):\($0.calls)" }.joined(separator: " ")
  }
}

extension Transaction {
  /// Keeps what this dialer may use of a campaign's limits.
  package func keep(_ quota: CampaignQuota, of campaign: Campaign) throws {
    for (key, quotas) in [(CampaignQuota.hoursKey, quota.hours), (CampaignQuota.daysKey, quota.days)] {
      try keepSetting(key, ofCampaign: campaign.id, quotas.isEmpty ? nil : CampaignQuota.text(quotas))
    }
  }
}

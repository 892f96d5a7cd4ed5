import Output
package import Rotation

/// What each campaign and agent has asked for today, and got.
package struct Campaigns: View {
  package static let template = "campaigns"
  package static let place = Place.campaigns
  package let title = "Campaigns and agents"

  let campaigns: [Row]
  let agents: [Row]
  let hasCampaigns: Bool
  let hasAgents: Bool
  /// How many campaigns, and how many agents, are not shown; nil: none.
  let moreCampaigns: String?
  let moreAgents: String?

  /// Those of them that are shown, by the number of their calls where there are more.
  private static let most = 500

  struct Row: Sendable {
    let name: String
    let path: String
    let today: String
    let hour: String
    let asked: String
    let refused: String
    let isShort: Bool
    let inArea: String
    /// The pools of a campaign, the limit of an agent.
    let terms: String

    init(_ name: String, path: String, today: String, hour: String, _ tally: CallCounts.Tally?, terms: String) {
      let tally = tally ?? CallCounts.Tally()
      (self.name, self.path, self.today, self.hour, self.terms) = (name, path, today, hour, terms)
      asked = tally.requests.grouped
      refused = tally.allRefused.grouped
      isShort = tally.allRefused * 20 > tally.requests
      inArea = (tally.granted[.area] ?? 0).share(of: tally.allGranted)
    }
  }

  /// The names of those that have called most today.
  package static func busiest(_ tallies: [String: CallCounts.Tally]) -> [String] {
    guard tallies.count > most else { return Array(tallies.keys) }
    return tallies.sorted { ($1.value.requests, $0.key) < ($0.value.requests, $1.key) }.prefix(most).map(\.key)
  }

  package init(_ campaigns: [Campaign], _ agents: [Agent], _ counts: CallCounts, at moment: Moment) {
    let (today, todayOfAgents) = (counts.campaigns, counts.agents)
    moreCampaigns = today.count > Self.most ? (today.count - Self.most).grouped : nil
    moreAgents = todayOfAgents.count > Self.most ? (todayOfAgents.count - Self.most).grouped : nil
    let (day, hour) = (moment.windows.day, moment.windows.hour)
    self.campaigns = campaigns.map { campaign in
      let name = campaign.name.text
      return Row(
        name, path: CampaignView.path(of: name),
        today: Limit.usage(campaign.today.calls(in: day), of: campaign.terms.dailyLimit),
        hour: Limit.usage(campaign.thisHour.calls(in: hour), of: campaign.terms.hourlyLimit), today[name],
        terms: campaign.terms.pools.joined(separator: ", "))
    }
    hasCampaigns = !campaigns.isEmpty
    self.agents = agents.compactMap { agent in
      let name = agent.name.text
      guard let tally = todayOfAgents[name] else { return nil }
      return Row(
        name, path: Query.path("/dashboard/calls", ["agent": name]), today: agent.today.calls(in: day).grouped,
        hour: agent.thisHour.calls(in: hour).grouped, tally,
        terms: agent.effectiveCallsPerMinute(moment).map { "\($0) a minute" } ?? "none")
    }
    hasAgents = !self.agents.isEmpty
  }
}

/// One campaign: its settings, to see and to change.
package struct CampaignView: View {
  package static let template = "campaign"
  package static let place = Place.campaigns
  package let title: String

  let path: String
  let settings: [Row]
  let callsPath: String
  let today: String
  let hour: String

  struct Row: Sendable {
    let key: String
    let value: String
    let help: String
    let isDefault: Bool
  }

  package init(_ campaign: Campaign, at moment: Moment) {
    title = campaign.name.text
    path = Self.path(of: title)
    callsPath = Query.path("/dashboard/calls", ["campaign": title])
    settings = CampaignSetting.allCases.map {
      let value = $0.value(in: campaign.terms)
      return Row(key: $0.rawValue, value: value, help: $0.help, isDefault: value == $0.defaultValue)
    }
    today = Limit.usage(campaign.today.calls(in: moment.windows.day), of: campaign.terms.dailyLimit)
    hour = Limit.usage(campaign.thisHour.calls(in: moment.windows.hour), of: campaign.terms.hourlyLimit)
  }

  static func path(of name: String) -> String { "/dashboard/campaigns/" + Query.escaped(name) }
}

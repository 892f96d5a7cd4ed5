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

  struct Row: Sendable {
    let name: String
    let path: String
    let today: String
    let hour: String
    let asked: String
    let refused: String
    let isShort: Bool
    let inArea: String
    let pools: String
  }

  package init(_ campaigns: [Campaign], _ agents: [Agent], _ counts: CallCounts, at moment: Moment) {
    let (today, todayOfAgents) = (counts.campaigns, counts.agents)
    let (day, hour) = (moment.windows.day, moment.windows.hour)
    let rows = campaigns.map { campaign in
      let tally = today[campaign.name.text] ?? CallCounts.Tally()
      return Row(
        name: campaign.name.text, path: CampaignView.path(of: campaign.name.text),
        today: Limit.usage(campaign.today.calls(in: day), of: campaign.terms.dailyLimit),
        hour: Limit.usage(campaign.thisHour.calls(in: hour), of: campaign.terms.hourlyLimit),
        asked: tally.requests.grouped, refused: tally.allRefused.grouped,
        isShort: tally.allRefused * 20 > tally.requests,
        inArea: (tally.granted[.area] ?? 0).share(of: tally.allGranted),
        pools: campaign.terms.pools.joined(separator: ", "))
    }
    self.campaigns = rows
    hasCampaigns = !rows.isEmpty
    let active = agents.filter { todayOfAgents[$0.name.text] != nil }
    self.agents = active.map { agent in
      let tally = todayOfAgents[agent.name.text] ?? CallCounts.Tally()
      return Row(
        name: agent.name.text, path: Query.path("/dashboard/calls", ["agent": agent.name.text]),
        today: agent.today.calls(in: day).grouped, hour: agent.thisHour.calls(in: hour).grouped,
        asked: tally.requests.grouped, refused: tally.allRefused.grouped,
        isShort: tally.allRefused * 20 > tally.requests,
        inArea: (tally.granted[.area] ?? 0).share(of: tally.allGranted),
        pools: agent.effectiveCallsPerMinute(moment).map { "\($0) a minute" } ?? "none")
    }
    hasAgents = !active.isEmpty
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

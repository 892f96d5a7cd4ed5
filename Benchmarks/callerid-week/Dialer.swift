import Rotation

/// What the floor's dialer asks for its calls.
struct Dialer {
  let seed: UInt64
  let calendar: Calendar
  private let hasty: Set<String>
  private var random: SplitMix
  private var made = 0

  /// - Parameter stream: another one, other calls.
  init(floor: Floor, calendar: Calendar, stream: Int) {
    seed = floor.seed
    hasty = Set(floor.hastyAgents)
    self.calendar = calendar
    random = SplitMix(seed: seed, of: 3, stream)
  }

  /// The requests that one call of a campaign leads to: one as a rule, several where an agent cannot wait.
  mutating func requests(for campaign: FloorCampaign, at now: Int) -> [Request] {
    let agent = campaign.isManual ? random.pick(campaign.team) : nil
    let isHasty = agent.map(hasty.contains) ?? false
    return (0..<(isHasty && random.happens(0.15) ? 6 : 1)).map { _ in request(for: campaign, by: agent, at: now) }
  }

  private mutating func request(for campaign: FloorCampaign, by agent: String?, at now: Int) -> Request {
    made += 1
    let lead = 1 + random.below(campaign.leads)
    // Now and then a list has a row that cannot be dialled.
    let isBroken = random.happens(0.001)
    var request = Request(destination: isBroken ? "s" : campaign.prefix + destination(of: lead, campaign))
    // Where the dial prefix tells the campaign, nobody else has to.
    request.campaign = campaign.prefix.isEmpty ? CallerText(campaign.name) : nil
    request.agent = agent.flatMap { CallerText($0) }
    request.uniqueID = CallerText("\(now).\(made)")
    request.callCode = VICIdialCallName(callerIDName: callCode(of: lead, campaign, at: now))
    if let own = campaign.callerID {
      request.callerID = random.happens(0.06) ? "8005550177" : own
    }
    return request
  }

  /// A lead has the same number whenever it is called.
  private func destination(of lead: Int, _ campaign: FloorCampaign) -> String {
    var random = SplitMix(seed: seed, of: 4, campaign.index, lead)
    let area = campaign.areas[campaign.areaWeights.index(at: random.fraction())].code
    let line = String(10_000 + random.below(10_000)).dropFirst()
    if campaign.isForeign {
      let exchange = area == "20" ? 7000 + random.below(900) : 200 + random.below(280)
      return "01144\(area)\(exchange)\(line)"
    }
    let exchange = 220 + random.below(330)
    return "1\(area)\(exchange % 100 == 11 ? exchange + 1 : exchange)\(line)"
  }

  /// VICIdial's: `V`, or `M` where an agent dials, the local time without its year, and the lead.
  private func callCode(of lead: Int, _ campaign: FloorCampaign, at now: Int) -> String {
    let time = calendar.local(now)
    let parts = [time.month, time.day, time.hour, time.minute, time.second]
    let digits = parts.map { String($0 + 100).dropFirst() }.joined()
    let id = campaign.index * 1_000_000 + lead
    return (campaign.isManual ? "M" : "V") + digits + String(10_000_000_000 + id).dropFirst()
  }
}

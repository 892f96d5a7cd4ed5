import Rotation

/// Makes up the campaigns of the floor.
struct CampaignMaker {
  let seed: UInt64
  let numbers: [FloorNumber]
  let calls: Int
  let hours: Hours

  private static let names = [
    "AUTOINS", "HOMEINS", "LIFEINS", "DENTAL", "DEBTREL", "TAXHELP", "STUDENT", "MORTGAGE", "REFI", "SECURITY",
    "WINDOWS", "GUTTERS", "HVAC", "PLUMBING", "INTERNET", "CABLE", "ENERGY", "TIMESHAR", "TRAVEL", "SURVEY", "POLLING",
    "DONATE", "ALUMNI", "MAGAZINE", "HEARING", "DIABETES", "BRACES", "CLINIC", "COLLECT1", "COLLECT2", "WINBACK",
    "RENEWAL",
  ]
  private static let busyNames = ["SOLARSW", "MEDICARE", "WARRANTY", "ROOFING"]
  private static let foreignShares = [0.007, 0.004]
  private static let canadianNames = ["CANHOME", "CANENRGY"]
  private static let canadianShare = 0.015

  /// So many campaigns: those with pools of their own, and others that have the wide pools in common.
  func campaigns(_ count: Int) -> [FloorCampaign] {
    var all: [FloorCampaign] = []
    var left = 1.0
    func add(
      _ name: String, _ share: Double, _ areas: [Area], rate: ClosedRange<Double>, byHand: Bool,
      _ change: (inout FloorCampaign) -> Void
    ) {
      var random = SplitMix(seed: seed, of: 2, all.count)
      var campaign = FloorCampaign(
        index: all.count, name: name, share: share, areas: areas,
        answerRate: rate.lowerBound + random.fraction() * (rate.upperBound - rate.lowerBound),
        talkSeconds: 40 + Double(random.below(110)), isManual: byHand,
        leads: max(50, Int(Double(calls) * share / 2.5)))
      change(&campaign)
      all.append(campaign)
      left -= share
    }
    for (index, pool) in Floor.busyPools.enumerated() {
      let share = Floor.busyShare / Double(Floor.busyPools.count)
      add(Self.busyNames[index], share, areas(of: pool.name, pool.areas), rate: 0.24...0.35, byHand: false) {
        $0.settings = [(.pools, "\(pool.name),default"), (.reservationTTL, "90")]
      }
    }
    let dry = [Area(code: Floor.dryArea, weight: 1)]
    add(Floor.dryCampaign, Floor.dryShare(ofCalls: calls), dry, rate: 0.18...0.24, byHand: false) {
      $0.settings = [(.pools, Floor.dryPool), (.match, "area")]
    }
    for (index, pool) in Floor.foreignPools.enumerated() {
      let areas = pool.codes.map { Area(code: $0, weight: 1) }
      add(["UKLONDON", "UKNORTH"][index], Self.foreignShares[index], areas, rate: 0.15...0.3, byHand: true) {
        $0.settings = [(.pools, pool.name), (.match, "country")]
        $0.isForeign = true
      }
    }
    for name in Self.canadianNames {
      add(name, Self.canadianShare, Area.canada, rate: 0.12...0.25, byHand: name == Self.canadianNames[1]) {
        $0.settings = [(.pools, "canada"), (.match, "region"), (.whenExhausted, "least-used")]
      }
    }
    let wide = count - all.count
    let weights = (0..<wide).map { 1 / Double($0 + 4) }
    let (whole, sum) = (left, weights.reduce(0, +))
    for index in 0..<wide {
      let name = index < Self.names.count ? Self.names[index] : "LIST\(index + 1)"
      let share = whole * weights[index] / sum
      add(name, share, Area.unitedStates, rate: 0.08...0.3, byHand: index % 5 < 2) { set(&$0, index) }
    }
    return withTeams(all)
  }

  /// Divides the agents among the campaigns that are dialled by hand.
  private func withTeams(_ campaigns: [FloorCampaign]) -> [FloorCampaign] {
    var campaigns = campaigns
    let manual = campaigns.indices.filter { campaigns[$0].isManual }
    let shares = manual.map { campaigns[$0].share }
    // Each has three at least, and large ones have more.
    var (first, rest) = (0, Weights.divided(max(0, Floor.agents.count - 3 * manual.count), by: shares)[...])
    for index in manual {
      let count = 3 + rest.removeFirst()
      campaigns[index].team = (first..<(first + count)).map { Floor.agents[$0 % Floor.agents.count] }
      first += count
    }
    return campaigns
  }

  /// As many calls to each area as the pool has numbers there.
  private func areas(of pool: String, _ codes: [String]) -> [Area] {
    codes.map { code in
      Area(code: code, weight: Double(numbers.count { $0.pool == pool && $0.area == code }))
    }
  }

  /// What is set for the campaigns that have the wide pools in common.
  private func set(_ campaign: inout FloorCampaign, _ index: Int) {
    let pools = ["residential", "health", "finance", "autos", "home"]
    let pool = pools[index % pools.count]
    campaign.settings = [(.pools, index % 3 == 0 ? "\(pool),default" : pool)]
    let peak = Double(calls) * campaign.share * hours.share(ofWeekdayFrom: 10, to: 11)
    switch index {
    case 0: campaign.settings += [(.numberDailyLimit, "12"), (.numberHourlyLimit, "4")]
    case 1:
      campaign.settings.append((.dialPrefix, "71"))
      campaign.prefix = "71"
    case 2, 9: campaign.settings.append((.hourlyLimit, String(max(1, Int(peak * 0.8)))))
    case 3: campaign.settings += [(.sticky, "destination"), (.stickyFor, "172800")]
    case 5:
      let monday = Double(calls) * campaign.share * hours.share(ofWeekdayFrom: 0, to: 24)
      campaign.settings.append((.dailyLimit, String(Int(monday * 0.97))))
    case 6: campaign.settings.append((.match, "region"))
    case 7: campaign.settings.append((.carrier, "Bandwidth"))
    case 8:
      campaign.settings += [(.respectExisting, "yes"), (.callerID, "8005550142")]
      campaign.callerID = "8005550142"
    case 10: campaign.settings.append((.sticky, "agent"))
    case 11: campaign.settings.append((.reservationTTL, "300"))
    case 12:
      campaign.settings.append((.dialPrefix, "72"))
      campaign.prefix = "72"
    case 13: campaign.settings.append((.whenExhausted, "least-used"))
    default: break
    }
  }
}

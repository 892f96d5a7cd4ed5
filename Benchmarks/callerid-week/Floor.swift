/// The floor: what numbers it owns, and which campaigns call with them. It follows from its sizes and the seed alone.
struct Floor {
  let seed: UInt64
  let numbers: [FloorNumber]
  let campaigns: [FloorCampaign]
  /// The numbers that begin to be blocked.
  let burnt: [String]
  /// How many calls a day the numbers of the dry area may carry together.
  let dryLimit: Int

  static let agents = (1001...1150).map(String.init)
  /// Those who ask more often than they may.
  let hastyAgents: [String]
  static let hastyLimit = 4

  static let dryArea = "802"
  static let dryPool = "vermont"
  static let dryCampaign = "VTFUEL"

  /// Pools of few numbers with many calls each, and where they are.
  static let busyPools: [(name: String, areas: [String])] = [
    ("solar", ["602", "480", "702", "619"]), ("medicare", ["305", "954", "561", "407", "813"]),
    ("warranty", ["214", "972", "713", "281", "512"]), ("roofing", ["404", "770", "678", "704"]),
  ]
  /// Pools of many numbers with few calls each, and their parts of all numbers.
  static let widePools: [(name: String, part: Double)] = [
    ("residential", 30), ("health", 20), ("finance", 14), ("autos", 14), ("home", 12), ("default", 8), ("canada", 4),
  ]
  static let foreignPools: [(name: String, codes: [String], part: Double)] = [
    ("london", ["20"], 0.004), ("uk-north", ["161", "113"], 0.002),
  ]

  /// Of all calls, those of the busy pools.
  static let busyShare = 0.45
  /// Of all calls, those of the area that runs dry: enough for the time to be told at which it does.
  static func dryShare(ofCalls calls: Int) -> Double { max(0.015, 1200 / Double(calls)) }
  /// What a number of a busy pool carries on a weekday.
  private static let busyCalls = 60.0
  /// Of ten numbers, how many are of each busy pool.
  private static let burntOfPools = [3, 3, 2, 2]

  /// Two pools lack the numbers of some areas, so that calls have to do with others.
  private static func areas(ofWidePool name: String) -> [Area] {
    switch name {
    case "canada": Area.canada
    case "autos": Area.unitedStates.dropLast(16)
    case "home": Area.unitedStates.filter { $0.code != "646" && $0.code != "310" && $0.code != "469" }
    default: Area.unitedStates
    }
  }

  /// Those with pools of their own, and two that have the wide pools.
  static let fewestCampaigns = 11

  static func fewestNumbers(calls: Int) -> Int { calls * 15 / 10_000 + 700 }

  init(numbers count: Int, campaigns: Int, calls: Int, seed: UInt64, hours: Hours) {
    self.seed = seed
    let weekday = Double(calls) * hours.share(ofWeekdayFrom: 0, to: 24)
    let busy = max(40, Int(weekday * Self.busyShare / Self.busyCalls))
    // What the campaign calls until eleven is what the area's numbers may carry in a day.
    dryLimit = Int(Double(calls) * Self.dryShare(ofCalls: calls) * hours.share(ofWeekdayFrom: 0, to: 11))
    var maker = NumberMaker(seed: seed)
    var burnt: [String] = []
    for (index, pool) in Self.busyPools.enumerated() {
      let own = maker.addBusy(pool.name, pool.areas, count: busy / Self.busyPools.count)
      burnt += maker.choose(Self.burntOfPools[index], of: own)
    }
    maker.addDry(Self.dryPool, Self.dryArea, callsADay: dryLimit)
    for pool in Self.foreignPools {
      maker.addForeign(pool.name, pool.codes, count: max(6, Int(Double(count) * pool.part)))
    }
    let left = count - maker.numbers.count
    for (pool, many) in zip(Self.widePools, Weights.divided(left, by: Self.widePools.map(\.part))) {
      maker.addWide(pool.name, Self.areas(ofWidePool: pool.name), count: many)
    }
    numbers = maker.numbers
    self.burnt = burnt.sorted()
    self.campaigns = CampaignMaker(seed: seed, numbers: numbers, calls: calls, hours: hours).campaigns(campaigns)
    // One of each of the largest teams.
    let teams = self.campaigns.filter(\.isManual).sorted { $0.share > $1.share }.map(\.team)
    hastyAgents = teams.prefix(3).compactMap(\.first)
  }
}

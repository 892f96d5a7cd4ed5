internal import SQLite

/// The pick that a request would get, replayed without taking it.
package struct Explanation: Sendable {
  package let moment: Moment
  package let campaign: Campaign?
  /// Whether the campaign is known by what was dialled, not by its name.
  package let campaignIsDialled: Bool
  package let agent: Agent?
  /// Nil where the request was refused before it was looked at.
  package fileprivate(set) var destination: Destination?
  /// The area code to be matched: the destination's, or the one that was asked for.
  package fileprivate(set) var areaCode: String?
  /// The tiers that were tried, pool by pool, up to the one that gave a number.
  package fileprivate(set) var steps: [Step] = []
  /// The number that is picked, and those that would come next.
  package fileprivate(set) var choices: [Choice] = []
  package fileprivate(set) var refusal: (status: Status, reason: String)?

  /// One tier in one pool.
  package struct Step: Sendable {
    package let match: Match
    /// Those whose numbers it takes; empty: it does not go by area codes.
    package let areaCodes: [String]
    package let pool: String
    package fileprivate(set) var numbers = 0
    package fileprivate(set) var eligible = 0
    /// How many numbers each rule keeps asleep the longest, the most ahead.
    package fileprivate(set) var asleep: [(reason: String, numbers: Int)] = []
  }

  package struct Choice: Sendable {
    package let number: Number
    /// In the form that the settings ask for.
    package let callerID: String
    package let match: Match
    package let areaCode: String?
  }
}

/// It looks at every number of a tier, where a pick looks at the one ahead only, and reads only: no call waits for it.
extension Store {
  /// How many are told of those that would come next.
  private static let following = 5

  package func explain(_ request: Request) throws(StoreError) -> Explanation {
    try read {
      let moment = moment
      let caller = try caller(of: request)
      var explanation = Explanation(
        moment: moment, campaign: caller.campaign, campaignIsDialled: request.campaign == nil, agent: caller.agent)
      do {
        let plan = try plan(request, for: caller.campaign, at: moment)
        explanation.destination = plan.destination
        explanation.areaCode = plan.areaCode
        try checkLimits(of: caller.campaign, and: caller.agent, at: moment)
        try replay(plan, in: &explanation)
        if explanation.choices.isEmpty { throw Refusal(.noneAvailable, try reasonForNone(plan)) }
      } catch let refusal as Refusal {
        explanation.refusal = (refusal.status, refusal.reason)
      }
      return explanation
    }
  }

  private func replay(_ plan: Plan, in explanation: inout Explanation) throws {
    if let key = plan.stickyKey, let number = try stickyNumber(for: key, at: plan.moment) {
      let found = try stuck(plan)
      explanation.steps.append(try step(number, isEligible: found != nil, plan))
      if let found { add(found, to: &explanation) }
    }
    for tier in plan.tiers {
      for pool in plan.pools {
        guard explanation.choices.count <= Self.following, let lanes = plan.lanes(of: tier, in: pool) else { continue }
        let (step, eligible) = try judge(lanes, tier, plan)
        if explanation.choices.isEmpty { explanation.steps.append(step) }
        for id in eligible where !explanation.choices.contains(where: { $0.number.id == id }) {
          guard let number = try number(id: id), var found = try found(number, tier.match, plan) else { continue }
          found.areaCode = tier.areaCode
          add(found, to: &explanation)
        }
      }
    }
    if explanation.choices.isEmpty, let found = try lastResort(plan, mending: false) { add(found, to: &explanation) }
  }

  private func add(_ found: Found, to explanation: inout Explanation) {
    guard explanation.choices.count <= Self.following else { return }
    let number = found.number
    explanation.choices.append(
      .init(
        number: number, callerID: number.phone.presented(settings.present, countryCode: settings.countryCode),
        match: found.match, areaCode: found.areaCode ?? number.areaCodes.first))
  }

  /// Of the number that the caller, or the destination, had before.
  private func step(_ number: Number, isEligible: Bool, _ plan: Plan) throws -> Explanation.Step {
    let reason = try sleep(of: number, for: plan)?.reason ?? "other_pool_or_carrier"
    return .init(
      match: .sticky, areaCodes: [], pool: number.pool.name, numbers: 1, eligible: isEligible ? 1 : 0,
      asleep: isEligible ? [] : [(reason, 1)])
  }

  /// Every number of a tier in a pool.
  ///
  /// - Returns: the first of the eligible ones as well, in the order in which they are picked.
  private func judge(_ lanes: Lanes, _ tier: Tier, _ plan: Plan) throws -> (Explanation.Step, eligible: [Int]) {
    typealias Place = (lastRequest: Int, number: Int)
    let now = plan.moment.now
    var eligible: [Place] = []
    var misplaced: [Place] = []
    var asleep: [String: Int] = [:]
    let places = try places(in: lanes)
    for (id, asleepUntil) in places {
      guard let number = try number(id: id) else { continue }
      if let sleep = try sleep(of: number, for: plan) {
        asleep[sleep.reason, default: 0] += 1
        if asleepUntil <= now { misplaced.append((number.lastRequest, id)) }
      } else if asleepUntil > now {
        asleep["clock_set_back", default: 0] += 1
      } else {
        eligible.append((number.lastRequest, id))
      }
    }
    eligible.sort { $0 < $1 }
    let step = Explanation.Step(
      match: tier.match, areaCodes: lanes.areaCodes.filter { !$0.isEmpty }, pool: lanes.pool.name,
      numbers: places.count, eligible: eligible.count,
      asleep: asleep.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.map { ($0.key, $0.value) })
    // A pick gives up on a tier where too many stand in the way.
    if let first = eligible.first, misplaced.count(where: { $0 < first }) >= Self.mostMisplaced { return (step, []) }
    return (step, eligible.prefix(Self.following + 1).map(\.number))
  }

  /// Each number that stands in the lanes, and until when it stands among the sleeping ones.
  private func places(in lanes: Lanes) throws -> [Int: Int] {
    var places: [Int: Int] = [:]
    try each(lanes) { lane in
      try database.each("SELECT number_id, asleep_until FROM lane WHERE name = ?", lane) { places[$0[0]] = $0[1] }
    }
    return places
  }
}

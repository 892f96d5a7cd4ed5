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

/// An explanation looks at every number of a tier, while a pick looks only at the first. It only reads, so no call waits.
extension Store {
  /// Why a request would get the number that it would get now.
  package func explain(_ request: Request) throws(StoreError) -> Explanation {
    try read { try $0.explain(request) }
  }
}

extension Snapshot {
  /// How many of the numbers that would come next are listed.
  private static let following = 5

  fileprivate func explain(_ request: Request) throws -> Explanation {
    let caller = try caller(of: request)
    var explanation = Explanation(
      moment: moment, campaign: caller.campaign, campaignIsDialled: request.campaign == nil, agent: caller.agent)
    do {
      let plan = try plan(request, for: caller.campaign)
      explanation.destination = plan.destination
      explanation.areaCode = plan.areaCode
      try checkLimits(of: caller.campaign, and: caller.agent)
      var misplaced = try replay(plan, in: &explanation)
      if explanation.choices.isEmpty, let spared = plan.spared, try number(spared) != nil {
        explanation.steps = []
        misplaced = try replay(plan.sparingNone, in: &explanation)
      }
      if explanation.choices.isEmpty {
        throw Refusal(.noneAvailable, try reasonForNone(plan, misplaced: misplaced))
      }
    } catch let refusal as Refusal {
      explanation.refusal = (refusal.status, refusal.reason)
    }
    return explanation
  }

  /// - Returns: what keeps the first to wake asleep of those numbers that stand among the awake ones.
  private func replay(_ plan: Plan, in explanation: inout Explanation) throws -> Sleep? {
    var misplaced: Sleep?
    if let key = plan.stickyKey, let number = try stickyNumber(for: key) {
      let found = try foundSticky(plan)
      explanation.steps.append(try step(number, isEligible: found != nil, plan))
      if let found { add(found, to: &explanation) }
    }
    for tier in plan.tiers {
      for pool in plan.pools {
        guard explanation.choices.count <= Self.following, let lanes = plan.lanes(of: tier, in: pool) else { continue }
        let judgement = try judge(lanes, tier, plan)
        // Most pools have numbers of one country only.
        let isNothing = tier.isElsewhere && judgement.step.numbers == 0
        if explanation.choices.isEmpty, !isNothing { explanation.steps.append(judgement.step) }
        if let sleep = judgement.misplaced, misplaced.map({ sleep.until < $0.until }) ?? true { misplaced = sleep }
        for id in judgement.eligible where !explanation.choices.contains(where: { $0.number.id == id }) {
          guard let number = try number(id: id), var found = try found(number, tier.match, plan) else { continue }
          found.areaCode = tier.areaCode(of: number)
          add(found, to: &explanation)
        }
      }
    }
    if explanation.choices.isEmpty, let found = try lastResort(plan) { add(found, to: &explanation) }
    return misplaced
  }

  private func add(_ found: Found, to explanation: inout Explanation) {
    guard explanation.choices.count <= Self.following else { return }
    let number = found.number
    explanation.choices.append(
      .init(
        number: number, callerID: number.phone.presented(settings.present, countryCode: settings.countryCode),
        match: found.match, areaCode: found.areaCode ?? number.areaCodes.first))
  }

  /// The step for the number that the agent or the destination had before.
  private func step(_ number: Number, isEligible: Bool, _ plan: Plan) throws -> Explanation.Step {
    let reason = try sleep(of: number, for: plan)?.reason.rawValue ?? "other_pool_or_carrier"
    return .init(
      match: .sticky, areaCodes: [], pool: number.pool.name, numbers: 1, eligible: isEligible ? 1 : 0,
      asleep: isEligible ? [] : [(reason, 1)])
  }

  /// What was found about the numbers of a tier in a pool.
  private struct Judgement {
    let step: Explanation.Step
    /// The first of the eligible ones, in the order in which they are picked.
    let eligible: [Int]
    /// What keeps the first to wake asleep of those that stand among the awake ones.
    let misplaced: Sleep?
  }

  private func judge(_ lanes: Lanes, _ tier: Tier, _ plan: Plan) throws -> Judgement {
    typealias Place = (lastRequest: Int, number: Int)
    var eligible: [Place] = []
    var misplaced: [(place: Place, sleep: Sleep)] = []
    var asleep: [String: Int] = [:]
    let places = try places(in: lanes)
    for (id, asleepUntil) in places {
      guard let number = try number(id: id) else { continue }
      if number.phone == plan.spared {
        asleep["destination", default: 0] += 1
      } else if let sleep = try sleep(of: number, for: plan) {
        asleep[sleep.reason.rawValue, default: 0] += 1
        if asleepUntil <= now { misplaced.append(((number.lastRequest, id), sleep)) }
      } else if asleepUntil > now {
        asleep["clock_set_back", default: 0] += 1
      } else {
        eligible.append((number.lastRequest, id))
      }
    }
    eligible.sort { $0 < $1 }
    let step = Explanation.Step(
      match: tier.match, areaCodes: tier.areaCodes(of: lanes), pool: lanes.pool.name,
      numbers: places.count, eligible: eligible.count,
      asleep: asleep.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.map { ($0.key, $0.value) })
    // A pick gives up on a tier if too many numbers that are no choice come first.
    let isReached = eligible.first.map { first in misplaced.count { $0.place < first } < Self.mostPassed } ?? false
    return Judgement(
      step: step, eligible: isReached ? eligible.prefix(Self.following + 1).map(\.number) : [],
      misplaced: misplaced.map(\.sleep).min { $0.until < $1.until })
  }

  /// The numbers in the lanes by ID, each with the moment until which the lane says that it sleeps.
  private func places(in lanes: Lanes) throws -> [Int: Int] {
    var places: [Int: Int] = [:]
    try each(lanes) { lane, _ in
      try database.each("SELECT number_id, asleep_until FROM lane WHERE name = ?", lane) { places[$0[0]] = $0[1] }
    }
    return places
  }
}

internal import SQLite

/// The number that a search came to.
struct Found {
  var number: Number
  /// What the campaign has used of it, where the campaign has lanes of its own in the number's pool.
  var use: CampaignUse?
  let match: Match
  /// The area code that it serves of the destination, where the match is of one.
  var areaCode: String?
  /// Groups of woken numbers that were looked at on the way to it: `wake` goes by it.
  var groups = 0
}

/// Finding a number for a plan.
extension Transaction {
  /// The best match, and within it the least recently used; nil where no number is eligible.
  ///
  /// Numbers that it meets in a wrong place are moved to their own.
  func search(_ plan: Plan) throws -> Found? {
    if let found = try foundSticky(plan) { return found }
    var groups = 0
    for tier in plan.tiers {
      for pool in plan.pools {
        guard let lanes = plan.lanes(of: tier, in: pool) else { continue }
        if var found = try ahead(in: lanes, tier.match, plan, countingGroups: &groups) {
          found.areaCode = tier.areaCode
          found.groups = groups
          return found
        }
      }
    }
    return try lastResort(plan) {
      var number = $0
      try moveToItsPlace(&number)
    }
  }

  private func ahead(
    in lanes: Lanes, _ match: Match, _ plan: Plan, countingGroups groups: inout Int
  ) throws -> Found? {
    for _ in 0..<Self.mostMisplaced {
      guard let id = try head(of: lanes, countingGroups: &groups), var number = try number(id: id) else { return nil }
      if let found = try found(number, match, plan) { return found }
      // It woke into a window whose limit it has reached as well, or a setting has changed since it was moved there.
      try moveToItsPlace(&number)
    }
    return nil
  }
}

/// Judging numbers for a plan.
extension Snapshot {
  /// A pick gives a lane up where more numbers than this stand in the way that belong elsewhere: whoever put them there is
  /// still at moving them.
  static let mostMisplaced = 200

  /// What the plan's campaign has used of the number, where the campaign has lanes of its own in its pool.
  private func use(of number: Number, for plan: Plan) throws -> CampaignUse? {
    try plan.scope(in: number.pool).map { try use(of: number, in: $0) }
  }

  /// The rule that keeps the number asleep for the plan's campaign the longest.
  func sleep(of number: Number, for plan: Plan) throws -> Sleep? {
    number.sleep(at: plan.moment, as: try use(of: number, for: plan))
  }

  /// Nil where a rule keeps the number asleep.
  func found(_ number: Number, _ match: Match, _ plan: Plan) throws -> Found? {
    let use = try use(of: number, for: plan)
    return number.sleep(at: plan.moment, as: use) == nil ? Found(number: number, use: use, match: match) : nil
  }

  /// The number that the plan's destination, or its agent, had before, where it is eligible.
  func foundSticky(_ plan: Plan) throws -> Found? {
    guard let key = plan.stickyKey, let number = try stickyNumber(for: key),
      plan.pools.contains(where: { $0.id == number.pool.id }),
      plan.carrierID == nil || plan.carrierID == number.carrier?.id
    else { return nil }
    return try found(number, .sticky, plan)
  }

  // MARK: When nothing is eligible

  /// How many sleeping numbers are looked at.
  private static let mostSleeping = 100

  /// A number that sleeps without a reason, or, where the campaign wants it so, one that only other calls hold.
  ///
  /// - Parameter misplaced: called for each number that stands among the sleeping ones for too long.
  func lastResort(_ plan: Plan, misplaced: (Number) throws -> Void = { _ in }) throws -> Found? {
    if let found = try overslept(plan, misplaced: misplaced) { return found }
    return plan.campaign?.terms.whenExhausted == .leastUsed ? try leastUsed(plan) : nil
  }

  /// A number that stands among the sleeping ones without a reason: the clock was set back, and it has not been re-sorted
  /// yet.
  private func overslept(_ plan: Plan, misplaced: (Number) throws -> Void) throws -> Found? {
    guard let tier = plan.tiers.last else { return nil }
    // No window and no reservation is longer than this.
    let tooLong = now + 90_000
    for id in try sleeping(plan, tier, after: tooLong, atMost: 8) {
      guard let number = try number(id: id) else { continue }
      if let found = try found(number, tier.match, plan) { return found }
      try misplaced(number)
    }
    return nil
  }

  /// Of the numbers that only reservations keep asleep, and that wake first, the one that has called the least today.
  private func leastUsed(_ plan: Plan) throws -> Found? {
    let day = plan.moment.windows.day
    var least: Found?
    let anywhere = Tier(match: .exhausted, reach: .anywhere)
    for id in try sleeping(plan, anywhere, after: now, atMost: Self.mostSleeping) {
      guard let number = try number(id: id) else { continue }
      var free = number
      free.reservations = []
      guard var found = try found(free, .exhausted, plan) else { continue }
      found.number.reservations = number.reservations
      let isLess = least.map {
        (number.today.calls(in: day), number.lastRequest) < ($0.number.today.calls(in: day), $0.number.lastRequest)
      }
      if isLess ?? true { least = found }
    }
    return least
  }

  /// When the first number that would do wakes, and what keeps it asleep: a refusal's reason.
  ///
  /// - Parameter misplaced: what keeps a number asleep that does not stand among the sleeping ones yet: a pick has moved
  ///   such numbers there, an explanation moves none.
  func reasonForNone(_ plan: Plan, misplaced: Sleep? = nil) throws -> String {
    var first = misplaced
    if let tier = plan.tiers.last, let id = try sleeping(plan, tier, after: now, atMost: 1).first,
      let number = try number(id: id)
    {
      guard let sleep = try sleep(of: number, for: plan) else { return "every number that would do is asleep" }
      if first.map({ sleep.until <= $0.until }) ?? true { first = sleep }
    }
    return first.map { RefusalText.text(asleep: $0, at: now) } ?? "there is no number that would do"
  }

  /// Numbers of a tier that wake after a moment, the first to wake ahead.
  private func sleeping(_ plan: Plan, _ tier: Tier, after moment: Int, atMost count: Int) throws -> [Int] {
    var sleepers: [(until: Int, number: Int)] = []
    for pool in plan.pools {
      guard let lanes = plan.lanes(of: tier, in: pool) else { continue }
      try each(lanes) { lane in
        sleepers += try database.all(
          """
          SELECT asleep_until, number_id FROM lane WHERE name = ? AND asleep_until > ?
          ORDER BY asleep_until, last_request, number_id LIMIT ?
          """, lane, moment, count
        ) { ($0[0], $0[1]) }
      }
    }
    return sleepers.sorted { $0.until < $1.until }.prefix(count).map(\.number)
  }
}

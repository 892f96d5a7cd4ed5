internal import SQLite

/// The number that a search has found.
struct Found {
  var number: Number
  /// How often the campaign has used it, if the campaign has lanes of its own in the number's pool.
  var use: CampaignUse?
  let match: Match
  /// The area code that it was found for, if the match is by area code.
  var areaCode: String?
  /// How many groups of woken numbers the search looked at. `wake` decides by it how many numbers it moves.
  var groups = 0
}

/// Finding a number for a plan.
extension Transaction {
  /// A pick moves so many numbers at a lane's front that belong elsewhere, a few milliseconds of work.
  private static let mostMoved = 200

  /// Finds the best match, and among equal matches the least recently used number; nil if no number is eligible.
  ///
  /// Numbers that it finds in a wrong place are moved to the right one.
  func search(_ plan: Plan) throws -> Found? {
    if let found = try searchTiers(plan) { return found }
    guard let spared = plan.spared, try number(spared) != nil else { return nil }
    return try searchTiers(plan.sparingNone)
  }

  private func searchTiers(_ plan: Plan) throws -> Found? {
    if let found = try foundSticky(plan) { return found }
    var groups = 0
    for tier in plan.tiers {
      for pool in plan.pools {
        guard let lanes = plan.lanes(of: tier, in: pool) else { continue }
        if var found = try ahead(in: lanes, tier.match, plan, countingGroups: &groups) {
          found.areaCode = tier.areaCode(of: found.number)
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
    var passed: LaneOrder?
    for count in 0..<Self.mostPassed {
      guard let head = try head(of: lanes, after: passed, countingGroups: &groups),
        var number = try number(id: head.number)
      else { return nil }
      if let found = try found(number, match, plan) { return found }
      // A call holds the number that got it a short while ago, it has reached a limit of the new hour or day as well, or a
      // setting has changed since it was moved here. In common lanes that stand in for a campaign's own, it may be awake
      // for the others: then it stays.
      if count < Self.mostMoved { try moveToItsPlace(&number) }
      passed = head
    }
    return nil
  }
}

/// Judging numbers for a plan.
extension Snapshot {
  /// A pick gives up on a lane if so many numbers at its front are no choice: they are being re-sorted at this moment, or
  /// calls have got them all within the time for which they hold a number.
  static let mostPassed = 1000

  /// How often the plan's campaign has used the number, if the campaign has lanes of its own in the number's pool.
  private func use(of number: Number, for plan: Plan) throws -> CampaignUse? {
    try plan.scope(in: number.pool).map { try use(of: number, in: $0) }
  }

  /// The rule that keeps the number asleep for the plan's campaign, the longest one if there are several.
  func sleep(of number: Number, for plan: Plan) throws -> Sleep? {
    number.sleep(at: plan.moment, as: try use(of: number, for: plan))
  }

  /// The number as a result of the search, or nil if a rule keeps it asleep.
  func found(_ number: Number, _ match: Match, _ plan: Plan) throws -> Found? {
    guard number.phone != plan.spared else { return nil }
    let use = try use(of: number, for: plan)
    return number.sleep(at: plan.moment, as: use) == nil ? Found(number: number, use: use, match: match) : nil
  }

  /// The number that the plan's destination or agent had before, if it is eligible.
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

  /// A number that sleeps without a reason, or, if the campaign's `when_exhausted` says so, one that other calls hold.
  ///
  /// - Parameter misplaced: is called with each number that sleeps for longer than any rule can say.
  func lastResort(_ plan: Plan, misplaced: (Number) throws -> Void = { _ in }) throws -> Found? {
    if let found = try overslept(plan, misplaced: misplaced) { return found }
    return plan.campaign?.terms.whenExhausted == .leastUsed ? try leastUsed(plan) : nil
  }

  /// A number that sleeps without a reason, because the clock was set back and it has not been re-sorted yet.
  private func overslept(_ plan: Plan, misplaced: (Number) throws -> Void) throws -> Found? {
    // No day and no reservation lasts longer than this.
    let tooLong = now + 90_000
    for tier in plan.widest {
      for id in try sleeping(plan, tier, after: tooLong, atMost: 8) {
        guard let number = try number(id: id) else { continue }
        if let found = try found(number, tier.match, plan) { return found }
        try misplaced(number)
      }
    }
    return nil
  }

  /// Of the hundred numbers that wake first, and the hundred that calls have got last, the one with the fewest calls today
  /// that only reservations keep asleep.
  private func leastUsed(_ plan: Plan) throws -> Found? {
    let day = plan.moment.windows.day
    var least: Found?
    let tier = Tier.anywhere(.exhausted)
    for id in try sleeping(plan, tier, after: now, atMost: Self.mostSleeping) + lastPicked(plan, tier) {
      guard let number = try number(id: id), try sleep(of: number, for: plan) != nil else { continue }
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

  /// The IDs of numbers that stand last among the awake ones of a tier's lanes: calls have just got them.
  private func lastPicked(_ plan: Plan, _ tier: Tier) throws -> [Int] {
    var picked: [LaneOrder] = []
    for pool in plan.pools {
      guard let lanes = plan.lanes(of: tier, in: pool) else { continue }
      try each(lanes) { lane, _ in
        picked += try database.all(
          """
          SELECT last_request, number_id FROM lane WHERE name = ? AND asleep_until = 0
          ORDER BY last_request DESC, number_id DESC LIMIT ?
          """, lane, Self.mostSleeping
        ) { LaneOrder(lastRequest: $0[0], number: $0[1]) }
      }
    }
    return picked.sorted(by: >).prefix(Self.mostSleeping).map(\.number)
  }

  /// The reason of a refusal: what keeps the first number to wake asleep, and for how long.
  ///
  /// - Parameter misplaced: what keeps a number asleep that does not stand among the sleeping ones yet: a pick has moved
  ///   such numbers there, an explanation moves none.
  func reasonForNone(_ plan: Plan, misplaced: Sleep? = nil) throws -> String {
    var first = misplaced
    for tier in plan.widest {
      guard let id = try sleeping(plan, tier, after: now, atMost: 1).first, let number = try number(id: id) else {
        continue
      }
      guard let sleep = try sleep(of: number, for: plan) else { return "every number that would do is asleep" }
      if first.map({ sleep.until <= $0.until }) ?? true { first = sleep }
    }
    return first.map { RefusalText.text(asleep: $0, at: now) } ?? "there is no number that would do"
  }

  /// The IDs of numbers of a tier that wake after a moment, the first to wake first.
  private func sleeping(_ plan: Plan, _ tier: Tier, after moment: Int, atMost count: Int) throws -> [Int] {
    var sleepers: [(until: Int, number: Int)] = []
    for pool in plan.pools {
      guard let lanes = plan.lanes(of: tier, in: pool) else { continue }
      try each(lanes) { lane, _ in
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

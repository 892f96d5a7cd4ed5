internal import SQLite

/// The number that a search came to.
struct Found {
  var number: Number
  /// Its use in the campaign's own lanes, where the campaign keeps some in the number's pool.
  var use: CampaignUse?
  let match: Match
  /// The area code that it serves of the destination, where the match is of one.
  var areaCode: String?
}

/// Finding a number for a plan.
extension Store {
  /// The best match, and within it the least recently used; nil where no number is eligible.
  func search(_ plan: Plan) throws -> Found? {
    if let found = try stuck(plan) { return found }
    for tier in plan.tiers {
      for pool in plan.pools {
        guard let lanes = plan.lanes(of: tier, in: pool) else { continue }
        if var found = try ahead(in: lanes, tier.match, plan) {
          found.areaCode = tier.areaCode
          return found
        }
      }
    }
    return try lastResort(plan, mending: true)
  }

  /// Numbers in the way that no longer belong where they stand: more of them than this are left to those that put them
  /// there to move.
  static let mostMisplaced = 200

  private func ahead(in lanes: Lanes, _ match: Match, _ plan: Plan) throws -> Found? {
    for _ in 0..<Self.mostMisplaced {
      guard let id = try head(of: lanes, at: plan.moment), var number = try number(id: id) else { return nil }
      if let found = try found(number, match, plan) { return found }
      // It woke into a window whose limit it has reached as well, or a setting has changed since it was filed.
      try refile(&number, at: plan.moment)
    }
    return nil
  }

  /// The number's use in the campaign's own lanes, where the campaign keeps some in its pool.
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

  func stuck(_ plan: Plan) throws -> Found? {
    guard let key = plan.stickyKey, let number = try stickyNumber(for: key, at: plan.moment),
      plan.pools.contains(where: { $0.id == number.pool.id }),
      plan.carrierID == nil || plan.carrierID == number.carrier?.id
    else { return nil }
    return try found(number, .sticky, plan)
  }

  // MARK: When nothing is eligible

  /// How many sleeping numbers are looked at.
  private static let mostSleeping = 100

  /// - Parameter mending: move numbers that stand in a wrong place.
  func lastResort(_ plan: Plan, mending: Bool) throws -> Found? {
    if let found = try overslept(plan, mending: mending) { return found }
    return plan.campaign?.terms.whenExhausted == .leastUsed ? try leastUsed(plan) : nil
  }

  /// A number that stands among the sleeping ones without a reason: the clock was set back, and it has not been filed anew
  /// yet.
  private func overslept(_ plan: Plan, mending: Bool) throws -> Found? {
    guard let tier = plan.tiers.last else { return nil }
    // No window and no reservation is longer than this.
    let tooLong = plan.moment.now + 90_000
    for id in try sleeping(plan, tier, after: tooLong, atMost: 8) {
      guard var number = try number(id: id) else { continue }
      if let found = try found(number, tier.match, plan) { return found }
      if mending { try refile(&number, at: plan.moment) }
    }
    return nil
  }

  /// Of the numbers that only reservations keep asleep, and that wake first, the one that has called the least today.
  private func leastUsed(_ plan: Plan) throws -> Found? {
    let day = plan.moment.windows.day
    var least: Found?
    let anywhere = Tier(match: .exhausted, reach: .anywhere)
    for id in try sleeping(plan, anywhere, after: plan.moment.now, atMost: Self.mostSleeping) {
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
  func reasonForNone(_ plan: Plan) throws -> String {
    guard let tier = plan.tiers.last, let id = try sleeping(plan, tier, after: plan.moment.now, atMost: 1).first,
      let number = try number(id: id)
    else { return "there is no number that would do" }
    guard let sleep = try sleep(of: number, for: plan) else { return "every number that would do is asleep" }
    let when = sleep.until == Sleep.forever ? "" : ", for \(sleep.until - plan.moment.now) s"
    return "every number that would do is asleep; the first to wake: \(sleep.reason)\(when)"
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

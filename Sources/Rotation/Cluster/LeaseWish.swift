internal import SQLite

/// Numbers of which a call would rather have one than what this dialer has: they suit its destination better, and are
/// leased to others or to nobody.
package struct LeaseWish: Equatable, Sendable {
  /// By their digits, the least recently used ahead, as far as this dialer knows.
  package let numbers: [String]

  package init(numbers: [String]) { self.numbers = numbers }

  /// At most so many are named: an area that has more is not scarce.
  package static let most = 32
}

extension Snapshot {
  /// What a call wishes for that would get `found` here; nil: nothing, or there is nobody to ask.
  func wish(_ plan: Plan, insteadOf found: Found?) throws -> LeaseWish? {
    guard let lease = memory.state.membership?.lease, lease.isFresh(at: uptime()) else { return nil }
    if let found, found.match == .area || found.match == .sticky { return nil }
    var numbers = try awayNumbers(plan, in: plan.areas.map { Tier(match: .area, reach: .area($0)) })
    if numbers.isEmpty, found == nil { numbers = try awayNumbers(plan, in: plan.widest) }
    return numbers.isEmpty ? nil : LeaseWish(numbers: numbers)
  }

  /// Numbers of the first of these tiers that has some of which this dialer knows no other reason not to use them than
  /// that they are not its own.
  private func awayNumbers(_ plan: Plan, in tiers: [Tier]) throws -> [String] {
    var wished: [String] = []
    for tier in tiers where wished.isEmpty {
      for pool in plan.pools {
        guard let lanes = plan.lanes(of: tier, in: pool) else { continue }
        try each(lanes) { lane, _ in
          let ids: [Int] = try database.all(
            "SELECT number_id FROM lane WHERE name = ? AND asleep_until = ? ORDER BY last_request, number_id LIMIT ?",
            lane, Sleep.forever, LeaseWish.most
          ) { $0[0] }
          for id in ids where wished.count < LeaseWish.most {
            guard var number = try number(id: id), number.lease == 0, number.phone != plan.spared else { continue }
            number.lease = nil
            // What was counted of it elsewhere is not known here; what operators have said is.
            if number.sleep(at: moment)?.until != Sleep.forever { wished.append(number.phone.e164) }
          }
        }
      }
    }
    return wished
  }
}

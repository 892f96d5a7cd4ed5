/// How many numbers of each pool calls could get at a moment, and what keeps the others asleep.
package struct Census: Sendable {
  /// Numbers by what keeps them asleep the longest.
  package struct Counts: Equatable, Sendable {
    package fileprivate(set) var available = 0
    package fileprivate(set) var reserved = 0
    package fileprivate(set) var atLimit = 0
    package fileprivate(set) var resting = 0
    /// Disabled, retired, or without the proof of ownership that the settings ask for.
    package fileprivate(set) var disabled = 0

    package var numbers: Int { available + reserved + atLimit + resting + disabled }

    /// - Parameter reason: the rule that keeps a number unused now; nil if none does.
    mutating func count(_ reason: Sleep.Reason?) {
      switch reason {
      case nil: available += 1
      case .reserved: reserved += 1
      case .hourlyLimit, .dailyLimit: atLimit += 1
      case .resting: resting += 1
      default: disabled += 1
      }
    }

    fileprivate static func += (sum: inout Counts, other: Counts) {
      sum.available += other.available
      sum.reserved += other.reserved
      sum.atLimit += other.atLimit
      sum.resting += other.resting
      sum.disabled += other.disabled
    }
  }

  /// When it was begun, in seconds since 1970-01-01 UTC.
  package let at: Int
  /// By the pool's name.
  package fileprivate(set) var pools: [String: Counts] = [:]

  package var all: Counts { pools.values.reduce(into: Counts()) { $0 += $1 } }
}

extension Store {
  /// Counts all numbers, a few thousand in each snapshot: some 100,000 a second. A call that comes meanwhile may be
  /// counted or not.
  package func census() throws(StoreError) -> Census {
    var census = Census(at: moment.now)
    var last: Int? = 0
    while let after = last {
      last = try read { snapshot in
        let numbers = try snapshot.numbers(after: after, atMost: 5000)
        for number in numbers {
          census.pools[number.pool.name, default: Census.Counts()].count(number.sleep(at: snapshot.moment)?.reason)
        }
        return numbers.last?.id
      }
    }
    return census
  }
}

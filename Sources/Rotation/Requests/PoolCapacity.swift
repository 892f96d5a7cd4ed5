internal import SQLite

/// The calls that the numbers in use of each pool can carry at once.
struct Slots {
  fileprivate struct Pool {
    var name: String
    var numbers = 0
    /// `nil` if some number has no limit.
    var calls: Int? = 0
  }

  fileprivate var pools: [Int: Pool] = [:]

  /// - Parameter reason: the rule that keeps the number unused now; `nil` if none does.
  mutating func count(_ number: Number, asleepFor reason: Sleep.Reason?, at moment: Moment) {
    switch reason {
    case nil, .reserved, .hourlyLimit, .dailyLimit: break
    default: return
    }
    var pool = pools[number.pool.id] ?? Pool(name: number.pool.name)
    pool.numbers += 1
    let most = number.effectiveMaxConcurrent(moment)
    pool.calls = most == 0 ? nil : pool.calls.map { $0 + most }
    pools[number.pool.id] = pool
  }
}

extension Snapshot {
  /// Pools that had too few numbers, or nearly too few, for the calls of the last hour. The time for which calls keep
  /// their numbers is measured, so that a campaign's own time to live and early releases are taken into account.
  func capacityWarnings(_ slots: Slots) throws -> [String] {
    let since = now - 3600
    let used: [(pool: Int, calls: Int, seconds: Int, unreleased: Int)] = try database.all(
      Self.heldSQL, try firstRequest(since: since), since, now
    ) { ($0[0], $0[1], $0[2], $0[3]) }
    return used.compactMap { use in
      guard let pool = slots.pools[use.pool], let most = pool.calls, use.seconds > 0 else { return nil }
      let capacity = most * 3600 / use.seconds
      guard use.calls * 10 > capacity * 8 else { return nil }
      let remedy =
        use.unreleased * 2 > use.calls ? "Release numbers at hang-up, lower reservation_ttl" : "Raise max_concurrent"
      return "pool \(pool.name): \(use.calls) calls in the last hour kept a number for \(use.seconds) s on average; "
        + "its \(pool.numbers) numbers in use can carry \(capacity) such calls an hour. \(remedy), or import more numbers"
    }
  }

  /// For each pool, its calls that reserved a number, and for how long on average. It is not known how long a call that
  /// is still going on will last; such calls count only if there are no others.
  static let heldSQL: StaticString = """
    SELECT n.pool_id, count(*),
      CAST(coalesce(
        avg(min(coalesce(r.released_at, r.reserved_until), r.reserved_until) - r.at) FILTER (
          WHERE r.released_at IS NOT NULL OR r.reserved_until <= ?3),
        avg(r.reserved_until - r.at)) + 0.5 AS INTEGER),
      count(*) FILTER (WHERE r.released_at IS NULL)
    FROM request r JOIN number n ON n.id = r.number_id
    WHERE r.id >= ?1 AND r.at >= ?2 AND r.at <= ?3 AND r.status = 'OK' AND r.reserved_until > 0
    GROUP BY n.pool_id ORDER BY n.pool_id
    """
}

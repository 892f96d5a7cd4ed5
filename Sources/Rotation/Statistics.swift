internal import SQLite

/// The state of the store's numbers now, and what was asked of it today.
package struct Statistics: Sendable {
  /// All numbers; the five that follow add up to it.
  package var numbers = 0
  package var available = 0
  package var reserved = 0
  package var atLimit = 0
  package var resting = 0
  /// Disabled, retired, or without the proof of ownership that the settings ask for.
  package var disabled = 0
  /// Today's requests; the three that follow add up to it.
  package var requests = 0
  package var granted = 0
  package var refused = 0
  package var kept = 0
  package var campaigns: [Line] = []
  package var agents: [Line] = []
  /// Those used today, the most used first.
  package var usedNumbers: [Line] = []
  /// What cannot go well, in the operator's words.
  package var warnings: [String] = []

  /// Calls of one campaign, agent or number.
  package struct Line: Sendable {
    package let name: String
    package let usedToday: Int
    package let usedThisHour: Int
  }
}

extension Store {
  package func statistics() throws(StoreError) -> Statistics {
    let moment = moment
    var statistics = Statistics()
    var used: [Statistics.Line] = []
    try eachNumber { number in
      statistics.count(number, at: moment)
      let usedToday = number.today.calls(in: moment.windows.day)
      if usedToday > 0 {
        used.append(
          .init(
            name: number.phone.written, usedToday: usedToday,
            usedThisHour: number.thisHour.calls(in: moment.windows.hour)))
      }
    }
    statistics.usedNumbers = used.sorted { ($1.usedToday, $0.name) < ($0.usedToday, $1.name) }
    try read {
      let day = moment.windows.day.lowerBound
      let hour = moment.windows.hour.lowerBound
      try database.each(
        "SELECT status, count(*) FROM request WHERE id >= ? AND at >= ? GROUP BY status", firstRequest(since: day), day
      ) { row in
        switch Status(rawValue: row[0]) {
        case .ok: statistics.granted = row[1]
        case .kept: statistics.kept = row[1]
        default: statistics.refused += row[1]
        }
      }
      statistics.requests = statistics.granted + statistics.refused + statistics.kept
      statistics.campaigns = try database.all(
        """
        SELECT name, used_today, CASE hour WHEN ?2 THEN used_this_hour ELSE 0 END FROM campaign
        WHERE day = ?1 ORDER BY used_today DESC, name
        """, day, hour
      ) { .init(name: $0[0], usedToday: $0[1], usedThisHour: $0[2]) }
      statistics.agents = try database.all(
        """
        SELECT name, used_today, CASE hour WHEN ?2 THEN used_this_hour ELSE 0 END FROM agent
        WHERE day = ?1 ORDER BY used_today DESC, name
        """, day, hour
      ) { .init(name: $0[0], usedToday: $0[1], usedThisHour: $0[2]) }
      statistics.warnings = try capacityWarnings(at: moment)
    }
    return statistics
  }

  /// Pools that the calls of the last hour have outgrown: each number carries `max_concurrent` calls in a time to live at
  /// most, where nobody releases it sooner.
  private func capacityWarnings(at moment: Moment) throws -> [String] {
    let since = moment.now - 3600
    let ttl = moment.settings.reservationTTL
    let most = moment.settings.maxConcurrent
    guard ttl > 0, most > 0 else { return [] }
    let pools: [(name: String, numbers: Int, calls: Int, unreleased: Int)] = try database.all(
      """
      SELECT p.name, p.numbers, count(*), sum(released_at IS NULL)
      FROM request r JOIN number n ON n.id = r.number_id JOIN pool p ON p.id = n.pool_id
      WHERE r.id >= ? AND r.at >= ? AND r.status = 'OK' GROUP BY p.id ORDER BY p.name
      """, firstRequest(since: since), since
    ) { ($0[0], $0[1], $0[2], $0[3]) }
    return pools.compactMap { pool in
      let capacity = pool.numbers * most * 3600 / ttl
      guard pool.unreleased * 2 > pool.calls, pool.calls * 10 > capacity * 8 else { return nil }
      return "pool \(pool.name): \(pool.calls) calls in the last hour; its \(pool.numbers) numbers can carry \(capacity) "
        + "at a reservation_ttl of \(ttl) s. Release numbers at hang-up, lower reservation_ttl, or import more numbers"
    }
  }
}

extension Statistics {
  fileprivate mutating func count(_ number: Number, at moment: Moment) {
    numbers += 1
    switch number.sleep(at: moment)?.reason {
    case nil: available += 1
    case Rule.reserved.reason: reserved += 1
    case Rule.hourlyLimit.reason, Rule.dailyLimit.reason: atLimit += 1
    case Rule.resting.reason: resting += 1
    default: disabled += 1
    }
  }
}

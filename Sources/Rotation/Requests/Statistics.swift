internal import SQLite

/// The state of the store's numbers now, and what was asked of it today.
package struct Statistics: Sendable {
  /// All numbers, by what keeps them asleep.
  package fileprivate(set) var counts = Census.Counts()
  /// Today's requests: the sum of the three counts that follow.
  package var requests = 0
  package var granted = 0
  package var refused = 0
  package var kept = 0
  /// Calls that got a number, for each hour of the day until now.
  package var hours: [Int] = []
  package var campaigns: [Line] = []
  package var agents: [Line] = []
  /// The numbers used today, the most used first.
  package var usedNumbers: [Line] = []
  /// Warnings, as they are told to the operator.
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
    try read { try $0.statistics() }
  }
}

extension Snapshot {
  func statistics() throws -> Statistics {
    var statistics = Statistics()
    let slots = try count(numbersIn: &statistics)
    let day = moment.windows.day.lowerBound
    let hour = moment.windows.hour.lowerBound
    statistics.hours = Array(repeating: 0, count: (now - day) / 3600 + 1)
    try database.each(Self.todaySQL, firstRequest(since: day), day, moment.windows.day.upperBound) { row in
      let hour: Int = row[1]
      let count: Int = row[2]
      switch Status(rawValue: row[0]) {
      case .ok:
        statistics.granted += count
        if statistics.hours.indices.contains(hour) { statistics.hours[hour] += count }
      case .kept: statistics.kept += count
      default: statistics.refused += count
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
    statistics.warnings = try capacityWarnings(slots)
    return statistics
  }

  /// Counts all numbers by what keeps them from being picked, and the calls that they can carry.
  private func count(numbersIn statistics: inout Statistics) throws -> Slots {
    var used: [Statistics.Line] = []
    var slots = Slots()
    var last = 0
    while let number = try number(after: last) {
      last = number.id
      let reason = number.sleep(at: moment)?.reason
      statistics.counts.count(reason)
      slots.count(number, asleepFor: reason, at: moment)
      let usedToday = number.today.calls(in: moment.windows.day)
      if usedToday > 0 {
        used.append(
          .init(
            name: number.phone.written, usedToday: usedToday,
            usedThisHour: number.thisHour.calls(in: moment.windows.hour)))
      }
    }
    statistics.usedNumbers = used.sorted { ($1.usedToday, $0.name) < ($0.usedToday, $1.name) }
    return slots
  }

  /// After a clock was set back, there can be requests of future days; they do not count as today's.
  static let todaySQL: StaticString = """
    SELECT status, (at - ?2) / 3600 AS hour, count(*) FROM request WHERE id >= ?1 AND at >= ?2 AND at < ?3
    GROUP BY status, hour
    """
}

internal import SQLite

/// The reservations of this moment, and the requests of the last half hour.
package struct Activity: Sendable {
  package static let minutes = 30

  package let at: Int
  /// Reservations that calls hold.
  package var held = 0
  package var numbers = 0
  /// Calls that got a number in each of the last clock minutes; the current minute comes last.
  package var calls = [Int](repeating: 0, count: Activity.minutes)
  package var refused = 0
  package var kept = 0
  /// The most frequent first.
  package var refusals: [Refusals] = []
  package var busiest: [Busy] = []

  package struct Refusals: Equatable, Sendable {
    package let status: String
    package let reason: String
    package var count: Int
  }

  package struct Busy: Sendable {
    /// `nil` if the number has been removed since.
    package let callerID: String?
    package let calls: Int
  }
}

extension Store {
  /// - Parameter most: how many numbers are listed at most.
  package func activity(most: Int = 20) throws(StoreError) -> Activity {
    try read { try $0.activity(most: most) }
  }
}

extension Snapshot {
  fileprivate func activity(most: Int) throws -> Activity {
    let end = Moment.minute(of: now).upperBound
    let since = end - Activity.minutes * 60
    var activity = Activity(at: now)
    try database.each("SELECT holds FROM number WHERE holds <> ''") { row in
      activity.held += Reservation.read(row[0]).count { $0.isHeld(at: now) }
    }
    activity.numbers = try database.value("SELECT total(numbers) FROM pool") ?? 0
    let first = try firstRequest(since: since)
    var refusals: [String: Activity.Refusals] = [:]
    try database.each(Self.minutesSQL, first, since, end) { row in
      let minute: Int = row[0]
      let status: String = row[1]
      let count: Int = row[3]
      switch Status(rawValue: status) {
      case .ok: if activity.calls.indices.contains(minute) { activity.calls[minute] += count }
      case .kept: activity.kept += count
      default:
        activity.refused += count
        let reason = RefusalText.withoutDuration(row[2])
        refusals["\(status) \(reason)", default: .init(status: status, reason: reason, count: 0)].count += count
      }
    }
    activity.refusals = refusals.values.sorted { ($1.count, $0.reason) < ($0.count, $1.reason) }
    activity.busiest = try database.all(Self.busiestSQL, first, since, end, most) {
      .init(callerID: $0[0], calls: $0[1])
    }
    return activity
  }

  static let minutesSQL: StaticString = """
    SELECT (at - ?2) / 60 AS minute, status, coalesce(reason, '') AS why, count(*) FROM request
    WHERE id >= ?1 AND at >= ?2 AND at < ?3 GROUP BY minute, status, why
    """

  static let busiestSQL: StaticString = """
    SELECT n.written, r.calls FROM
      (SELECT number_id, count(*) AS calls FROM request
       WHERE id >= ?1 AND at >= ?2 AND at < ?3 AND status = 'OK'
       GROUP BY number_id ORDER BY calls DESC, number_id LIMIT ?4) AS r
    LEFT JOIN number n ON n.id = r.number_id ORDER BY r.calls DESC, r.number_id
    """
}

internal import SQLite

/// A line of the request log.
package struct LoggedRequest: Sendable {
  package let at: Int
  package let destination: String?
  package let campaign: String?
  package let agent: String?
  package let status: String
  package let reason: String?
  /// The number as it was imported; nil where none was given, or it has been removed since.
  package let callerID: String?
  package let match: String?
  package let callCode: CallCode?
}

/// A number held for a call.
package struct Reservation: Sendable {
  package let callerID: String
  package let campaign: String?
  package let agent: String?
  package let destination: String?
  package let uniqueID: String?
  package let reservedAt: Int
  package let expiresAt: Int
}

/// The state of the store's numbers now, and what was asked of it today.
package struct Statistics: Sendable {
  /// All numbers; the five that follow add up to it.
  package var numbers = 0
  package var available = 0
  package var reserved = 0
  package var atLimit = 0
  package var resting = 0
  /// Disabled or retired.
  package var disabled = 0
  /// Today's requests; the two that follow add up to it.
  package var requests = 0
  package var granted = 0
  package var refused = 0
  package var campaigns: [Line] = []
  package var agents: [Line] = []
  /// Those used today, the most used first.
  package var usedNumbers: [Line] = []

  /// Calls of one campaign, agent or number.
  package struct Line: Sendable {
    package let name: String
    package let usedToday: Int
    package let usedThisHour: Int
  }
}

extension Store {
  package var moment: Moment { Moment(now: clock.now(), settings: settings) }

  /// Hands every number to `body` in import order.
  package func eachNumber(_ body: (Number) throws -> Void) throws(StoreError) {
    try read {
      var last = 0
      // By steps of its own, not in one statement's loop: `body` may take its time.
      while let number = try number(after: last) {
        last = number.id
        try body(number)
      }
    }
  }

  /// The newest requests first.
  ///
  /// - Parameters:
  ///   - campaign, status, number: only those of this one; nil: of any.
  package func requests(
    last count: Int, campaign: String? = nil, status: Status? = nil, number: PhoneNumber? = nil
  ) throws(StoreError) -> [LoggedRequest] {
    try read {
      try database.all(
        """
        SELECT r.at, r.destination, c.name, a.name, r.status, r.reason, n.written, r.match, r.call_code
        FROM request r
        LEFT JOIN campaign c ON c.id = r.campaign_id
        LEFT JOIN agent a ON a.id = r.agent_id
        LEFT JOIN number n ON n.id = r.number_id
        WHERE (?2 IS NULL OR c.name = ?2) AND (?3 IS NULL OR r.status = ?3) AND (?4 IS NULL OR n.e164 = ?4)
        ORDER BY r.id DESC LIMIT ?1
        """,
        count, campaign, status?.rawValue, number?.e164
      ) {
        LoggedRequest(
          at: $0[0], destination: $0[1], campaign: $0[2], agent: $0[3], status: $0[4], reason: $0[5],
          callerID: $0[6], match: $0[7], callCode: ($0[8] as String?).flatMap(CallCode.init))
      }
    }
  }

  /// The numbers that calls hold now, the first to expire first.
  package func reservations() throws(StoreError) -> [Reservation] {
    try read {
      try database.all(
        """
        SELECT n.written, c.name, a.name, r.destination, r.uniqueid, r.at, n.reserved_until
        FROM number n
        LEFT JOIN request r ON r.id = n.last_request
        LEFT JOIN campaign c ON c.id = r.campaign_id
        LEFT JOIN agent a ON a.id = r.agent_id
        WHERE n.reserved_until > ?
        ORDER BY n.reserved_until, n.last_request
        """,
        clock.now()
      ) {
        Reservation(
          callerID: $0[0], campaign: $0[1], agent: $0[2], destination: $0[3], uniqueID: $0[4],
          reservedAt: $0[5], expiresAt: $0[6])
      }
    }
  }

  package func statistics() throws(StoreError) -> Statistics {
    let moment = moment
    var statistics = Statistics()
    var used: [Statistics.Line] = []
    try eachNumber { number in
      statistics.numbers += 1
      switch number.sleep(at: moment)?.reason {
      case nil: statistics.available += 1
      case .reserved: statistics.reserved += 1
      case .hourlyLimit, .dailyLimit: statistics.atLimit += 1
      case .resting: statistics.resting += 1
      case .disabled, .retired: statistics.disabled += 1
      }
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
      let first = try firstRequest(since: day)
      try database.each(
        "SELECT status = 'OK', count(*) FROM request WHERE id >= ? AND at >= ? GROUP BY 1", first, day
      ) { row in
        if row[0] { statistics.granted = row[1] } else { statistics.refused = row[1] }
      }
      statistics.requests = statistics.granted + statistics.refused
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
    }
    return statistics
  }

  /// The ID of the first request at or after a moment.
  ///
  /// Requests are logged in the order of time, so their IDs can be searched by halves, and the calling path need not
  /// maintain an index. After a clock was set back it may be one a little too early: compare `at` as well.
  func firstRequest(since moment: Int) throws -> Int {
    var low = try database.value("SELECT min(id) FROM request") ?? 0
    var high = try (database.value("SELECT max(id) FROM request") ?? 0) + 1
    while low < high {
      let middle = low + (high - low) / 2
      let found: (id: Int, at: Int)? = try database.first(
        "SELECT id, at FROM request WHERE id >= ? ORDER BY id LIMIT 1", middle
      ) { ($0[0], $0[1]) }
      if let found, found.at < moment { low = found.id + 1 } else { high = middle }
    }
    return low
  }
}

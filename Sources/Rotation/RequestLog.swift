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
  package let uniqueID: String?
  package let releasedAt: Int?
  package let dialStatus: String?
  package let answeredSeconds: Int?
  package let hangUpCause: Int?
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
        SELECT r.at, r.destination, c.name, a.name, r.status, r.reason, n.written, r.match, r.call_code, r.uniqueid,
          r.released_at, r.dial_status, r.answered_seconds, r.hangup_cause
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
          callerID: $0[6], match: $0[7], callCode: ($0[8] as String?).flatMap(CallCode.init), uniqueID: $0[9],
          releasedAt: $0[10], dialStatus: $0[11], answeredSeconds: $0[12], hangUpCause: $0[13])
      }
    }
  }

  /// The numbers that calls hold now, the first to expire first.
  package func reservations() throws(StoreError) -> [Reservation] {
    try read {
      let now = clock.now()
      let held: [(callerID: String, holds: [Hold])] = try database.all(
        "SELECT written, holds FROM number WHERE holds <> ''"
      ) { ($0[0], Hold.read($0[1])) }
      var reservations: [Reservation] = []
      for (callerID, holds) in held {
        for hold in holds where hold.isHeld(at: now) {
          let reservation = try database.first(
            """
            SELECT c.name, a.name, r.destination, r.uniqueid FROM request r
            LEFT JOIN campaign c ON c.id = r.campaign_id
            LEFT JOIN agent a ON a.id = r.agent_id
            WHERE r.id = ?
            """, hold.request
          ) {
            Reservation(
              callerID: callerID, campaign: $0[0], agent: $0[1], destination: $0[2], uniqueID: $0[3],
              reservedAt: hold.from, expiresAt: hold.until)
          }
          reservations += reservation.map { [$0] } ?? []
        }
      }
      return reservations.sorted { ($0.expiresAt, $0.callerID) < ($1.expiresAt, $1.callerID) }
    }
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

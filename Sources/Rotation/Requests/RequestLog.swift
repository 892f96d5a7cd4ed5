internal import SQLite

/// A line of the request log.
package struct LoggedRequest: Sendable {
  /// Its number in the log, from 1. Requests are numbered in order, whatever the clock does.
  package let request: Int
  package let at: Int
  package let destination: String?
  package let campaign: String?
  package let agent: String?
  package let status: String
  package let reason: String?
  /// The number as it was imported; nil where none was given, or it has been removed since.
  package let callerID: String?
  package let match: String?
  package let callCode: VICIdialCallName?
  package let uniqueID: String?
  package let releasedAt: Int?
  package let dialStatus: String?
  package let answeredSeconds: Int?
  package let hangUpCause: Int?
  package let technologyCause: String?
  package let isBlocked: Bool
}

/// Which requests of the log are wanted. Nil: any.
package struct RequestFilter: Sendable {
  package var campaign: String?
  package var agent: String?
  package var status: Status?
  package var number: PhoneNumber?
  package var destination: String?
  /// VICIdial's ID of the lead that was called, 1 to 9,999,999,999.
  package var lead: Int?
  /// What VICIdial's name of the call begins with.
  package var callCode: String?
  /// The time of the oldest request that is wanted, in seconds since 1970-01-01 UTC.
  package var since = 0

  package init() {}
}

/// A part of what a filter lets pass.
package struct FoundRequests: Sendable {
  /// The newest first.
  package let requests: [LoggedRequest]
  /// The ID below which the search goes on; nil: the log was searched to its beginning.
  package let next: Int?

  package static let none = FoundRequests(requests: [], next: nil)
}

/// A number held for a call.
package struct ListedReservation: Sendable {
  package let callerID: String
  package let campaign: String?
  package let agent: String?
  package let destination: String?
  package let uniqueID: String?
  package let reservedAt: Int
  package let expiresAt: Int
}

extension LoggedRequest {
  /// Reads a row of `Snapshot.requestsSQL`.
  init(_ row: borrowing Row) {
    at = row[0]
    destination = row[1]
    campaign = row[2]
    agent = row[3]
    status = row[4]
    reason = row[5]
    callerID = row[6]
    match = row[7]
    callCode = (row[8] as String?).flatMap(VICIdialCallName.init)
    uniqueID = row[9]
    releasedAt = row[10]
    dialStatus = row[11]
    answeredSeconds = row[12]
    hangUpCause = row[13]
    technologyCause = row[14]
    isBlocked = row[15]
    request = row[16]
  }
}

extension Store {
  /// The newest requests first.
  ///
  /// The log is read backwards in parts, each in a transaction of its own, until there are enough. A filter that few
  /// requests pass may have to read all of them.
  ///
  /// - Parameters:
  ///   - campaign, agent, status, number, destination: the value that a request must have; `nil` for any.
  ///   - lead: VICIdial's ID of the lead that was called, 1 to 9,999,999,999.
  ///   - callCode: what VICIdial's name of the call begins with.
  ///   - since: the time of the oldest request that is wanted.
  /// - Throws: `refused` for a destination that cannot be dialled.
  package func requests(
    last count: Int, campaign: String? = nil, agent: String? = nil, status: Status? = nil, number: PhoneNumber? = nil,
    destination: String? = nil, lead: Int? = nil, callCode: String? = nil, since: Int = 0
  ) throws(StoreError) -> [LoggedRequest] {
    var filter = RequestFilter()
    (filter.campaign, filter.agent, filter.status, filter.number) = (campaign, agent, status, number)
    (filter.destination, filter.lead, filter.callCode, filter.since) = (destination, lead, callCode, since)
    return try requests(last: count, filter, before: nil, lookingThrough: .max).requests
  }

  /// The newest requests first that pass a filter, of a bounded part of the log.
  ///
  /// - Parameters:
  ///   - before: the ID that all of them are below; nil: any.
  ///   - most: how many requests of the log are looked through.
  /// - Throws: `refused` for a destination that cannot be dialled.
  package func requests(
    last count: Int, _ filter: RequestFilter, before: Int?, lookingThrough most: Int
  ) throws(StoreError) -> FoundRequests {
    let digits = filter.lead.map { String(repeating: "0", count: max(0, 10 - String($0).utf8.count)) + String($0) }
    let ending = try filter.destination.map { (text) throws(StoreError) in try self.ending(of: text) }
    let (oldest, newest) = try read { try ($0.firstRequest(since: filter.since), $0.endOfLog()) }
    var end = min(newest, before ?? newest)
    let begin = max(oldest, end - min(end, most))
    var found: [LoggedRequest] = []
    while found.count < count, begin < end {
      let start = max(begin, end - Snapshot.stretch)
      let part = try read {
        try $0.database.all(
          Snapshot.requestsSQL, start, end, filter.since,
          // Some names of calls end with ten digits that are no lead. There are few with the same digits.
          filter.lead == nil ? count - found.count : -1, filter.campaign, filter.agent, filter.status?.rawValue,
          filter.number?.e164, ending, filter.callCode, digits, body: LoggedRequest.init)
      }
      found += part.filter { filter.lead == nil || $0.callCode?.leadID == filter.lead }
      end = start
    }
    found = Array(found.prefix(count))
    let next = found.count == count ? found.last?.request ?? end : end
    return FoundRequests(requests: found, next: next > oldest ? next : nil)
  }

  /// The end that every dial string to this destination has, whatever prefix comes before it.
  private func ending(of text: String) throws(StoreError) -> String {
    guard
      let destination = Destination(
        text, countryCode: settings.countryCode, internationalPrefix: settings.internationalPrefix)
    else {
      throw .refused("a destination is a number of 7 to 21 digits, not \"\(text)\"")
    }
    return destination.number?.national ?? destination.digits
  }

  /// The numbers that calls hold now, the first to expire first.
  package func reservations() throws(StoreError) -> [ListedReservation] {
    try read { snapshot in
      let held: [(callerID: String, reservations: [Reservation])] = try snapshot.database.all(
        "SELECT written, holds FROM number WHERE holds <> ''"
      ) { ($0[0], Reservation.read($0[1])) }
      var listed: [ListedReservation] = []
      for (callerID, reservations) in held {
        for reservation in reservations where reservation.isHeld(at: snapshot.now) {
          listed +=
            try snapshot.database.first(
              """
              SELECT c.name, a.name, r.destination, r.uniqueid FROM request r
              LEFT JOIN campaign c ON c.id = r.campaign_id
              LEFT JOIN agent a ON a.id = r.agent_id
              WHERE r.id = ?
              """, reservation.request
            ) {
              [
                ListedReservation(
                  callerID: callerID, campaign: $0[0], agent: $0[1], destination: $0[2], uniqueID: $0[3],
                  reservedAt: reservation.from, expiresAt: reservation.until)
              ]
            } ?? []
        }
      }
      return listed.sorted { ($0.expiresAt, $0.callerID) < ($1.expiresAt, $1.callerID) }
    }
  }
}

extension Store {
  /// Reads the log in parts, each in a transaction of its own, so that a call that has to move the write-ahead log into the
  /// store does not wait until millions of rows are counted.
  ///
  /// - Parameters:
  ///   - begin: the ID of the first request.
  ///   - end: what the request after the last one has for its ID.
  ///   - progress: called with the part that is done, in percent.
  func readLog(
    from begin: Int, to end: Int, progress: (Int) -> Void = { _ in }, _ body: (Snapshot, Range<Int>) throws -> Void
  ) throws(StoreError) {
    for start in stride(from: begin, to: end, by: Snapshot.stretch) {
      progress((start - begin) * 100 / (end - begin))
      try read { try body($0, start..<min(start + Snapshot.stretch, end)) }
    }
  }
}

/// Finding a place in the log.
extension Snapshot {
  /// Requests of the log that are read at once.
  static let stretch = 100_000

  static let requestsSQL: StaticString = """
    SELECT r.at, r.destination, c.name, a.name, r.status, r.reason, n.written, r.match, r.call_code, r.uniqueid,
      r.released_at, r.dial_status, r.answered_seconds, r.hangup_cause,
      r.hangup_tech, r.blocked, r.id
    FROM request r
    LEFT JOIN campaign c ON c.id = r.campaign_id
    LEFT JOIN agent a ON a.id = r.agent_id
    LEFT JOIN number n ON n.id = r.number_id
    WHERE r.id >= ?1 AND r.id < ?2 AND r.at >= ?3
      AND (?5 IS NULL OR r.campaign_id = (SELECT id FROM campaign WHERE name = ?5))
      AND (?6 IS NULL OR r.agent_id = (SELECT id FROM agent WHERE name = ?6))
      AND (?7 IS NULL OR r.status = ?7)
      AND (?8 IS NULL OR r.number_id = (SELECT id FROM number WHERE e164 = ?8))
      AND (?9 IS NULL OR substr(r.destination, -length(?9)) = ?9)
      AND (?10 IS NULL OR substr(r.call_code, 1, length(?10)) = ?10)
      AND (?11 IS NULL OR substr(r.call_code, -10) = ?11 OR substr(r.call_code, -11) = ?11 || 'W')
    ORDER BY r.id DESC LIMIT ?4
    """

  /// The ID of the first request at or after a moment.
  ///
  /// Requests are logged in the order of time, so their IDs can be searched by halves, and the calling path need not
  /// maintain an index. After a clock was set back it may be one a little too early: compare `at` as well.
  func firstRequest(since moment: Int) throws -> Int {
    var low = try (database.value("SELECT min(id) FROM request") ?? 0).counted
    var high = try endOfLog()
    while low < high {
      let middle = low + (high - low) / 2
      let found: (id: Int, at: Int)? = try database.first(Self.nextRequestSQL, middle) { ($0[0], $0[1]) }
      if let found, found.at < moment { low = found.id + 1 } else { high = middle }
    }
    return low
  }

  /// What the next request's ID will be.
  ///
  /// - Throws: `notAStore` if the newest ID can only come from damage.
  func endOfLog() throws -> Int {
    let newest = try database.value("SELECT max(id) FROM request") ?? 0
    guard newest == newest.counted else {
      throw StoreError(
        .notAStore, "the store is damaged: its newest request has the number \(newest)", hint: Store.damageHint)
    }
    return newest + 1
  }

  static let nextRequestSQL: StaticString = "SELECT id, at FROM request WHERE id >= ? ORDER BY id LIMIT 1"
}

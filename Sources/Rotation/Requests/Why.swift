internal import SQLite

/// What the store knows of one request: why it got its number or none, and what became of the call.
package struct WhyReport: Sendable {
  package let logged: LoggedRequest
  /// The number that it got, as it is now; nil where it got none, or the number has been removed since.
  package let number: Number?
  /// The destination's area code; nil where none is known.
  package let areaCode: String?
  /// When its reservation was to end; nil if it reserved nothing.
  package let reservedUntil: Int?
  /// The newest earlier requests of the same call, the newest first. The log knows a call by its uniqueid.
  package fileprivate(set) var earlierOfCall: [Int] = []
  /// Who had the number before; nil for a request that got none.
  package fileprivate(set) var previous: Previous?
  /// Calls that got the number earlier on the same day, as far back as the log goes.
  package fileprivate(set) var usedBeforeThatDay = 0
  /// If the beginning of that day is not in the log any more, the moment from which its calls are counted.
  package fileprivate(set) var dayKnownSince: Int?
  /// What the same request would get now; nil for one that got a number.
  package fileprivate(set) var now: Explanation?
  /// The moment of the report, in seconds since 1970-01-01 UTC.
  package let readAt: Int

  /// Who had a number before a request.
  package enum Previous: Equatable, Sendable {
    case request(Int, at: Int)
    /// Nobody: the log is whole, and has no earlier request that got it.
    case nobody
    /// Nobody since a moment, from which the log was read. What was before is not in it any more, or is too far back.
    case nobodySince(Int)
  }

  /// For how many seconds the call held its number until it gave it back or the reservation ended; nil: it reserved
  /// nothing, or holds it still.
  package var heldSeconds: Int? {
    guard let reservedUntil else { return nil }
    let end = min(logged.releasedAt ?? reservedUntil, reservedUntil)
    return logged.releasedAt == nil && reservedUntil > readAt ? nil : max(0, end - logged.at)
  }

  /// Whether the call holds the number at the moment of the report.
  package var isHeld: Bool { logged.releasedAt == nil && (reservedUntil ?? 0) > readAt }
}

extension Store {
  /// How many requests are looked through for the one that had the number before: 50 parts of the log.
  package static var mostForWhy: Int { 50 * Snapshot.stretch }

  /// Why a request got what it got.
  ///
  /// The log has no index of numbers, because each call would pay for it. So the search for the number's previous request
  /// goes back through the log in parts, each in a transaction of its own, and ends after five million requests. Where the
  /// previous request is a day back it costs some milliseconds, and half a second for each million requests looked through.
  ///
  /// - Parameter most: how many requests are looked through at most; the report says so where that was not enough.
  /// - Throws: `unknown` for a request that the log does not have, or not any more.
  package func why(request id: Int, lookingThrough most: Int = mostForWhy) throws(StoreError) -> WhyReport {
    let found = try read { try (report: $0.logged(id), begin: $0.firstRequest(since: 0)) }
    var report = found.report
    if report.logged.status == Status.ok.rawValue {
      let begin = max(found.begin, id - most)
      try countCalls(before: &report, from: begin)
      try findPrevious(of: &report, from: begin)
    } else if report.logged.status != Status.kept.rawValue, let destination = report.logged.destination {
      var request = Request(destination: destination)
      request.campaign = report.logged.campaign.flatMap { CallerText($0) }
      request.agent = report.logged.agent.flatMap { CallerText($0) }
      report.now = try explain(request)
    }
    return report
  }

  /// Why the newest request of a call got what it got.
  ///
  /// - Parameter uniqueID: Asterisk's name for the call.
  /// - Throws: `unknown` for a call that the log does not have, or not any more.
  package func why(uniqueID: CallerText) throws(StoreError) -> WhyReport {
    let requests = try read { try $0.requests(ofCall: uniqueID.text, before: .max) }
    guard let newest = requests.first else {
      throw StoreError(
        .unknown, "the request log has no call \"\(uniqueID.text)\"",
        hint: "List the newest with: callerid-admin requests")
    }
    return try why(request: newest)
  }

  private func countCalls(before report: inout WhyReport, from begin: Int) throws(StoreError) {
    guard let number = report.number else { return }
    let (at, id) = (report.logged.at, report.logged.request)
    let day = settings.calendar.windows(at: at).day
    let first = try read { snapshot in
      if let log = try snapshot.prunedLog(), log.oldest > day.lowerBound { report.dayKnownSince = log.oldest }
      let first = try snapshot.firstRequest(since: day.lowerBound)
      if begin > first,
        let oldest: (id: Int, at: Int) = try snapshot.database.first(
          Snapshot.nextRequestSQL, begin, body: { ($0[0], $0[1]) }), oldest.at > day.lowerBound
      {
        report.dayKnownSince = max(report.dayKnownSince ?? 0, oldest.at)
      }
      return first
    }
    var calls = 0
    for start in stride(from: max(first, begin), to: id, by: Snapshot.stretch) {
      let part = start..<min(start + Snapshot.stretch, id)
      calls += try read {
        try $0.database.value(
          Snapshot.callsOfNumberSQL, part.lowerBound, part.upperBound, number.id, day.lowerBound, day.upperBound) ?? 0
      }
    }
    report.usedBeforeThatDay = calls
  }

  private func findPrevious(of report: inout WhyReport, from begin: Int) throws(StoreError) {
    guard let number = report.number else { return }
    var end = report.logged.request
    while end > begin {
      let start = max(begin, end - Snapshot.stretch)
      let found: (id: Int, at: Int)? = try read {
        try $0.database.first(Snapshot.previousOfNumberSQL, start, end, number.id) { ($0[0], $0[1]) }
      }
      if let found {
        report.previous = .request(found.id, at: found.at)
        return
      }
      end = start
    }
    let oldest: (id: Int, at: Int)? = try read {
      try $0.database.first(Snapshot.nextRequestSQL, begin) { ($0[0], $0[1]) }
    }
    report.previous = begin <= 1 ? .nobody : .nobodySince(oldest?.at ?? report.logged.at)
  }
}

extension Snapshot {
  /// How many requests of one call are listed.
  private static let mostOfCall = 20

  /// A request with what is kept beside it.
  fileprivate func logged(_ id: Int) throws -> WhyReport {
    // Without an upper end, all the requests behind it would be read.
    let found =
      id > 0 && id < 1 << 40
      ? try database.first(
        Self.requestsSQL, id, id + 1, 0, 1, nil as String?, nil as String?, nil as String?, nil as String?,
        nil as String?,
        nil as String?, nil as String?, body: LoggedRequest.init) : nil
    guard let logged = found else {
      let oldest = try prunedLog()
      let kept = oldest.map { "; it goes back to \(settings.calendar.text(of: $0.oldest))" } ?? ""
      throw StoreError(
        .unknown, "the request log has no request \(id)\(kept)", hint: "List the newest with: callerid-admin requests")
    }
    let more: (number: Int?, areaCode: String?, until: Int)? = try database.first(
      "SELECT number_id, area_code, reserved_until FROM request WHERE id = ?", id
    ) { ($0[0], $0[1], ($0[2] as Int).counted) }
    var report = WhyReport(
      logged: logged, number: try more?.number.flatMap { try number(id: $0) },
      areaCode: more?.areaCode ?? logged.destination.flatMap(areaCode(ofLogged:)),
      reservedUntil: more.flatMap { $0.until > 0 ? $0.until : nil }, readAt: now)
    if let call = logged.uniqueID { report.earlierOfCall = try requests(ofCall: call, before: id) }
    return report
  }

  /// The newest first.
  fileprivate func requests(ofCall uniqueID: String, before id: Int) throws -> [Int] {
    try database.all(
      "SELECT id FROM request WHERE uniqueid = ? AND id < ? ORDER BY id DESC LIMIT ?", uniqueID, id, Self.mostOfCall
    ) { $0[0] }
  }

  static let callsOfNumberSQL: StaticString = """
    SELECT count(*) FROM request
    WHERE id >= ?1 AND id < ?2 AND number_id = ?3 AND at >= ?4 AND at < ?5 AND status = 'OK'
    """

  static let previousOfNumberSQL: StaticString = """
    SELECT id, at FROM request WHERE id >= ?1 AND id < ?2 AND number_id = ?3 AND status = 'OK' ORDER BY id DESC LIMIT 1
    """
}

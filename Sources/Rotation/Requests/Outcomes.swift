internal import SQLite

/// What a report groups calls by.
package enum Grouping: String, CaseIterable, Sendable {
  case number, pool, carrier
  /// The destination's area code, and the state or province that it is in.
  case area, region
  case campaign, agent
  /// The hour of the day, in the store's time zone.
  case hour

  /// These belong to the number that a call got; a refusal has none.
  package var isOfNumber: Bool {
    switch self {
    case .number, .pool, .carrier: true
    case .area, .region, .campaign, .agent, .hour: false
    }
  }
}

/// Requests, and what became of the calls that got a number.
package struct Tally: Equatable, Sendable {
  package var granted = 0
  package var refused = 0
  package var kept = 0
  /// Calls whose outcome was reported at release, and how many of them were answered.
  package var reported = 0
  package var answered = 0
  /// Answered calls whose duration is known, and the sum of their seconds.
  package var timed = 0
  package var seconds = 0
  /// Answered calls whose duration is still in the request log, and how many of them were short.
  package var judged = 0
  package var short = 0
  /// Calls that the network blocked because of their caller-ID, as far as it was reported.
  package var blocked = 0

  /// In percent; `nil` if there are no calls to compute it from.
  package var answerRate: Int? { Self.percent(answered, of: reported) }
  package var averageSeconds: Int? { timed == 0 ? nil : (seconds + timed / 2) / timed }
  package var shortShare: Int? { Self.percent(short, of: judged) }

  static func percent(_ part: Int, of whole: Int) -> Int? {
    whole == 0 ? nil : (part * 100 + whole / 2) / whole
  }

  static func += (sum: inout Tally, other: Tally) {
    sum.granted += other.granted
    sum.refused += other.refused
    sum.kept += other.kept
    sum.reported += other.reported
    sum.answered += other.answered
    sum.timed += other.timed
    sum.seconds += other.seconds
    sum.judged += other.judged
    sum.short += other.short
    sum.blocked += other.blocked
  }
}

/// Tallies of one grouping.
package struct OutcomesReport: Sendable {
  /// Those with the most calls first; hours by the clock.
  package var groups: [Group] = []
  /// If the request log has been pruned within the time asked for, the moment from which it was read.
  package var logSince: Int?
  /// The first of the earlier days, which were read from the archive of finished days.
  package var archiveSince: Int?

  package struct Group: Sendable {
    /// A number as it was imported, an area code, a region's code, `09:00`, or a name; nil: none is known.
    package let name: String?
    package let tally: Tally
  }
}

extension Store {
  /// What was asked, and what became of the calls, since a moment.
  ///
  /// - Parameter progress: called with the part that is done, in percent.
  package func outcomes(
    by grouping: Grouping, since: Int, progress: (Int) -> Void = { _ in }
  ) throws(StoreError) -> OutcomesReport {
    var report = OutcomesReport()
    var names = GroupNames(grouping)
    var tallies: [String?: Tally] = [:]
    let (begin, end, from) = try read { snapshot in
      var from = since
      if let log = try snapshot.prunedLog(), log.oldest > since {
        from = log.oldest
        if grouping.isOfNumber {
          from = log.wholeSince
          report.archiveSince = try snapshot.addArchive(of: since..<from, to: &tallies, naming: &names)
        }
        report.logSince = from
      }
      return try (snapshot.firstRequest(since: from), snapshot.endOfLog(), from)
    }
    try readLog(from: begin, to: end, progress: progress) {
      try $0.addLog($1, since: from, by: grouping, to: &tallies, naming: &names)
    }
    report.groups = tallies.map { .init(name: $0.key, tally: $0.value) }.sorted { one, other in
      if grouping == .hour { return one.name ?? "" < other.name ?? "" }
      let (some, more) = (one.tally, other.tally)
      if some.granted != more.granted { return some.granted > more.granted }
      if some.refused != more.refused { return some.refused > more.refused }
      return one.name ?? "" < other.name ?? ""
    }
    return report
  }
}

extension Snapshot {
  /// Adds some requests of the log, those at or after `moment`.
  fileprivate func addLog(
    _ requests: Range<Int>, since moment: Int, by grouping: Grouping, to tallies: inout [String?: Tally],
    naming names: inout GroupNames
  ) throws {
    let rows: [(key: String?, tally: Tally)] = try database.all(
      Self.tallySQL, grouping.column, requests.lowerBound, requests.upperBound, moment, settings.rest.shortSeconds
    ) { row in
      let tally = Tally(
        granted: row[1], refused: row[2], kept: row[3], reported: row[4], answered: row[5], timed: row[6],
        seconds: (row[7] as Int).counted, judged: row[6], short: row[8], blocked: row[9])
      return (row[0], tally)
    }
    for row in rows where row.key != nil || !grouping.isOfNumber {
      let name = try name(ofGroup: row.key, &names)
      tallies[name, default: Tally()] += row.tally
    }
  }

  /// One statement for every grouping: only the key differs. What was refused has no area code, but a destination.
  static let tallySQL: StaticString = """
    SELECT CASE ?1
        WHEN 'area' THEN coalesce(area_code, '>' || destination)
        WHEN 'campaign' THEN campaign_id
        WHEN 'agent' THEN agent_id
        WHEN 'hour' THEN at / 900
        ELSE number_id END AS key,
      count(*) FILTER (WHERE status = 'OK'), count(*) FILTER (WHERE status NOT IN ('OK', 'KEPT')),
      count(*) FILTER (WHERE status = 'KEPT'), count(dial_status), count(*) FILTER (WHERE dial_status = 'ANSWER'),
      count(answered_seconds) FILTER (WHERE dial_status = 'ANSWER'),
      coalesce(sum(answered_seconds) FILTER (WHERE dial_status = 'ANSWER'), 0),
      count(*) FILTER (WHERE dial_status = 'ANSWER' AND answered_seconds < ?5),
      count(*) FILTER (WHERE blocked = 1)
    FROM request WHERE id >= ?2 AND id < ?3 AND at >= ?4 GROUP BY key
    """

  // MARK: What has been pruned from the log

  /// The oldest request of a log that has been pruned, and from when on the log is whole; nil where nothing was pruned.
  ///
  /// Pruning stops in the middle of a day, which the archive has in full.
  func prunedLog() throws -> (oldest: Int, wholeSince: Int)? {
    let first: (id: Int, at: Int)? = try database.first("SELECT id, at FROM request ORDER BY id LIMIT 1") {
      ($0[0], $0[1])
    }
    guard let first, first.id > 1 else { return nil }
    let day = settings.calendar.windows(at: first.at).day
    return (first.at, try isArchived(day) ? day.upperBound : first.at)
  }

  /// - Returns: the first day that the archive has; nil where it has none of them.
  fileprivate func addArchive(
    of days: Range<Int>, to tallies: inout [String?: Tally], naming names: inout GroupNames
  ) throws -> Int? {
    let rows: [(day: Int, number: String, tally: Tally)] = try database.all(
      """
      SELECT min(day), number_id, sum(calls), sum(answered), sum(answered_seconds) FROM daily_usage
      WHERE day >= ? AND day < ? GROUP BY number_id
      """, days.lowerBound, days.upperBound
    ) { row in
      // The archive does not say which calls were never reported; they count as not answered.
      let (calls, answered, seconds) = ((row[2] as Int).counted, (row[3] as Int).counted, (row[4] as Int).counted)
      let tally = Tally(granted: calls, reported: calls, answered: answered, timed: answered, seconds: seconds)
      return (row[0], row[1], tally)
    }
    for row in rows {
      let name = try name(ofGroup: row.number, &names)
      tallies[name, default: Tally()] += row.tally
    }
    return rows.map(\.day).min()
  }
}

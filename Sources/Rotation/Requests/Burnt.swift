internal import SQLite

/// Which numbers are likely to be burnt: marked as spam, or blocked by networks.
package struct BurntReport: Sendable {
  package enum Verdict: String, Sendable {
    case burnt
    case notBurnt = "not_burnt"
    case tooFewCalls = "too_few_calls"
  }

  /// What gives a burnt number away.
  package enum Sign: String, CaseIterable, Sendable {
    /// Fewer calls are answered than expected.
    case answers
    /// More of the answered calls are short.
    case short
    /// The network blocks more calls.
    case blocked
  }

  /// What happened to some calls, and what would have if the number were like the others.
  package struct Figures: Equatable, Sendable {
    /// Calls that could be compared with those of others.
    package internal(set) var calls = 0
    package internal(set) var answered = 0
    /// Answered calls whose duration is known, and how many of them were short.
    package internal(set) var timed = 0
    package internal(set) var short = 0
    package internal(set) var blocked = 0
    package internal(set) var expectedAnswered = 0.0
    package internal(set) var expectedShort = 0.0
    package internal(set) var expectedBlocked = 0.0

    /// In percent; nil if there are no calls to compute it from.
    package var rate: Int? { Tally.percent(answered, of: calls) }
    package var expectedRate: Int? { calls == 0 ? nil : Int((expectedAnswered * 100 / Double(calls)).rounded()) }
    package var shortShare: Int? { Tally.percent(short, of: timed) }
    package var expectedShortShare: Int? { timed == 0 ? nil : Int((expectedShort * 100 / Double(timed)).rounded()) }
  }

  package struct Row: Sendable {
    package let number: Number
    package internal(set) var verdict = Verdict.tooFewCalls
    /// What gives it away the most; nil for a number that is not burnt.
    package internal(set) var sign: Sign?
    /// Calls with a reported outcome, those among them that could not be compared.
    package internal(set) var reported = 0
    package internal(set) var figures = Figures()
    /// How sure it is that the number differs from the others, from 0 to 1, with all numbers that were looked at taken
    /// into account.
    package internal(set) var sureness = 0.0
    /// When it began; nil: with its first call of the period or before, or the number is not burnt.
    package internal(set) var since: Int?
    /// Of the calls since it began.
    package internal(set) var figuresSince = Figures()

    init(number: Number) { self.number = number }
  }

  /// The surest first, then those with the most calls.
  package internal(set) var rows: [Row] = []
  /// Numbers in use that were called with.
  package internal(set) var numbers = 0
  /// Those among them that cannot be judged.
  package var tooFewCalls: Int { numbers - rows.count { $0.verdict != .tooFewCalls } }
  /// If the request log has been pruned within the time asked for, the moment from which it was read.
  package fileprivate(set) var logSince: Int?
}

extension Store {
  /// Compares the outcomes of each number with those of the others since a moment.
  ///
  /// The log is read twice in parts, each in a transaction of its own. With a million calls of 5,000 numbers it takes some
  /// four seconds. It takes some fifty bytes for each number that was called with, and twenty more for each clock hour of
  /// those that can be judged, of each campaign.
  ///
  /// - Parameters:
  ///   - pool: judge the numbers of this pool only.
  ///   - isForAll: whether those are listed, too, that have too few calls to be judged.
  ///   - progress: called with the part that is done, in percent.
  /// - Throws: `unknown` for a pool that there is not.
  package func burnt(
    since: Int, pool: String? = nil, listingAll isForAll: Bool = false, progress: (Int) -> Void = { _ in }
  ) throws(StoreError) -> BurntReport {
    var logSince: Int?
    let (begin, end) = try read { snapshot in
      if let pool, try snapshot.pool(named: pool) == nil {
        throw StoreError(.unknown, "there is no pool \(pool)", hint: "List the numbers with: callerid-admin list")
      }
      if let log = try snapshot.prunedLog(), log.oldest > since { logSince = log.oldest }
      return try (snapshot.firstRequest(since: since), snapshot.endOfLog())
    }
    var calls: [Int: Int] = [:]
    try readLog(
      from: begin, to: end, progress: { progress($0 / 2) },
      { snapshot, requests in
        try snapshot.database.each(Snapshot.reportedCallsSQL, requests.lowerBound, requests.upperBound, since) {
          calls[$0[0], default: 0] += ($0[1] as Int).counted
        }
      })
    var (pools, judged, tooFew) = ([Int: Int](), [Number](), 0)
    for part in calls.keys.sorted().chunks(of: 5000) {
      try read { snapshot in
        for id in part {
          guard let number = try snapshot.number(id: id),
            pool.map({ number.pool.name.isSameName(as: $0) }) ?? true
          else { continue }
          pools[id] = number.pool.id
          guard number.state == .enabled else { continue }
          if calls[id] ?? 0 < BurntReport.fewestCalls { tooFew += 1 }
          if isForAll || calls[id] ?? 0 >= BurntReport.fewestCalls { judged.append(number) }
        }
      }
    }
    var cells = OutcomeCells(pools: pools, keeping: judged.map(\.id), calendar: settings.calendar)
    try readLog(
      from: begin, to: end, progress: { progress(50 + $0 / 2) }, { try $0.add($1, since: since, to: &cells) })
    var report = BurntReport(judging: judged, by: cells)
    report.numbers = isForAll ? judged.count : judged.count + tooFew
    report.logSince = logSince
    return report
  }
}

extension [Int] {
  fileprivate func chunks(of count: Int) -> [ArraySlice<Int>] {
    stride(from: 0, to: self.count, by: count).map { self[$0..<Swift.min($0 + count, self.count)] }
  }
}

extension Snapshot {
  /// Adds some requests of the log, those at or after `moment`.
  fileprivate func add(_ requests: Range<Int>, since moment: Int, to cells: inout OutcomeCells) throws {
    let shortSeconds = settings.rest.shortSeconds
    try database.each(Self.reportedSQL, requests.lowerBound, requests.upperBound, moment) { row in
      let isAnswered: Bool = row[3]
      let seconds: Int? = isAnswered ? row[4] : nil
      let counts = OutcomeCounts(
        calls: 1, answered: isAnswered ? 1 : 0, timed: seconds == nil ? 0 : 1,
        short: seconds.map { $0 < shortSeconds ? 1 : 0 } ?? 0, blocked: row[5] ? 1 : 0)
      cells.count(counts, number: row[0], campaign: row[1], at: (row[2] as Int).counted)
    }
  }

  static let reportedCallsSQL: StaticString = """
    SELECT number_id, count(*) FROM request
    WHERE id >= ?1 AND id < ?2 AND at >= ?3 AND status = 'OK' AND dial_status IS NOT NULL AND number_id IS NOT NULL
    GROUP BY number_id
    """

  static let reportedSQL: StaticString = """
    SELECT number_id, coalesce(campaign_id, 0), at, dial_status = 'ANSWER', answered_seconds, coalesce(blocked, 0)
    FROM request WHERE id >= ?1 AND id < ?2 AND at >= ?3 AND status = 'OK' AND dial_status IS NOT NULL
    """
}

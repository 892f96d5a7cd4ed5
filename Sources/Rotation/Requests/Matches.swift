internal import SQLite

/// How well the numbers that calls got suited them, for each campaign and each area code that was dialled.
package struct MatchesReport: Sendable {
  package struct Row: Sendable {
    /// Nil: none is known.
    package let campaign: String?
    package let areaCode: String?
    fileprivate var granted: [Match: Int] = [:]
    /// Requests that got no number.
    package fileprivate(set) var refused = 0

    fileprivate init(campaign: String?, areaCode: String?) {
      self.campaign = campaign
      self.areaCode = areaCode
    }

    /// Requests that got a number with this match.
    package func granted(_ match: Match) -> Int { granted[match] ?? 0 }

    package var requests: Int { granted.values.reduce(refused, +) }

    /// In percent: requests that got a number of the area code. A number that a destination had before counts for what it
    /// was then, which the log does not say: it is left out.
    package var areaShare: Int? {
      Tally.percent(granted(.area), of: requests - granted(.sticky))
    }

    /// Requests for which there was no number of the area code.
    fileprivate var lacking: Int { requests - granted(.area) - granted(.sticky) }
  }

  /// Those that lacked a number of the area code most often first.
  package fileprivate(set) var rows: [Row] = []
  /// If the request log has been pruned within the time asked for, the moment from which it was read.
  package fileprivate(set) var logSince: Int?
}

extension Store {
  /// How well numbers suited calls since a moment.
  ///
  /// - Parameter progress: called with the part that is done, in percent.
  package func matches(since: Int, progress: (Int) -> Void = { _ in }) throws(StoreError) -> MatchesReport {
    var report = MatchesReport()
    var counts = MatchCounts()
    let (begin, end) = try read { snapshot in
      if let log = try snapshot.prunedLog(), log.oldest > since { report.logSince = log.oldest }
      return try (snapshot.firstRequest(since: since), snapshot.endOfLog())
    }
    try readLog(from: begin, to: end, progress: progress) { try counts.add($1, since: since, of: $0) }
    report.rows = counts.rows.values.sorted { one, other in
      if one.lacking != other.lacking { return one.lacking > other.lacking }
      if one.requests != other.requests { return one.requests > other.requests }
      return (one.campaign ?? "", one.areaCode ?? "") < (other.campaign ?? "", other.areaCode ?? "")
    }
    return report
  }
}

/// What is counted while the log is read.
struct MatchCounts {
  fileprivate struct Key: Hashable {
    let campaign: String?
    let areaCode: String?
  }

  fileprivate var rows: [Key: MatchesReport.Row] = [:]
  private var campaigns = GroupNames(.campaign)
  private var areaCodes = GroupNames(.area)

  /// What was refused has no area code, but a destination.
  static let sql: StaticString = """
    SELECT campaign_id, coalesce(area_code, '>' || destination) AS area, status = 'OK' AS granted, match, count(*)
    FROM request WHERE id >= ?1 AND id < ?2 AND at >= ?3 AND status <> 'KEPT' GROUP BY campaign_id, area, granted, match
    """

  fileprivate mutating func add(_ requests: Range<Int>, since moment: Int, of snapshot: Snapshot) throws {
    let found: [(campaign: String?, area: String?, isGranted: Bool, match: String?, count: Int)] =
      try snapshot.database.all(Self.sql, requests.lowerBound, requests.upperBound, moment) {
        ($0[0], $0[1], ($0[2] as Int) == 1, $0[3], $0[4])
      }
    for part in found {
      let key = Key(
        campaign: try snapshot.name(ofGroup: part.campaign, &campaigns),
        areaCode: try snapshot.name(ofGroup: part.area, &areaCodes))
      var row = rows[key] ?? MatchesReport.Row(campaign: key.campaign, areaCode: key.areaCode)
      if part.isGranted, let match = part.match.flatMap(Match.init(rawValue:)) {
        row.granted[match, default: 0] += part.count
      } else {
        row.refused += part.count
      }
      rows[key] = row
    }
  }
}

import Output
import Rotation

/// The report of `stats --by`.
extension Stats {
  /// The most groups that people are shown. Programs get all of them.
  private static let shownGroups = 50
  private static let barWidth = 24

  func report(by grouping: Grouping, on store: Store) throws {
    let report = try store.outcomes(by: grouping, since: start(in: store), progress: Self.progress)
    let isForPeople = show(report.groups, Fields.outcomes(by: grouping)) { columns(grouping, of: $0) }
    if isForPeople, let logSince = report.logSince {
      note(logSince, report.archiveSince, grouping, in: store.settings.calendar)
    }
  }

  func reportMatches(on store: Store) throws {
    let report = try store.matches(since: start(in: store), progress: Self.progress)
    let isForPeople = show(report.rows, Fields.matches) { _ in columns(ofMatchesIn: report) }
    if isForPeople, let logSince = report.logSince {
      let log = Time.local(logSince, in: store.settings.calendar)
      Terminal.note("the request log goes back to \(log) only (see the setting retention_days)")
    }
  }

  private func start(in store: Store) throws -> Int { try (since ?? .today).past(at: store.moment) }

  private static func progress(_ percent: Int) { Terminal.progress("reading the request log: \(percent) %") }

  /// - Returns: whether people read it, who are shown the first rows only.
  private func show<Row>(_ all: [Row], _ fields: [Field<Row>], columns: ([Row]) -> [Column<Row>]) -> Bool {
    Terminal.endProgress()
    let isForPeople = !format.json && !format.csv
    let rows = isForPeople ? Array(all.prefix(Self.shownGroups)) : all
    Report(rows: rows, fields: fields, columns: columns(rows)).print(as: format)
    if all.count > rows.count { Terminal.print("and \(all.count - rows.count) more (--csv lists all of them)") }
    return isForPeople
  }

  private func columns(ofMatchesIn report: MatchesReport) -> [Column<MatchesReport.Row>] {
    typealias MatchColumn = Column<MatchesReport.Row>
    let kinds = Match.allCases.filter { match in match == .area || report.rows.contains { $0.granted(match) > 0 } }
    return [
      MatchColumn("CAMPAIGN") { $0.campaign ?? "none" }, MatchColumn("AREA CODE") { $0.areaCode ?? "none" },
      MatchColumn("REQUESTS", isNumber: true) { "\($0.requests)" },
    ]
      + kinds.map { match in MatchColumn(match.rawValue.uppercased(), isNumber: true) { "\($0.granted(match))" } }
      + [
        MatchColumn("REFUSED", isNumber: true) { "\($0.refused)" },
        MatchColumn("IN AREA", isNumber: true) { $0.areaShare.map { "\($0) %" } ?? "" },
      ]
  }

  private func columns(
    _ grouping: Grouping, of rows: [OutcomesReport.Group]
  ) -> [Column<OutcomesReport.Group>] {
    typealias GroupColumn = Column<OutcomesReport.Group>
    func percent(_ value: Int?) -> String { value.map { "\($0) %" } ?? "" }
    let chart = Chart.forOutput
    let most = rows.map(\.tally.granted).max() ?? 0
    let name = GroupColumn(grouping.title) { group in
      guard grouping == .region, let region = group.name.flatMap(Region.init(named:)) else {
        return group.name ?? (grouping == .number ? "(removed)" : "none")
      }
      return "\(region.code) \(region.name)"
    }
    let refused = GroupColumn("REFUSED", isNumber: true) { "\($0.tally.refused)" }
    let bar = GroupColumn("") { chart.bar($0.tally.granted, most: most, width: Self.barWidth) }
    return [name, GroupColumn("GRANTED", isNumber: true) { "\($0.tally.granted)" }]
      + (grouping.isOfNumber ? [] : [refused])
      + [
        GroupColumn("ANSWERED", isNumber: true) { "\($0.tally.answered)" },
        GroupColumn("RATE", isNumber: true) { percent($0.tally.answerRate) },
        GroupColumn("SECONDS", isNumber: true) { $0.tally.averageSeconds.map(String.init) ?? "" },
        GroupColumn("SHORT", isNumber: true) { percent($0.tally.shortShare) },
        GroupColumn("BLOCKED", isNumber: true) { $0.tally.blocked == 0 ? "" : "\($0.tally.blocked)" },
      ] + (chart.hasBlocks ? [bar] : [])
  }

  /// Says what the report does not know because the request log has been pruned.
  private func note(_ logSince: Int, _ archiveSince: Int?, _ grouping: Grouping, in calendar: Rotation.Calendar) {
    let log = Time.local(logSince, in: calendar)
    if let archiveSince {
      let days = Time.local(archiveSince, in: calendar).prefix(10)
      Terminal.note(
        "from \(days) until \(log) the report uses the daily totals that were kept when the request log was pruned. "
          + "In them, calls without a reported outcome count as not answered, and short calls are not known")
    } else {
      let kept = grouping.isOfNumber ? "" : ". Older totals are kept by number, pool and carrier only"
      Terminal.note("the request log goes back to \(log) only (see the setting retention_days)\(kept)")
    }
  }
}

extension Grouping {
  fileprivate var title: String {
    switch self {
    case .number: "CALLER ID"
    case .area: "AREA CODE"
    default: rawValue.uppercased()
    }
  }
}

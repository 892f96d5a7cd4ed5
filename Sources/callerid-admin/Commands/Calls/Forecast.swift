import ArgumentParser
import Output
import Rotation

struct Forecast: StoreCommand {
  static let configuration = CommandConfiguration(
    abstract: "Show how many more numbers to buy for each area code.",
    discussion: """
      It looks at the requests of a period, and tells for each pool and area code how many more numbers would have been \
      needed so that the busiest day and the busiest hour had fitted into the limits. With an area code, it shows how that \
      is computed.
        callerid-admin forecast
        callerid-admin forecast 214 --since 14d
        callerid-admin forecast --match region --csv

      A request counts for the pool of the number of its area code that it got, or else for the first of its campaign's \
      pools. With --match region, numbers of the same state or province are as good as those of the area code.

      The columns are:
        ASKED      requests
        IN AREA    those that got a number of the area code; then of the same region, of elsewhere, and none
        NUMBERS    numbers of the pool in use that serve it, and how many of them are FREE
        DAY, HOUR  requests of the busiest day and hour
        DRY AT     when no number is left today at the rate of the last hour
        BUY        numbers to buy
      """)

  @ParentCommand var root: CalleridAdmin
  @OptionGroup var storeOptions: StoreOptions
  @Argument(help: "Show how it is computed for this area code, or with --match region for this region.")
  var area: String?
  @Option(
    help: ArgumentHelp("Look at the requests since then: \(TimePoint.pastHelp). (default: 7d)", valueName: "time"))
  var since: TimePoint?
  @Option(help: "What numbers are to match: area or region.") var match = ForecastReport.Place.area
  @OptionGroup var format: RowFormat

  /// The most rows that people are shown. Programs get all of them.
  private static let shown = 50

  func run(on store: Store) throws {
    let start = try (since ?? .aWeekAgo).past(at: store.moment)
    let report = try store.forecast(since: start, by: match) { Terminal.progress("reading the request log: \($0) %") }
    Terminal.endProgress()
    let rows = area.map(report.rows(of:)) ?? report.rows
    let isForPeople = !format.json && !format.csv
    let calendar = store.settings.calendar
    if !isForPeople {
      return Report(rows: rows, fields: Fields.forecast(by: match), columns: []).print(as: format)
    }
    if let area {
      guard !rows.isEmpty else {
        throw StoreError(
          .refused, "nobody has called \(area) since \(Time.local(start, in: calendar))",
          hint: "List all with: callerid-admin forecast")
      }
      print(rows, calendar)
    } else {
      show(report, calendar)
    }
    if let logSince = report.logSince {
      let log = Time.local(logSince, in: calendar)
      Terminal.note("the request log goes back to \(log) only (see the setting retention_days)")
    }
  }

  private func print(_ rows: [ForecastReport.Row], _ calendar: Rotation.Calendar) {
    for (index, row) in rows.enumerated() {
      if index > 0 { Terminal.print("") }
      Terminal.print("\(row.place) from pool \(row.pool)")
      Terminal.print(row.sentences(in: calendar).map { "  " + $0 })
    }
  }

  private func show(_ report: ForecastReport, _ calendar: Rotation.Calendar) {
    let shown = report.rows.prefix(Self.shown)
    if !shown.isEmpty {
      Report(rows: Array(shown), fields: [], columns: columns(calendar)).print(as: format)
      if report.rows.count > shown.count {
        Terminal.print("and \(report.rows.count - shown.count) more (--csv lists all of them)")
      }
    }
    let places = report.rows.count { $0.toBuy > 0 }
    Terminal.print("\(report.toBuy.counting("number")) to buy, for \(places) of \(report.rows.count)")
    if report.rows.isEmpty { Terminal.note("there were no requests in this time. Give an earlier one with --since") }
    if report.withoutArea > 0 {
      Terminal.note("\(report.withoutArea.counting("request")) had no area code that is known, and are left out")
    }
  }

  private func columns(_ calendar: Rotation.Calendar) -> [Column<ForecastReport.Row>] {
    typealias ForecastColumn = Column<ForecastReport.Row>
    func number(_ title: String, _ value: @escaping (ForecastReport.Row) -> Int) -> ForecastColumn {
      ForecastColumn(title, isNumber: true) { "\(value($0))" }
    }
    return [
      ForecastColumn("POOL") { $0.pool },
      ForecastColumn(match == .area ? "AREA CODE" : "REGION") { $0.place },
      number("ASKED") { $0.demand.asked }, number("IN AREA") { $0.demand.area }, number("REGION") { $0.demand.region },
      number("ELSEWHERE") { $0.demand.elsewhere }, number("REFUSED") { $0.demand.refused },
      number("NUMBERS") { $0.supply.numbers }, number("FREE") { $0.supply.free },
      number("DAY") { $0.demand.busiestDay.calls }, number("HOUR") { $0.demand.busiestHour.calls },
      ForecastColumn("DRY AT") {
        $0.dryAt.map { String(Time.local($0, in: calendar).dropFirst(11).dropLast(3)) } ?? ""
      },
      number("BUY") { $0.toBuy },
    ]
  }
}

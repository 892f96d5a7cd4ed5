import ArgumentParser
import Output
import Rotation

struct Burnt: StoreCommand {
  static let configuration = CommandConfiguration(
    abstract: "Show which numbers are likely to be burnt: marked as spam, or blocked by networks.",
    discussion: """
      It compares each number with the other numbers' calls of the same pool and campaign in the same hour, and shows \
      those whose calls are answered less, are short more often, or are blocked more often than chance and honest \
      differences explain. It needs the outcomes that the dialplan reports with action=release.
        callerid-admin burnt
        callerid-admin burnt --since 14d --pool sales
        callerid-admin burnt --all --csv

      The columns are:
        CALLS     calls with a reported outcome that could be compared
        RATE      how many percent of them were answered, and EXPECTED how many of the others' were
        SINCE     when it began, as far as can be told
        THEN      as RATE and EXPECTED, since it began
        SHORT     the share of answered calls below rest_short_seconds
        BLOCKED   calls that the network blocked because of their caller-ID
        SURE      how sure it is that the number differs, with all numbers that were looked at taken into account
      A number that rests or is judged by fewer than 50 calls is marked.
      """)

  @ParentCommand var root: CalleridAdmin
  @OptionGroup var storeOptions: StoreOptions
  @Option(
    help: ArgumentHelp("Judge the calls since then: \(TimePoint.pastHelp). (default: 7d)", valueName: "time"))
  var since: TimePoint?
  @Option(help: "Judge only the numbers of this pool.") var pool: String?
  @Flag(help: "Show all numbers that were called with, not only those that are likely to be burnt.") var all = false
  @OptionGroup var format: RowFormat

  /// The most numbers that people are shown. Programs get all of them.
  private static let shown = 50

  func run(on store: Store) throws {
    let start = try (since ?? .aWeekAgo).past(at: store.moment)
    let report = try store.burnt(since: start, pool: pool, listingAll: all) {
      Terminal.progress("reading the request log: \($0) %")
    }
    Terminal.endProgress()
    let rows = all ? report.rows : report.rows.filter { $0.verdict == .burnt }
    let isForPeople = !format.json && !format.csv
    let shown = isForPeople ? Array(rows.prefix(Self.shown)) : rows
    let moment = store.moment
    if !isForPeople || !rows.isEmpty {
      Report(rows: shown, fields: Fields.burnt(at: moment.now), columns: columns(moment)).print(as: format)
    }
    guard isForPeople else { return }
    if rows.count > shown.count { Terminal.print("and \(rows.count - shown.count) more (--csv lists all of them)") }
    printSummary(of: report, shown, at: moment)
  }

  private func printSummary(of report: BurntReport, _ shown: [BurntReport.Row], at moment: Moment) {
    let commands = shown.filter { $0.number.rest(at: moment.now) == nil }.compactMap(\.command)
    if !commands.isEmpty {
      Terminal.print("")
      Terminal.print("Rest them for a week with:")
      Terminal.print(commands.map { "  " + $0 })
      Terminal.print("")
    }
    let burnt = report.rows.count { $0.verdict == .burnt }
    Terminal.print(
      "\(burnt) of \(report.numbers.counting("number")) with calls likely burnt; too few calls to tell of "
        + "\(report.tooFewCalls)")
    if report.numbers == 0 {
      Terminal.note(
        "no outcomes were reported in this time. Let the dialplan release calls with action=release and "
          + "status=${DIALSTATUS}")
    }
    if let logSince = report.logSince {
      let log = Time.local(logSince, in: moment.settings.calendar)
      Terminal.note("the request log goes back to \(log) only (see the setting retention_days)")
    }
  }

  private func columns(_ moment: Moment) -> [Column<BurntReport.Row>] {
    typealias BurntColumn = Column<BurntReport.Row>
    let calendar = moment.settings.calendar
    func percent(_ value: Int?) -> String { value.map { "\($0) %" } ?? "" }
    return [
      BurntColumn("CALLER ID") { $0.number.phone.written },
      BurntColumn("POOL") { $0.number.pool.name },
      BurntColumn("VERDICT") { $0.verdictText },
      BurntColumn("SURE", isNumber: true) { $0.verdict == .tooFewCalls ? "" : $0.surenessText },
      BurntColumn("CALLS", isNumber: true) { "\($0.figures.calls)" },
      BurntColumn("RATE", isNumber: true) { percent($0.figures.rate) },
      BurntColumn("EXPECTED", isNumber: true) { percent($0.figures.expectedRate) },
      BurntColumn("SHORT", isNumber: true) { percent($0.figures.shortShare) },
      BurntColumn("BLOCKED", isNumber: true) { $0.figures.blocked == 0 ? "" : "\($0.figures.blocked)" },
      BurntColumn("SINCE") { row in
        row.sign == nil ? "" : row.since.map { String(Time.local($0, in: calendar).dropLast(3)) } ?? "its first call"
      },
      BurntColumn("THEN", isNumber: true) { row in
        row.sign == nil
          ? "" : "\(percent(row.figuresSince.rate)) of \(percent(row.figuresSince.expectedRate))"
      },
      BurntColumn("RESTING UNTIL") { row in
        row.number.rest(at: moment.now).map { Time.local($0.until, in: calendar) } ?? ""
      },
    ]
  }
}

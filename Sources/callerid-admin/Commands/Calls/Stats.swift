import ArgumentParser
import Output
import Rotation

struct Stats: StoreCommand {
  static let configuration = CommandConfiguration(
    abstract: "Show how many numbers are available, who made how many calls, and what became of them.",
    discussion: """
      Without --by, it shows the state of the numbers and today's calls. With --by, it counts the calls of each group:
        callerid-admin stats
        callerid-admin stats --by campaign --since 7d
        callerid-admin stats --by hour --since 2026-11-01 --csv
        callerid-admin stats --by match --since 7d

      With --by match it shows how well the numbers suited the calls, for each campaign and each area code that was \
      dialled. Those come first that lacked a number of the area code most often.

      The columns of the others are:
        GRANTED   requests that got a number
        REFUSED   requests that got none (not by number, pool or carrier)
        ANSWERED  calls that were answered
        RATE      their share of the calls whose outcome was reported
        SECONDS   how long an answered call lasted on average
        SHORT     the share of answered calls below rest_short_seconds
        BLOCKED   calls that the network blocked because of their caller-ID
      The dialplan reports the outcome of a call with action=release.
      """)

  @ParentCommand var root: CalleridAdmin
  @OptionGroup var storeOptions: StoreOptions
  @Option(
    help: "Count the calls of each of these groups. Area and region are the destination's, hour is the hour of the day."
  )
  var by: StatsGrouping?
  @Option(
    help: ArgumentHelp(
      "Count the calls since then, with --by: \(TimePoint.pastHelp). (default: today)", valueName: "time"))
  var since: TimePoint?
  @OptionGroup var format: RowFormat

  func validate() throws {
    if by == nil, since != nil || format.csv {
      throw ValidationError("Give --since and --csv only together with --by.")
    }
  }

  func run(on store: Store) throws {
    switch by {
    case .calls(let grouping)?: return try report(by: grouping, on: store)
    case .match?: return try reportMatches(on: store)
    case nil: break
    }
    let statistics = try store.statistics()
    if format.json { return Terminal.print(JSON(statistics)) }
    show(statistics)
  }

  // MARK: The overview

  /// The most lines of each list that people are shown. Programs get all of them.
  private static let shown = 10

  private func show(_ statistics: Statistics) {
    var counts = [
      ("Numbers", statistics.counts.numbers), ("  available", statistics.counts.available),
      ("  reserved", statistics.counts.reserved),
      ("  at a limit", statistics.counts.atLimit), ("  resting", statistics.counts.resting),
      ("  disabled", statistics.counts.disabled),
      ("Requests today", statistics.requests), ("  granted", statistics.granted), ("  refused", statistics.refused),
    ]
    if statistics.kept > 0 { counts.append(("  kept", statistics.kept)) }
    let width = counts.map { String($0.1).count }.max() ?? 0
    for (title, count) in counts {
      let digits = String(count)
      let space = String(repeating: " ", count: 16 - title.count + width - digits.count)
      Terminal.print(title + space + digits)
    }
    let chart = Chart.forOutput
    if chart.hasBlocks, let most = statistics.hours.max(), most > 0 {
      Terminal.print("  by hour       " + chart.sparkline(statistics.hours) + "  \(most) at most")
    }
    show(statistics.campaigns, title: "CAMPAIGN")
    show(statistics.agents, title: "AGENT")
    show(statistics.usedNumbers, title: "CALLER ID")
    if statistics.counts.numbers == 0 {
      Terminal.note("there are no numbers yet. Import some with: callerid-admin import FILE")
    } else if statistics.counts.available == 0 {
      Terminal.note(
        "no number is available, so calls keep the caller-ID that they have. See why: "
          + "callerid-admin explain --to NUMBER"
      )
    }
    for warning in statistics.warnings { Terminal.note(warning) }
  }

  private func show(_ lines: [Statistics.Line], title: String) {
    guard !lines.isEmpty else { return }
    Terminal.print("")
    Terminal.print(
      Table(
        titles: [title, "TODAY", "THIS HOUR"], isNumber: [false, true, true],
        rows: lines.prefix(Self.shown).map { [$0.name, "\($0.usedToday)", "\($0.usedThisHour)"] }))
    if lines.count > Self.shown { Terminal.print("and \(lines.count - Self.shown) more (--json lists all of them)") }
  }
}

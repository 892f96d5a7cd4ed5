import ArgumentParser
import Rotation

struct Stats: StoreCommand {
  static let configuration = CommandConfiguration(
    abstract: "Show how many numbers are free, who called how much, and what became of the calls.",
    discussion: """
        callerid-admin stats
        callerid-admin stats --by campaign --since 7d
        callerid-admin stats --by hour --since 2026-11-01 --csv

      Without --by: the state of the numbers, and today's calls. With --by, for each group:
        GRANTED, REFUSED   requests that got a number, and that did not (numbers are not refused)
        ANSWERED, RATE     calls answered, and their share of the calls whose outcome the dialplan reported
        SECONDS            how long an answered call was on average
        SHORT              the share of answered calls that were shorter than the setting rest_short_seconds
      Area and region are the destination's. Outcomes are those that action=release reports.
      """)

  @ParentCommand var root: CalleridAdmin
  @OptionGroup var storeOptions: StoreOptions
  @Option(help: "What to count calls by: number, pool, carrier, area, region, campaign, agent or hour (of the day).")
  var by: Grouping?
  @Option(help: ArgumentHelp("With --by: \(Since.help). (default: today)", valueName: "time")) var since: Since?
  @OptionGroup var format: RowFormat

  func validate() throws {
    if by == nil, since != nil || format.csv { throw ValidationError("--since and --csv go with --by.") }
  }

  func run(on store: Store) throws {
    if let by { return try report(by: by, on: store) }
    let statistics = try store.statistics()
    if format.json { return JSON(statistics).print() }
    show(statistics)
  }

  // MARK: The overview

  /// Lines of each list for people; programs get all.
  private static let shown = 10

  private func show(_ statistics: Statistics) {
    var counts = [
      ("Numbers", statistics.numbers), ("  available", statistics.available), ("  reserved", statistics.reserved),
      ("  at a limit", statistics.atLimit), ("  resting", statistics.resting), ("  disabled", statistics.disabled),
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
    if statistics.numbers == 0 {
      Terminal.note("there are no numbers yet: callerid-admin import FILE")
    } else if statistics.available == 0 {
      Terminal.note("no number is available: calls go on with the caller-ID they had")
    }
    for warning in statistics.warnings { Terminal.note(warning) }
  }

  private func show(_ lines: [Statistics.Line], title: String) {
    guard !lines.isEmpty else { return }
    Terminal.print("")
    Table(
      titles: [title, "TODAY", "THIS HOUR"], isNumber: [false, true, true],
      rows: lines.prefix(Self.shown).map { [$0.name, "\($0.usedToday)", "\($0.usedThisHour)"] }
    ).print()
    if lines.count > Self.shown { Terminal.print("and \(lines.count - Self.shown) more (--json lists all)") }
  }
}

extension Grouping: ExpressibleByArgument {}

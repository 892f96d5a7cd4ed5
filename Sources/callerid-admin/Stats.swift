import ArgumentParser
import Rotation

struct Stats: StoreCommand {
  static let configuration = CommandConfiguration(
    abstract: "Show how many numbers are free, and who called how much today.",
    discussion: "  callerid-admin stats")

  @ParentCommand var root: CalleridAdmin
  @OptionGroup var storeOptions: StoreOptions
  @OptionGroup var format: ObjectFormat

  /// Lines of each list for people; programs get all.
  private static let shown = 10

  func run(on store: Store) throws {
    let statistics = try store.statistics()
    if format.json { return try JSON.print(StatisticsObject(statistics)) }
    Terminal.print("Numbers    \(statistics.numbers)")
    Terminal.print("  available  \(statistics.available)")
    Terminal.print("  reserved   \(statistics.reserved)")
    Terminal.print("  at limit   \(statistics.atLimit)")
    Terminal.print("  resting    \(statistics.resting)")
    Terminal.print("  disabled   \(statistics.disabled)")
    Terminal.print("Requests today  \(statistics.requests)")
    Terminal.print("  granted    \(statistics.granted)")
    Terminal.print("  refused    \(statistics.refused)")
    print(statistics.campaigns, title: "CAMPAIGN")
    print(statistics.agents, title: "AGENT")
    print(statistics.usedNumbers, title: "CALLER ID")
    if statistics.numbers == 0 {
      Terminal.note("there are no numbers yet: callerid-admin import FILE")
    } else if statistics.available == 0 {
      Terminal.note("no number is available: calls go on with the caller-ID they had")
    }
  }

  private func print(_ lines: [Statistics.Line], title: String) {
    guard !lines.isEmpty else { return }
    Terminal.print("")
    Table(
      titles: [title, "TODAY", "THIS HOUR"], rightAligned: [false, true, true],
      rows: lines.prefix(Self.shown).map { [$0.name, "\($0.usedToday)", "\($0.usedThisHour)"] }
    ).print()
    if lines.count > Self.shown { Terminal.print("and \(lines.count - Self.shown) more (--json lists all)") }
  }
}

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
    if format.json { return JSON(statistics).print() }
    let counts = [
      ("Numbers", statistics.numbers), ("  available", statistics.available), ("  reserved", statistics.reserved),
      ("  at a limit", statistics.atLimit), ("  resting", statistics.resting), ("  disabled", statistics.disabled),
      ("Requests today", statistics.requests), ("  granted", statistics.granted), ("  refused", statistics.refused),
    ]
    let width = counts.map { String($0.1).count }.max() ?? 0
    for (title, count) in counts {
      let digits = String(count)
      let space = String(repeating: " ", count: 16 - title.count + width - digits.count)
      Terminal.print(title + space + digits)
    }
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
      titles: [title, "TODAY", "THIS HOUR"], isNumber: [false, true, true],
      rows: lines.prefix(Self.shown).map { [$0.name, "\($0.usedToday)", "\($0.usedThisHour)"] }
    ).print()
    if lines.count > Self.shown { Terminal.print("and \(lines.count - Self.shown) more (--json lists all)") }
  }
}

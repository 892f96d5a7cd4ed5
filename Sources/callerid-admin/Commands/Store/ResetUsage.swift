import ArgumentParser
import Output
import Rotation

struct ResetUsage: StoreCommand {
  static let configuration = CommandConfiguration(
    abstract: "Clear usage counters. With the daily counters, archive finished days and prune the request log.",
    discussion: """
      Without --hourly and --daily, it clears both. Limits do not depend on this command, because a counter knows the \
      hour or day that it counts. Run by hand, it makes numbers that are at a limit available again; on a terminal it \
      says how many calls would not count any more, and asks. In a script nothing is asked. Cron runs it with --past, \
      which leaves the current hour and day alone and never asks:
        callerid-admin reset-usage --daily --past
      """)

  @ParentCommand var root: CalleridAdmin
  @OptionGroup var storeOptions: StoreOptions
  @Flag(help: "Clear the hourly counters.") var hourly = false
  @Flag(help: "Clear the daily counters.") var daily = false
  @Flag(help: "Clear only counters of past hours and days.") var past = false
  @Flag(help: "Show what would be done, but change nothing.") var dryRun = false
  @OptionGroup var confirmation: Confirmation
  @OptionGroup var format: ObjectFormat

  func run(on store: Store) throws {
    let both = hourly == daily
    if !past, !dryRun {
      try confirmation.ask {
        let usage = try store.usageNow()
        return "\(usage.numbers.counting("number")) carried \(usage.callsToday.counting("call")) today, "
          + "\(usage.callsThisHour) of them in this hour: clear "
          + (both ? "these counts?" : hourly ? "the counts of the hour?" : "the counts of the day?")
      }
    }
    let report = try store.resetUsage(
      .init(hourly: hourly || both, daily: daily || both, pastOnly: past), dryRun: dryRun)
    if format.json { return Terminal.print(JSON(report, dryRun: dryRun)) }
    Terminal.print((dryRun ? "Would clear" : "Cleared") + " the usage of \(report.cleared)")
    if daily || both {
      Terminal.print(
        dryRun
          ? "Would archive \(report.archived) and prune \(report.pruned)"
          : "Archived \(report.archived) and pruned \(report.pruned)")
    }
  }
}

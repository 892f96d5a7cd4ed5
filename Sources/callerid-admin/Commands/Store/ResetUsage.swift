import ArgumentParser
import Rotation

struct ResetUsage: StoreCommand {
  static let configuration = CommandConfiguration(
    abstract: "Clear usage counters; with the daily ones, archive finished days and prune the request log.",
    discussion: """
      Without --hourly or --daily, both. Counters know the hour or day they count, so limits do not need this; by hand it
      frees numbers that are at a limit now. Cron uses --past, which leaves the hour and day under way alone:
        callerid-admin reset-usage --daily --past
      """)

  @ParentCommand var root: CalleridAdmin
  @OptionGroup var storeOptions: StoreOptions
  @Flag(help: "Clear the hourly counters.") var hourly = false
  @Flag(help: "Clear the daily counters.") var daily = false
  @Flag(help: "Clear only counters of hours and days that are over.") var past = false
  @Flag(help: "Show what would be done, and do nothing.") var dryRun = false
  @OptionGroup var format: ObjectFormat

  func run(on store: Store) throws {
    let both = hourly == daily
    let report = try store.resetUsage(
      .init(hourly: hourly || both, daily: daily || both, pastOnly: past), dryRun: dryRun)
    if format.json { return JSON(report, dryRun: dryRun).print() }
    Terminal.print(
      (dryRun ? "Would clear" : "Cleared")
        + " the usage of \(report.numbers) numbers, \(report.campaigns) campaigns and \(report.agents) agents")
    if daily || both {
      Terminal.print(
        (dryRun ? "Would archive" : "Archived") + " \(report.archivedDays) days, "
          + (dryRun ? "prune" : "pruned") + " \(report.prunedRequests) requests")
    }
  }
}

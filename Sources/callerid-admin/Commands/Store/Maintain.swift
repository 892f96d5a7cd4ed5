import ArgumentParser
import Rotation

struct Maintain: StoreCommand {
  static let configuration = CommandConfiguration(
    abstract: "Do the nightly work: clear, archive, prune, mend, back up.",
    discussion: """
      It clears the counters of hours and days that are over, archives finished days, prunes the request log after
      retention_days, makes sure that every number stands where calls look for it, empties SQLite's log, and makes a
      backup, which checks every page of the store. It is safe at any time, and calls go on. Where another one is at work,
      it says so and exits 0.
        callerid-admin maintain
        callerid-admin maintain --backup-folder /mnt/backups --keep 30
      """)

  @ParentCommand var root: CalleridAdmin
  @OptionGroup var storeOptions: StoreOptions
  @Option(help: ArgumentHelp("Where backups go. (default: backups, beside the store)", valueName: "folder"))
  var backupFolder: String?
  @Option(help: ArgumentHelp("How many backups to keep.", valueName: "count")) var keep = 7
  @Flag(help: "Make no backup.") var noBackup = false
  @OptionGroup var format: ObjectFormat

  func validate() throws {
    if keep < 1 { throw ValidationError("--keep is 1 or more.") }
    if noBackup, backupFolder != nil { throw ValidationError("Choose one of --backup-folder and --no-backup.") }
  }

  func run(on store: Store) throws {
    guard let place = try MaintenancePlace(ofStore: storePath) else {
      return Terminal.note("another maintain or restore is at work; nothing was done")
    }
    defer { withExtendedLifetime(place) {} }
    Interruption.prepare()
    defer { Terminal.endProgress() }
    let report = try store.maintain(
      backupFolder: noBackup ? nil : backupFolder ?? Store.backupFolder(ofStore: storePath), keep: keep,
      progress: Interruption.progress)
    Terminal.endProgress()
    if format.json { return JSON(report).print() }
    let usage = report.usage
    Terminal.print(
      "Cleared the usage of \(usage.numbers) numbers, \(usage.campaigns) campaigns and \(usage.agents) agents; archived "
        + "\(usage.archivedDays) days, pruned \(usage.prunedRequests) requests")
    let lanes = report.lanes
    Terminal.print(
      lanes.isRight
        ? "Every number stands where calls look for it"
        : "Mended the places of \(lanes.missing) numbers, \(lanes.stray) stray entries and \(lanes.miscounted) pools")
    if let backup = report.backup {
      Terminal.print("Backup \(backup.summary)")
    } else {
      Terminal.print("Every page of the store is whole")
    }
  }
}

extension JSON {
  /// `maintain`.
  fileprivate init(_ report: MaintenanceReport) {
    self = .object([
      ("usage", JSON(report.usage, dryRun: false)),
      (
        "lanes",
        .object([
          ("missing", .number(report.lanes.missing)), ("stray", .number(report.lanes.stray)),
          ("miscounted", .number(report.lanes.miscounted)),
        ])
      ),
      ("backup", report.backup.map { JSON($0) } ?? .null),
    ])
  }
}

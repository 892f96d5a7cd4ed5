import ArgumentParser
import Output
import Rotation

struct Maintain: StoreCommand {
  static let configuration = CommandConfiguration(
    abstract: "Do the nightly maintenance: clear, archive, prune, repair and back up.",
    discussion: """
      It clears the usage counters of past hours and days, archives finished days, deletes requests that are older \
      than the setting retention_days, repairs the index by which calls find numbers, empties SQLite's write-ahead \
      log, and makes a backup, for which every page of the store is checked. It can run at any time, and calls go on. \
      If another maintain is running, it says so and exits with 0.
        callerid-admin maintain
        callerid-admin maintain --backup-folder /mnt/backups --keep 30
      """)

  @ParentCommand var root: CalleridAdmin
  @OptionGroup var storeOptions: StoreOptions
  @OptionGroup var backups: BackupFolderOption
  @Option(help: ArgumentHelp("How many backups to keep in the folder.", valueName: "count")) var keep = 7
  @Flag(help: "Make no backup, but check every page of the store.") var noBackup = false
  @OptionGroup var format: ObjectFormat

  func validate() throws {
    if keep < 1 { throw ValidationError("--keep must be 1 or more.") }
    if noBackup, backups.backupFolder != nil {
      throw ValidationError("Choose one of --backup-folder and --no-backup.")
    }
  }

  func run(on store: Store) throws {
    guard let lock = try MaintenanceLock(ofStore: storePath) else {
      return Terminal.note("another maintain or restore is running, so nothing was done")
    }
    defer { withExtendedLifetime(lock) {} }
    let report = try Interruption.withProgress {
      try store.maintain(
        backupFolder: noBackup ? nil : backups.folder(ofStore: storePath), keep: keep, progress: $0)
    }
    if format.json { return Terminal.print(JSON(report)) }
    Terminal.print(
      "Cleared the usage of \(report.usage.cleared), archived \(report.usage.archived), and pruned "
        + report.usage.pruned)
    let lanes = report.lanes
    Terminal.print(
      lanes.isRight ? "The index of numbers is correct" : "Repaired the index of numbers: \(lanes.summary)")
    if let backup = report.backup {
      Terminal.print("Backup \(backup.summary)")
    } else {
      Terminal.print("Every page of the store was checked and is intact")
    }
  }
}

import ArgumentParser
import Output
import Rotation

struct Backup: StoreCommand {
  static let configuration = CommandConfiguration(
    abstract: "Copy the store while calls go on.",
    discussion: """
      The backup contains the store as it was at one moment. It belongs to the owner of the store. It gets its name \
      only after it has been opened and every page of it has been checked. Without FILE, it is put into a folder and \
      named after the time in UTC:
        callerid-admin backup
        callerid-admin backup --to /mnt/backups --keep 30
        callerid-admin backup before-the-change.db
      """)

  @ParentCommand var root: CalleridAdmin
  @OptionGroup var storeOptions: StoreOptions
  @Argument(help: "The file to write.") var file: String?
  @Option(
    help: ArgumentHelp(
      "The folder to write the backup to. (default: the folder backups beside the store)", valueName: "folder"))
  var to: String?
  @Option(help: ArgumentHelp("How many backups to keep in the folder. (default: all of them)", valueName: "count"))
  var keep: Int?
  @Flag(help: "Replace FILE if it exists.") var force = false
  @OptionGroup var format: ObjectFormat

  func validate() throws {
    if file != nil, to != nil || keep != nil { throw ValidationError("Give either FILE, or --to and --keep.") }
    if let keep, keep < 1 { throw ValidationError("--keep must be 1 or more.") }
  }

  func run(on store: Store) throws {
    let report = try Interruption.withProgress { progress in
      if let file { return try store.backUp(to: file, replacing: force, progress: progress) }
      return try store.backUp(
        toFolder: to ?? Store.backupFolder(ofStore: storePath), keep: keep ?? .max, progress: progress)
    }
    if format.json { return Terminal.print(JSON(report)) }
    Terminal.print(report.summary)
  }
}

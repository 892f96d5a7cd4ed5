import ArgumentParser
import Foundation
import Rotation

struct Backup: StoreCommand {
  static let configuration = CommandConfiguration(
    abstract: "Copy the store, while calls go on.",
    discussion: """
      The copy is of one moment. It is opened and every page of it is checked before it gets its name, and it is the
      store's owner's. Without FILE it goes into a folder, named by the moment (in UTC):
        callerid-admin backup
        callerid-admin backup --to /mnt/backups --keep 30
        callerid-admin backup before-the-change.db
      """)

  @ParentCommand var root: CalleridAdmin
  @OptionGroup var storeOptions: StoreOptions
  @Argument(help: "The file to make.") var file: String?
  @Option(
    help: ArgumentHelp("The folder to make it in. (default: backups, beside the store)", valueName: "folder"))
  var to: String?
  @Option(help: ArgumentHelp("How many to keep in the folder. (default: all)", valueName: "count")) var keep: Int?
  @Flag(help: "Replace FILE if it is there.") var force = false
  @OptionGroup var format: ObjectFormat

  func validate() throws {
    if file != nil, to != nil || keep != nil { throw ValidationError("Give FILE, or --to and --keep.") }
    if let keep, keep < 1 { throw ValidationError("--keep is 1 or more.") }
  }

  func run(on store: Store) throws {
    Interruption.prepare()
    defer { Terminal.endProgress() }
    let report =
      if let file {
        try store.backUp(to: file, replacing: force, progress: Interruption.progress)
      } else {
        try store.backUp(
          toFolder: to ?? Store.backupFolder(ofStore: storePath), keep: keep ?? .max, progress: Interruption.progress)
      }
    Terminal.endProgress()
    if format.json { return JSON(report).print() }
    Terminal.print(report.summary)
  }
}

extension BackupReport {
  var summary: String {
    "\(path): \(contents.numbers) numbers, \(contents.requests) requests, \(bytes / 1024) KB"
      + (removed.isEmpty ? "" : "; removed \(removed.joined(separator: ", "))")
  }
}

extension JSON {
  /// `backup`.
  init(_ report: BackupReport) {
    self = .object([
      ("path", .text(report.path)),
      ("bytes", .number(report.bytes)),
      ("numbers", .number(report.contents.numbers)),
      ("requests", .number(report.contents.requests)),
      ("removed", .list(report.removed.map { .text($0) })),
    ])
  }
}

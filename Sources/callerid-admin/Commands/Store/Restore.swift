import ArgumentParser
import Output
import Rotation

struct Restore: StoreLocating {
  static let configuration = CommandConfiguration(
    abstract: "Replace the store with a backup.",
    discussion: """
      A damaged file, and a file of another program, is refused. The replaced store is kept beside the new one, named \
      callerid.db.before-restore- and the time in UTC. Calls go on, and each gets its number from the old store or \
      from the new one. Calls, reservations and requests since the backup are only in the store that was replaced.
        callerid-admin restore /var/lib/callerid/backups/callerid-20260302-000500Z.db
      """)

  @ParentCommand var root: CalleridAdmin
  @OptionGroup var storeOptions: StoreOptions
  @Argument(help: "The backup to restore.") var file: String
  @OptionGroup var format: ObjectFormat

  func run() throws {
    try StoreUser.become(ownerOf: storePath)
    let report = try Interruption.withProgress { try Store.restore(storePath, from: file, progress: $0) }
    if format.json { return Terminal.print(JSON(report)) }
    Terminal.print("Restored \(storePath) from \(file): \(report.contents.summary)")
    if let kept = report.kept { Terminal.print("The replaced store is kept as \(kept)") }
  }
}

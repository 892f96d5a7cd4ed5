import ArgumentParser
import Foundation
import Output
import Rotation

struct Restore: StoreLocating {
  static let configuration = CommandConfiguration(
    abstract: "Replace the store with a backup.",
    discussion: """
      A damaged file, and a file of another program, is refused. The replaced store is kept beside the new one, named \
      callerid.db.before-restore- and the time in UTC. Calls go on, and each gets its number from the old store or \
      from the new one. Calls, reservations and requests since the backup are only in the store that was replaced.

      On a terminal it says what the store holds now, and asks. In a script nothing is asked.
        callerid-admin restore /var/lib/callerid/backups/callerid-20260302-000500Z.db
      """)

  @ParentCommand var root: CalleridAdmin
  @OptionGroup var storeOptions: StoreOptions
  @Argument(help: "The backup to restore.") var file: String
  @OptionGroup var confirmation: Confirmation
  @OptionGroup var format: ObjectFormat

  func run() throws {
    try StoreUser.become(ownerOf: storePath)
    if FileManager.default.fileExists(atPath: storePath) { try confirmation.ask { question } }
    let report = try Interruption.withProgress { try Store.restore(storePath, from: file, progress: $0) }
    if format.json { return Terminal.print(JSON(report)) }
    Terminal.print("Restored \(storePath) from \(file): \(report.contents.summary)")
    if let kept = report.kept { Terminal.print("The replaced store is kept as \(kept)") }
  }

  /// A damaged store cannot say what it holds, and is what a restore is for.
  private var question: String {
    var holds = "\(storePath), which cannot be read any more"
    if let store = try? Store(path: storePath), let contents = try? store.contents() {
      holds = "\(storePath), which holds \(contents.summary)"
    }
    return "What came since the backup will only be in the old store, which is kept. Put \(file) in the place of "
      + "\(holds)?"
  }
}

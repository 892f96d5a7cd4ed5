import ArgumentParser
import Rotation

struct Restore: StoreLocating {
  static let configuration = CommandConfiguration(
    abstract: "Put a backup in the place of the store.",
    discussion: """
      A damaged file, or another program's, is refused. The store that was there is kept beside it, as
      callerid.db.before-restore- and the time in UTC. Calls go on: each gets its number from the old store or from the
      new one. What was counted, reserved and logged since the backup is in the kept one only.
        callerid-admin restore /var/lib/callerid/backups/callerid-20260302-000500Z.db
      """)

  @ParentCommand var root: CalleridAdmin
  @OptionGroup var storeOptions: StoreOptions
  @Argument(help: "The backup.") var file: String
  @OptionGroup var format: ObjectFormat

  func run() throws {
    Interruption.prepare()
    defer { Terminal.endProgress() }
    let report = try Store.restore(storePath, from: file, progress: Interruption.progress)
    Terminal.endProgress()
    if format.json {
      return JSON.object([
        ("numbers", .number(report.contents.numbers)),
        ("requests", .number(report.contents.requests)),
        ("newest_request_at", JSON(time: report.contents.newestRequestAt)),
        ("kept", JSON(report.kept)),
      ]).print()
    }
    Terminal.print(
      "\(storePath) is \(file) now: \(report.contents.numbers) numbers, \(report.contents.requests) requests")
    if let kept = report.kept { Terminal.print("The store as it was is kept as \(kept)") }
  }
}

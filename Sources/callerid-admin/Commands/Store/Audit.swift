import ArgumentParser
import Rotation

struct Audit: StoreCommand {
  static let configuration = CommandConfiguration(
    abstract: "Show who changed what and when, the newest first.",
    discussion: """
      Every change made with this program is there; --json and --csv give long ones in full.
        callerid-admin audit --last 50
      """)

  @ParentCommand var root: CalleridAdmin
  @OptionGroup var storeOptions: StoreOptions
  @Option(help: ArgumentHelp("How many.", valueName: "n")) var last = 20
  @OptionGroup var format: RowFormat

  func validate() throws {
    if last < 1 { throw ValidationError("--last is 1 or more.") }
  }

  /// Characters of a change that people are shown.
  private static let shown = 160

  func run(on store: Store) throws {
    let calendar = store.settings.calendar
    try Report(
      rows: store.auditEntries(last: last), fields: auditFields,
      columns: [
        Column("AT") { Time.local($0.at, in: calendar) },
        Column("WHO") { $0.who },
        Column("WHAT") { $0.what.count > Self.shown ? $0.what.prefix(Self.shown) + " …" : $0.what },
      ]
    ).print(as: format)
  }
}

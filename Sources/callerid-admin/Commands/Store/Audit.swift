import ArgumentParser
import Output
import Rotation

struct Audit: StoreCommand {
  static let configuration = CommandConfiguration(
    abstract: "Show who changed what and when, the newest change first.",
    discussion: """
      Every change made with this program is recorded. The table cuts off long changes, but --json and --csv do not.
        callerid-admin audit --last 50
      """)

  @ParentCommand var root: CalleridAdmin
  @OptionGroup var storeOptions: StoreOptions
  @OptionGroup var count: LastOption
  @OptionGroup var format: RowFormat

  /// The most characters of a change that people are shown.
  private static let shown = 160

  func run(on store: Store) throws {
    let calendar = store.settings.calendar
    try Report(
      rows: store.auditEntries(last: count.last), fields: Fields.audit,
      columns: [
        Column("AT") { Time.local($0.at, in: calendar) },
        Column("WHO") { $0.who },
        Column("WHAT") { $0.what.count > Self.shown ? $0.what.prefix(Self.shown) + " …" : $0.what },
      ]
    ).print(as: format)
  }
}

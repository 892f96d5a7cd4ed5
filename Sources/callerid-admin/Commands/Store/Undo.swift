import ArgumentParser
import Output
import Rotation

struct Undo: StoreCommand {
  static let configuration = CommandConfiguration(
    abstract: "Take a change back.",
    discussion: """
      It takes back the newest change, or the one with the number that --list shows. What add, import, set, enable, \
      disable, retire, rest, wake, remove, reset-usage, campaign, agent and config have changed can be taken back, for 30 \
      days and 100 changes, and so can what was changed through callerid-server:
        callerid-admin undo --list
        callerid-admin undo
        callerid-admin undo 57

      Numbers that were removed come back with all that was known of them. Numbers that an import has added are removed, \
      or disabled if calls have used them since. What was changed again since stays as it is, and is named. Requests that \
      were pruned from the log do not come back, nor do tokens, nor reservations that were released.

      An undo is a change of its own in the audit, and cannot be taken back itself: give the command again. On a terminal \
      it says what would be taken back, and asks. In a script nothing is asked.
      """)

  static let isForCluster = true

  @ParentCommand var root: CalleridAdmin
  @OptionGroup var storeOptions: StoreOptions
  @Argument(help: "The number of the change. (default: the newest change that was not taken back)") var entry: Int?
  @Flag(help: "List the changes that can be taken back, the newest first.") var list = false
  @OptionGroup var confirmation: Confirmation
  @OptionGroup var format: RowFormat

  func validate() throws {
    if list, entry != nil { throw ValidationError("Give either a number or --list.") }
    if !list, format.csv { throw ValidationError("Give --csv only together with --list.") }
  }

  /// The most characters of a change that people are shown.
  private static let shown = 120

  func run(on store: Store) throws {
    if list { return try printChanges(of: store) }
    let change = try store.changeToUndo(entry)
    try confirmation.ask {
      "Entry \(change.id), \(change.shortened), by \(change.who) at "
        + "\(Time.local(change.at, in: store.settings.calendar)): take it back?"
    }
    let report = try Interruption.withProgressOfSteps { try store.takeBack(change.id, progress: $0) }
    for left in report.left { Terminal.note("\(left.what) \(left.reason), so it stays as it is") }
    for phone in report.disabled {
      Terminal.note("\(phone.written) has carried calls since, so it stays, and is disabled")
    }
    if report.isCutOff { Terminal.note("the end of what was kept of this change is missing, as after a power loss") }
    if format.json { return Terminal.print(JSON(report)) }
    Terminal.print("Entry \(change.id), \(change.shortened), is taken back: \(report.summary)")
  }

  private func printChanges(of store: Store) throws {
    let calendar = store.settings.calendar
    try Report(
      rows: store.undoableChanges(), fields: Fields.undoableChanges,
      columns: [
        Column("ENTRY", isNumber: true) { "\($0.entry.id)" },
        Column("AT") { Time.local($0.entry.at, in: calendar) },
        Column("WHO") { $0.entry.who },
        Column("TAKEN BACK") { $0.takenBackBy.map { "by \($0)" } ?? "" },
        Column("WHAT") {
          $0.entry.what.count > Self.shown ? $0.entry.what.prefix(Self.shown) + " …" : $0.entry.what
        },
      ]
    ).print(as: format)
  }
}

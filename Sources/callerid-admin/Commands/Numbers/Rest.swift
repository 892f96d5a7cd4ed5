import ArgumentParser
import NumberFiles
import Output
import Rotation

struct Rest: StoreCommand {
  static let configuration = CommandConfiguration(
    abstract: "Leave numbers unused for a while.",
    discussion: """
      The numbers return to rotation when the time is over, or with the command wake. If one of them is refused, none \
      of them rests.
        callerid-admin rest 2145550101 --for 7d --reason "flagged as spam"
        callerid-admin rest 2145550101 2145550102 --until 2026-12-01

      --from reads the numbers from a CSV file. They are taken from the column caller_id, number or phone, or else \
      from the first column. A column reason takes precedence over --reason.
        callerid-admin rest --from flagged.csv --for 7d
      """)

  @ParentCommand var root: CalleridAdmin
  @OptionGroup var storeOptions: StoreOptions
  @Argument(help: "The numbers, with or without the leading 1.") var numbers: [String] = []
  @Option(help: ArgumentHelp("A CSV file of numbers, or - for standard input.", valueName: "file")) var from: String?
  @Option(
    name: .customLong("for"),
    help: ArgumentHelp("How long they rest, in minutes, hours or days: 30m, 12h, 7d.", valueName: "time"))
  var duration: String?
  @Option(help: ArgumentHelp("The day on which they return, such as 2026-12-01.", valueName: "day"))
  var until: String?
  @Option(help: "Why they rest, in 64 characters at most.") var reason = ""

  func validate() throws {
    if numbers.isEmpty == (from == nil) { throw ValidationError("Give either numbers or --from with a file.") }
    if (duration == nil) == (until == nil) {
      throw ValidationError("Give either --for with a time such as 7d, or --until with a day such as 2026-12-01.")
    }
  }

  func run(on store: Store) throws {
    guard reason.unicodeScalars.count <= CallerText.maximumLength else {
      throw StoreError(.refused, "the reason is longer than \(CallerText.maximumLength) characters")
    }
    let moment = store.moment
    let end = try until.map { try RestEnd.on($0, at: moment) } ?? RestEnd.after(duration ?? "", at: moment)
    let file = try from.map { try read($0, for: store) }
    let phones = try file?.phones ?? numbers.map(store.phone)
    try store.rest(phones, until: end, reason: CallerText(reason)?.text ?? "", reasons: file?.reasons ?? [:])
    let time = Time.local(end, in: store.settings.calendar)
    if file != nil {
      Terminal.print("\(phones.count) numbers rest until \(time)")
    } else {
      for phone in phones { Terminal.print("\(phone.written) rests until \(time)") }
    }
  }

  private func read(_ path: String, for store: Store) throws -> RestFile {
    let file = try RestFile(reading: path, for: store)
    guard file.rejected.isEmpty else {
      for row in file.rejected { Terminal.note("line \(row.line): \(row.reason)") }
      throw StoreError(.refused, file.rejected.summary, hint: "Nothing was changed")
    }
    return file
  }
}

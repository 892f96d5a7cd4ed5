import ArgumentParser
import Rotation

struct Rest: StoreCommand {
  static let configuration = CommandConfiguration(
    abstract: "Leave numbers unused for a while.",
    discussion: """
      All of them, or none where one is not in the store. They come back by themselves, or with wake.
        callerid-admin rest 2145550101 --for 7d --reason "flagged as spam"
        callerid-admin rest 2145550101 2145550102 --until 2026-12-01

      A file is one of CSV with a column of numbers, by the name of caller_id, number or phone, or the first one; a column
      reason goes before --reason:
        callerid-admin rest --from flagged.csv --for 7d
      """)

  @ParentCommand var root: CalleridAdmin
  @OptionGroup var storeOptions: StoreOptions
  @Argument(help: "The numbers, with or without the 1.") var numbers: [String] = []
  @Option(help: ArgumentHelp("A file of numbers, or - for standard input.", valueName: "file")) var from: String?
  @Option(name: .customLong("for"), help: ArgumentHelp("How long: 30m, 12h, 7d.", valueName: "time"))
  var duration: String?
  @Option(help: ArgumentHelp("The day on which they come back, such as 2026-12-01.", valueName: "day"))
  var until: String?
  @Option(help: "Why, in up to 64 characters.") var reason = ""

  func validate() throws {
    if numbers.isEmpty == (from == nil) { throw ValidationError("Say which: numbers, or --from with a file.") }
    if (duration == nil) == (until == nil) { throw ValidationError("Say how long: --for 7d, or --until 2026-12-01.") }
  }

  func run(on store: Store) throws {
    guard reason.unicodeScalars.count <= CallerText.maximumLength else {
      throw StoreError(.refused, "the reason is longer than \(CallerText.maximumLength) characters")
    }
    let moment = store.moment
    let end = try until.map { try RestEnd.on($0, at: moment) } ?? RestEnd.after(duration ?? "", at: moment)
    let file = try from.map { try RestFile(reading: $0, for: store) }
    let phones = try file?.phones ?? numbers.map { try phone($0, in: store) }
    try store.rest(phones, until: end, reason: CallerText(reason)?.text ?? "", reasons: file?.reasons ?? [:])
    let time = Time.local(end, in: store.settings.calendar)
    if file != nil {
      Terminal.print("\(phones.count) numbers rest until \(time)")
    } else {
      for phone in phones { Terminal.print("\(phone.written) rests until \(time)") }
    }
  }
}

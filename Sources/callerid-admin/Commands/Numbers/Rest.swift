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

      --from reads the numbers from a CSV or JSON file. They are taken from the column caller_id, number or phone, or \
      else from the first column. A column reason takes precedence over --reason. Numbers that are not in the store are \
      passed over and counted.
        callerid-admin rest --from flagged.csv --for 7d

      A report that lists clean numbers too needs --where, with the column that tells and its values. Capitals do not \
      matter. Given for several columns, a row must fit all of them.
        callerid-admin rest --from report.csv --for 7d --where Status=Flagged,"At risk"

      --at-least counts the rows of each number, for lists of complaints such as the FTC's.
        callerid-admin rest --from complaints.csv --for 7d --at-least 5
      """)

  static let isForCluster = true

  @ParentCommand var root: CalleridAdmin
  @OptionGroup var storeOptions: StoreOptions
  @Argument(help: "The numbers, with or without the leading 1.") var numbers: [String] = []
  @Option(help: ArgumentHelp("A file of numbers, or - for standard input.", valueName: "file")) var from: String?
  @Option(
    name: .customLong("where"),
    help: ArgumentHelp("Which rows of the file count: those with this value in this column.", valueName: "column=value")
  )
  var conditions: [RestCondition] = []
  @Option(help: ArgumentHelp("How many rows a number must have in the file.", valueName: "n")) var atLeast: Int?
  @Option(
    name: .customLong("for"),
    help: ArgumentHelp("How long they rest, in minutes, hours or days: 30m, 12h, 7d.", valueName: "time"))
  var duration: String?
  @Option(help: ArgumentHelp("When they return: \(TimePoint.futureHelp).", valueName: "time"))
  var until: TimePoint?
  @Option(help: "Why they rest, in 64 characters at most.") var reason = ""

  func validate() throws {
    if numbers.isEmpty == (from == nil) { throw ValidationError("Give either numbers or --from with a file.") }
    if from == nil, !conditions.isEmpty || atLeast != nil {
      throw ValidationError("--where and --at-least say which rows of a file count. Give the file with --from.")
    }
    if let atLeast, atLeast < 1 { throw ValidationError("--at-least must be 1 or more.") }
    if (duration == nil) == (until == nil) {
      throw ValidationError(
        "Give either --for with a time such as 7d, or --until with a day such as 2026-12-01 or tomorrow.")
    }
  }

  func run(on store: Store) throws {
    guard reason.unicodeScalars.count <= CallerText.maximumLength else {
      throw StoreError(.refused, "the reason is longer than \(CallerText.maximumLength) characters")
    }
    let moment = store.moment
    let end = try until.map { try $0.future(at: moment) } ?? RestEnd.after(duration ?? "", at: moment)
    try RestEnd.check(end, at: moment)
    let file = try from.map { try read($0, for: store) }
    let phones = try file?.phones ?? numbers.map(store.phone)
    try store.rest(phones, until: end, reason: CallerText(reason)?.text ?? "", reasons: file?.reasons ?? [:])
    let time = Time.local(end, in: store.settings.calendar)
    if let file {
      Terminal.print("\(phones.count.counting("number")) \(phones.count == 1 ? "rests" : "rest") until \(time)")
      Terminal.print(file.details)
    } else {
      for phone in phones { Terminal.print("\(phone.written) rests until \(time)") }
    }
  }

  private func read(_ path: String, for store: Store) throws -> RestFile {
    let time = until.map { "--until \(ShellText.quoted($0.text))" } ?? "--for \(duration ?? "")"
    let file = try RestFile(
      reading: path, for: store, where: conditions, atLeast: atLeast,
      command: "rest --from \(ShellText.quoted(path)) \(time)")
    for line in file.rejected.lines(unit: file.unit) { Terminal.note(line) }
    return file
  }
}

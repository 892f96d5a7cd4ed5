import ArgumentParser
import Rotation

struct Top: StoreCommand {
  static let configuration = CommandConfiguration(
    abstract: "Watch the calls: reservations, calls a minute, refusals, the busiest numbers, the latest requests.",
    discussion: """
        callerid-admin top
        callerid-admin top --once

      It is drawn anew every two seconds, and ends on q or Ctrl-C. It only reads, and no call waits for it. Where standard
      output is no terminal, it prints what there is now and ends.
      """)

  @ParentCommand var root: CalleridAdmin
  @OptionGroup var storeOptions: StoreOptions
  @Option(help: ArgumentHelp("How often it is drawn anew.", valueName: "seconds")) var interval = 2.0
  @Flag(help: "Print what there is now, and end.") var once = false

  func validate() throws {
    if !(0.1...3600).contains(interval) { throw ValidationError("--interval is 0.1 to 3600 seconds.") }
  }

  func run(on store: Store) throws {
    guard !once, let screen = Screen() else {
      for line in try frame(of: store, columns: nil, rows: 40) { Terminal.print(line) }
      return
    }
    defer { screen.giveBack() }
    while true {
      let (columns, rows) = screen.size
      screen.draw(try frame(of: store, columns: columns, rows: rows))
      switch screen.wait(milliseconds: Int(interval * 1000)) {
      case .key(UInt8(ascii: "q")), .key(UInt8(ascii: "Q")), .end: return
      case .key, .changed, .time: continue
      }
    }
  }

  private func frame(of store: Store, columns: Int?, rows: Int) throws -> [String] {
    // In two short reads: neither is on while the terminal is written to.
    let activity = try store.activity()
    let requests = try store.requests(last: rows)
    return Frame(
      activity: activity, requests: requests, calendar: store.settings.calendar, chart: .forOutput,
      isLive: columns != nil
    ).lines(columns: columns, rows: rows)
  }
}

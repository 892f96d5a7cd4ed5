import ArgumentParser
import Output
import Rotation

struct Top: StoreCommand {
  static let configuration = CommandConfiguration(
    abstract: "Watch reservations, calls a minute, refusals, the busiest numbers and the latest requests live.",
    discussion: """
      The screen is updated every two seconds, until you press q or Ctrl-C. The command only reads, and no call waits \
      for it. If standard output is not a terminal, it prints the current state once.
        callerid-admin top
        callerid-admin top --once
      """)

  @ParentCommand var root: CalleridAdmin
  @OptionGroup var storeOptions: StoreOptions
  @Option(help: ArgumentHelp("How often the screen is updated, from 0.1 to 3600.", valueName: "seconds")) var interval =
    2.0
  @Flag(help: "Print the current state once.") var once = false

  func validate() throws {
    if !(0.1...3600).contains(interval) { throw ValidationError("--interval must be from 0.1 to 3600 seconds.") }
  }

  func run(on store: Store) throws {
    guard !once, let screen = Screen() else {
      return Terminal.print(try frame(of: store, columns: nil, rows: 40))
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
    // Two short reads, which both end before anything is written to the terminal.
    let activity = try store.activity()
    let requests = try store.requests(last: rows)
    return Frame(
      activity: activity, requests: requests, calendar: store.settings.calendar, chart: .forOutput,
      isLive: columns != nil
    ).lines(columns: columns, rows: rows)
  }
}

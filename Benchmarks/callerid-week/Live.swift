import ArgumentParser
import Foundation
import Rotation

struct Live: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Let calls come in to a store that make has made, until Ctrl-C.",
    discussion: """
      They come from the same campaigns, and end after some seconds. callerid-server and callerid-admin may use the store \
      at the same time.
        callerid-week live /tmp/week.db --rate 5
      """)

  @Argument(help: "The store.") var path: String
  @Option(help: "How many calls begin in a second.") var rate = 4.0
  @Option(help: ArgumentHelp("End after so many seconds.", valueName: "seconds")) var seconds: Int?

  func validate() throws {
    if !(rate > 0 && rate <= 1000) { throw ValidationError("--rate must be above 0, and 1000 at most.") }
  }

  func run() throws {
    let truth = try Truth(of: path)
    try StoreUser.become(ownerOf: path)
    let hours = Hours(calendar: Rotation.Calendar(timeZone: truth.zone), end: truth.end)
    let floor = Floor(
      numbers: truth.numbers, campaigns: truth.campaigns, calls: truth.calls, seed: truth.seed, hours: hours)
    for number in [SIGINT, SIGTERM, SIGHUP] { signal(number) { interruption = $0 } }
    var calls = LiveCalls(floor: floor, calendar: hours.calendar, store: try Store(path: path), truth: truth)
    let start = Date()
    while interruption == 0, !calls.mustEnd, seconds.map({ Date().timeIntervalSince(start) < Double($0) }) ?? true {
      let begun = Date()
      try calls.goOn()
      if let line = calls.line(every: 30) { print(line) }
      // Calls come when they like, so many a second on the average.
      let pause = min(calls.pause(rate: rate), 5) - Date().timeIntervalSince(begun)
      if pause > 0 { usleep(UInt32(pause * 1_000_000)) }
    }
    try calls.end()
  }
}

/// Only the signal handler writes it.
nonisolated(unsafe) private var interruption: sig_atomic_t = 0

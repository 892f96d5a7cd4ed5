import ArgumentParser
import Foundation
import Rotation

struct Make: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Make a new store, and live through a week in it.",
    discussion: """
      In the week, ten numbers begin to be blocked on Wednesday at 10:00 (on Tuesday, where the week ends or begins too \
      near to that), and one area code has no number left from about 11:00 on, on every weekday that is whole. Which ones \
      stands in PATH.truth.json, which is written last: where it is missing, the week was not finished. The same options \
      make the same rows. With 20000 calls or more, each of the ten numbers has 40 calls a day.
        callerid-week make /tmp/week.db --end 2026-11-20T23:00:00Z
      """)

  @Argument(help: "Where to make the store. There must be none.") var path: String
  @Option(help: "How many numbers the floor owns.") var numbers = 62_000
  @Option(help: "How many campaigns call.") var campaigns = 41
  @Option(help: "How many calls the week has.") var calls = 500_000
  @Option(help: ArgumentHelp("When the week ends, such as 2026-11-20T23:00:00Z. (default: now)", valueName: "time"))
  var end: String?
  @Option(help: "From which all that is random follows.") var seed: UInt64 = 7
  @Option(help: "The time zone of the floor.") var zone = "America/New_York"

  func validate() throws {
    if campaigns < Floor.fewestCampaigns {
      throw ValidationError("--campaigns must be \(Floor.fewestCampaigns) or more.")
    }
    if calls < 5000 { throw ValidationError("--calls must be 5000 or more.") }
    let least = Floor.fewestNumbers(calls: calls)
    if numbers < least { throw ValidationError("--numbers must be \(least) or more for \(calls) calls.") }
    if !Rotation.Calendar.knows(timeZone: zone) { throw ValidationError("This machine knows no zone \(zone).") }
    if let end, Self.moment(end) == nil { throw ValidationError("--end is a time such as 2026-11-20T23:00:00Z.") }
  }

  func run() throws {
    guard !FileManager.default.fileExists(atPath: path) else {
      throw StoreError(.refused, "\(path) exists", hint: "Name a path where there is no store yet")
    }
    try StoreUser.become(ownerOf: path)
    let end = end.flatMap(Self.moment) ?? Int(Date().timeIntervalSince1970)
    let hours = Hours(calendar: Rotation.Calendar(timeZone: zone), end: end)
    let floor = Floor(numbers: numbers, campaigns: campaigns, calls: calls, seed: seed, hours: hours)
    let clock = FloorClock(hours.opening)
    try Opening(floor: floor, hours: hours, path: path, clock: clock, zone: zone).makeStore()
    var week = try Week(floor: floor, hours: hours, path: path, clock: clock, calls: calls)
    try week.run()
    let truth = Truth(
      seed: seed, start: hours.start, end: end, zone: zone, numbers: numbers, campaigns: campaigns, calls: calls,
      blocked: floor.burnt.map { .init(number: $0, from: Truth.time(hours.burning)) },
      dryArea: .init(
        areaCode: Floor.dryArea, pool: Floor.dryPool, campaign: Floor.dryCampaign, at: "11:00",
        callsADay: floor.dryLimit),
      counts: week.counts)
    try truth.write(for: path)
    print(
      "\(path): \(week.counts.granted) calls got a number, \(week.counts.refused) got none, \(week.counts.kept) kept "
        + "theirs. \(Truth.path(for: path)) says what there is to be found")
  }

  private static func moment(_ text: String) -> Int? {
    (try? Date(text, strategy: .iso8601)).map { Int($0.timeIntervalSince1970) }
  }
}

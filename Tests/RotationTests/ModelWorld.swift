import Rotation
import TestSupport
import Testing

/// A store and the model of it, to which the same things happen.
final class ModelWorld {
  let seed: Int
  let zone: String
  /// A country with numbers of another form than North America's.
  let isAbroad: Bool
  let test: TestStore
  var model: Model
  var random: SeededGenerator
  /// How often each kind of answer was given.
  var seen: [String: Int] = [:]
  private var step = 0
  private var history: [String] = []

  init(seed: Int, zone: String, dayStartsAt: String, isAbroad: Bool) throws {
    self.seed = seed
    self.zone = zone
    self.isAbroad = isAbroad
    random = SeededGenerator(seed: UInt64(seed))
    let time = dayStartsAt.split(separator: ":").compactMap { Int($0) }
    let calendar = try #require(ModelCalendar(zone: zone, dayStartsAt: time[0] * 3600 + time[1] * 60))
    // Shortly before the clocks change, in one half of the year or the other.
    let season = 1_772_000_000 + Int.random(in: 0..<2, using: &random) * 183 * 86_400
    let start = (calendar.change(after: season) ?? season) - Int.random(in: 0..<172_800, using: &random)
    test = try TestStore(start: start, timeZone: zone)
    model = Model(now: start, calendar: calendar)
    try test.store.set(.dayStartsAt, to: dayStartsAt)
    // Pruning is not what is tested here.
    try test.store.set(.retentionDays, to: "3650")
    if isAbroad { try test.store.set(.countryCode, to: "44") }
  }

  func run(steps: Int) throws {
    for (pool, carrier) in [("default", ""), ("sales", "Acme"), ("spare", "Bell")] {
      try addNumber([("pool", pool), ("carrier", carrier)])
    }
    for _ in 0..<33 { try addNumber() }
    for name in ["SALES", "LEADS", "SURVEY"] { try configureCampaign(name) }
    while step < steps {
      step += 1
      if step == steps / 2 { try leap() }
      switch Int.random(in: 0..<100, using: &random) {
      case 0..<57: try pick()
      case 57..<68: try release()
      case 68..<85: wait()
      case 85: try changeSetting()
      case 86..<89: try changeNumber()
      case 89..<91: try changeState()
      case 91..<93: try rest()
      case 93..<96: try configureCampaign(pickOne(["SALES", "LEADS", "SURVEY"]))
      case 96: try changeAgent()
      case 97: try chance(3) ? addNumber() : removeNumber()
      case 98: try reset()
      default: try compareEverything()
      }
    }
    try compareEverything()
    try test.checkLanes()
  }

  // MARK: Helpers

  func chance(_ one: Int) -> Bool { Int.random(in: 0..<one, using: &random) == 0 }
  func pickOne<Item>(_ items: [Item]) -> Item { items[Int.random(in: items.indices, using: &random)] }

  /// Takes down what is about to be done, so that a failure tells the way to it.
  func note(_ what: String) { history.append("\(step) at \(model.now): \(what)") }

  func agree<Value: Equatable>(_ got: Value, _ expected: Value, _ what: String = "") throws {
    try #require(
      got == expected,
      """
      \(what) seed \(seed) (\(zone)), step \(step); the last steps:
      \(history.suffix(30).joined(separator: "\n"))
      """)
  }

  // MARK: Time

  private func wait() {
    switch Int.random(in: 0..<16, using: &random) {
    case 0..<9: advance(to: model.now + Int.random(in: 1..<120, using: &random))
    case 9..<12: advance(to: model.now + Int.random(in: 600..<7200, using: &random))
    case 12: advance(to: model.calendar.end(of: model.calendar.hour, after: model.now) + pickOne([-1, 0, 1]))
    case 13: advance(to: model.calendar.end(of: model.calendar.day, after: model.now) + pickOne([-1, 0, 1, 300]))
    case 14: advance(to: model.now + Int.random(in: 43_200..<100_000, using: &random))
    default:
      let change = model.calendar.change(after: model.now) ?? model.now
      guard change < model.now + 5 * 86_400 else { return }
      advance(to: change + pickOne([-1801, -1, 0, 1, 1799, 1800, 3600]))
    }
  }

  /// To the night before the clocks change again, months later.
  private func leap() throws {
    let change = model.calendar.change(after: model.now + 30 * 86_400) ?? model.now + 100 * 86_400
    advance(to: change - Int.random(in: 0..<40_000, using: &random))
  }

  private func advance(to moment: Int) {
    guard moment > model.now else { return }
    note("the clock goes on by \(moment - model.now) s")
    model.now = moment
    test.clock.set(moment)
  }

  // MARK: Everything that is known

  /// Not only the answers: what is counted and held for them.
  private func compareEverything() throws {
    let (hour, day) = (model.calendar.hour(of: model.now), model.calendar.day(of: model.now))
    func usage(_ calls: [Model.Call]) -> [Int] { [calls.count { $0.hour == hour }, calls.count { $0.day == day }] }
    let windows = test.store.moment.windows
    for line in model.lines {
      let number = try test.number(line.digits)
      try agree(
        [number.thisHour.calls(in: windows.hour), number.today.calls(in: windows.day)], usage(line.calls), line.digits)
      let held = line.reservations.map(\.until).filter { $0 > model.now }
      try agree(number.reservations(at: model.now).map(\.until).sorted(), held.sorted(), line.digits)
      try agree(max(number.restingUntil, model.now), max(line.restingUntil, model.now), line.digits)
    }
    for campaign in try test.store.campaigns() {
      try agree(
        [campaign.thisHour.calls(in: windows.hour), campaign.today.calls(in: windows.day)],
        usage(model.callsOfCampaigns[campaign.name.text.uppercased()] ?? []), campaign.name.text)
    }
  }
}

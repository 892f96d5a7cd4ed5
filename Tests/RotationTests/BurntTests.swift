import SQLite
import TestSupport
import Testing

@testable import Rotation

/// `Store.burnt`: which numbers differ from the others of their pool, held against made-up calls.
@Suite(.timeLimit(.minutes(15)))
struct BurntTests {
  /// 2026-03-02 08:00 UTC, a Monday.
  private static let start = 1_772_438_400

  /// Made-up calls of numbers, with the chances that the test gives.
  private struct Simulation {
    var generator: SeededGenerator
    var numbers: [Number]
    var cells: OutcomeCells

    /// - Parameter pools: the pool of each number.
    init(seed: UInt64, pools: [Int]) {
      generator = SeededGenerator(seed: seed)
      numbers = pools.enumerated().map { BurntTests.number($0.offset + 1, pool: $0.element) }
      let ofNumber = Dictionary(uniqueKeysWithValues: numbers.map { ($0.id, $0.pool.id) })
      cells = OutcomeCells(pools: ofNumber, keeping: numbers.map(\.id), calendar: Calendar(timeZone: "UTC"))
    }

    var report: BurntReport { BurntReport(judging: numbers, by: cells) }
    var burnt: [Int] { report.rows.filter { $0.verdict == .burnt }.map(\.number.id).sorted() }

    mutating func happens(_ chance: Double) -> Bool { Double.random(in: 0..<1, using: &generator) < chance }

    mutating func call(
      _ number: Int, campaign: Int, at moment: Int, answered: Double, short: Double = 0.1, blocked: Double = 0
    ) {
      cells.count(
        outcome(answered: answered, short: short, blocked: blocked), number: number, campaign: campaign, at: moment)
    }

    private mutating func outcome(answered: Double, short: Double, blocked: Double) -> OutcomeCounts {
      var counts = OutcomeCounts(calls: 1)
      if happens(blocked) {
        counts.blocked = 1
      } else if happens(answered) {
        (counts.answered, counts.timed, counts.short) = (1, 1, happens(short) ? 1 : 0)
      }
      return counts
    }

    /// Five days of ten hours. Each number is used by one campaign mostly, and by the others at times. People answer twice as
    /// often in the evening as in the morning.
    ///
    /// - Parameter factor: of the chance of an answer, by number and by hour from 0 to 49.
    mutating func makeCalls(anHour: Int = 10, rates: [Double], factor: (Int, Int) -> Double) {
      for hour in 0..<50 {
        let at = BurntTests.start + hour / 10 * 86_400 + hour % 10 * 3600
        let evening = 0.7 + 0.07 * Double(hour % 10)
        for number in numbers {
          var calls = Array(repeating: OutcomeCounts(), count: rates.count)
          let chance = evening * factor(number.id, hour)
          for _ in 0..<anHour {
            let campaign = happens(0.7) ? number.id % rates.count : Int(generator.next() % UInt64(rates.count))
            calls[campaign] += outcome(answered: rates[campaign] * chance, short: 0.1, blocked: 0)
          }
          for (index, counts) in calls.enumerated() where counts.calls > 0 {
            cells.count(counts, number: number.id, campaign: index + 1, at: at)
          }
        }
      }
    }
  }

  private static func number(_ id: Int, pool: Int = 1) -> Number {
    let digits = "214555" + String(10_000 + id).dropFirst()
    return Number(
      id: id, phone: PhoneNumber(e164: "1" + digits, written: digits), name: "",
      pool: Pool(id: pool, name: "pool\(pool)", reach: [], scopes: []), carrier: nil, areaCodes: ["214"],
      state: .enabled, dailyLimit: nil, hourlyLimit: nil, maxConcurrent: nil, addedAt: 0, ownership: Ownership())
  }

  // MARK: Found, and not found

  @Test(arguments: 1...4 as ClosedRange<UInt64>) func allBurntNumbersAreFoundAndNoOther(seed: UInt64) throws {
    var made = Simulation(seed: seed, pools: (0..<500).map { $0 % 2 + 1 })
    let bad = Set((0..<10).map { $0 * 47 + 11 })
    made.makeCalls(anHour: 14, rates: [0.12, 0.2, 0.3]) { number, hour in bad.contains(number) && hour >= 25 ? 0.3 : 1 }
    let report = made.report
    #expect(made.burnt == bad.sorted())
    let middle = Self.start + 2 * 86_400 + 5 * 3600
    for row in report.rows.prefix(10) {
      #expect(row.sign == .answers)
      #expect(row.sureness >= 0.99 && row.sureness <= 1)
      let since = try #require(row.since)
      #expect(abs(since - middle) <= 129_600, "\(row.number.id) since \(since - middle) s of the middle")
      #expect(try #require(row.figuresSince.rate) * 3 < #require(row.figuresSince.expectedRate) * 2)
      #expect(row.reported == 700 && row.figures.calls == 700)
    }
  }

  @Test(arguments: 11...14 as ClosedRange<UInt64>) func whereNoneIsBurntNoneIsNamed(seed: UInt64) {
    var made = Simulation(seed: seed, pools: (0..<500).map { $0 % 2 + 1 })
    made.makeCalls(anHour: 14, rates: [0.12, 0.2, 0.3]) { _, _ in 1 }
    #expect(made.burnt.isEmpty)
    #expect(made.report.rows.allSatisfy { $0.verdict == .notBurnt && $0.sign == nil && $0.since == nil })
  }

  /// Area codes answer more or less. What numbers differ by for such a reason is no sign.
  @Test(arguments: 21...22 as ClosedRange<UInt64>) func numbersMayDifferForHonestReasons(seed: UInt64) {
    var made = Simulation(seed: seed, pools: Array(repeating: 1, count: 100))
    made.makeCalls(anHour: 20, rates: [0.2]) { number, _ in 0.75 + 0.5 * Double(number % 11) / 10 }
    #expect(made.burnt.isEmpty)
  }

  /// So many calls make it certain, and it is worth no rest.
  @Test func aSmallDifferenceIsNoSignHoweverSure() {
    var made = Simulation(seed: 31, pools: Array(repeating: 1, count: 12))
    made.makeCalls(anHour: 60, rates: [0.3]) { number, _ in number == 5 ? 0.82 : 1 }
    #expect(made.burnt.isEmpty)
  }

  @Test func aPoolThatIsBadAsAWholeHasNoBurntNumber() {
    var made = Simulation(seed: 5, pools: (0..<60).map { $0 % 2 + 1 })
    made.makeCalls(rates: [0.25]) { number, _ in number % 2 == 0 ? 0.3 : 1 }
    #expect(made.burnt.isEmpty)
  }

  @Test func aNumberOfABadCampaignIsComparedWithTheCampaign() throws {
    var made = Simulation(seed: 6, pools: Array(repeating: 1, count: 40))
    made.makeCalls(rates: [0.25]) { _, _ in 1 }
    // The campaign 9 is answered a fifth as often. Number 1 makes most of its calls, others make some.
    for index in 0..<900 {
      let number = index % 3 == 0 ? 2 + index % 38 : 1
      made.call(number, campaign: 9, at: Self.start + index * 60, answered: 0.05)
    }
    #expect(made.burnt.isEmpty)
    let row = try #require(made.report.rows.first { $0.number.id == 1 })
    #expect(try #require(row.figures.rate) < 20)
    #expect(row.figures.calls == 1100)
    #expect(row.verdict == .notBurnt)
  }

  @Test func callsThatCanBeComparedWithNothingAreLeftOut() throws {
    var made = Simulation(seed: 7, pools: Array(repeating: 1, count: 41))
    for number in 1...40 {
      for index in 0..<300 {
        made.call(number, campaign: 1, at: Self.start + index * 60, answered: 0.25)
      }
    }
    // Nobody else calls for campaign 9, so nobody knows what its answer rate is.
    for index in 0..<900 { made.call(41, campaign: 9, at: Self.start + index * 60, answered: 0.02) }
    let row = try #require(made.report.rows.first { $0.number.id == 41 })
    #expect(row.verdict == .tooFewCalls)
    #expect(row.reported == 900 && row.figures.calls == 0)
    #expect(made.burnt.isEmpty)
  }

  @Test func ofFewCallsNothingIsTold() throws {
    var made = Simulation(seed: 8, pools: Array(repeating: 1, count: 41))
    for number in 1...40 {
      for index in 0..<300 { made.call(number, campaign: 1, at: Self.start + index * 30, answered: 0.3) }
    }
    for index in 0..<49 { made.call(41, campaign: 1, at: Self.start + index * 30, answered: 0, blocked: 1) }
    #expect(made.report.rows.first { $0.number.id == 41 }?.verdict == .tooFewCalls)
    #expect(made.burnt.isEmpty)
    made.call(41, campaign: 1, at: Self.start + 49 * 30, answered: 0, blocked: 1)
    #expect(made.burnt == [41])
    #expect(BurntReport(judging: [], by: made.cells).rows.isEmpty)
  }

  // MARK: Blocked and short calls

  @Test func blockedCallsGiveANumberAway() throws {
    var made = Simulation(seed: 9, pools: Array(repeating: 1, count: 40))
    for number in 1...40 {
      for index in 0..<300 {
        // 7 is blocked in a twentieth of its later calls, the others hardly ever.
        let blocked = number == 7 ? (index >= 150 ? 0.1 : 0) : 0.002
        made.call(number, campaign: 1, at: Self.start + index * 120, answered: 0.2, blocked: blocked)
      }
    }
    // A block or two are no sign.
    #expect(made.burnt == [7])
    let row = try #require(made.report.rows.first)
    #expect(row.sign == .blocked)
    #expect(row.figures.blocked >= 5)
    let since = try #require(row.since)
    #expect(since >= Self.start + 4 * 3600 && since <= Self.start + 7 * 3600)
  }

  @Test func shortCallsGiveANumberAway() throws {
    var made = Simulation(seed: 10, pools: Array(repeating: 1, count: 40))
    for number in 1...40 {
      for index in 0..<600 {
        let short = number == 3 ? 0.6 : 0.15
        made.call(number, campaign: 1, at: Self.start + index * 60, answered: 0.3, short: short)
      }
    }
    #expect(made.burnt == [3])
    let row = try #require(made.report.rows.first)
    #expect(row.sign == .short)
    #expect(row.since == nil)
    #expect(try #require(row.figures.shortShare) > 45)
    #expect(try #require(row.figures.expectedShortShare) < 20)
  }

  // MARK: From the log

  /// Puts calls into the log, all in one statement.
  private func log(
    _ test: TestStore, _ calls: Int, of number: Int, from start: Int, each seconds: Int, answeredOf ten: Int
  ) throws {
    try test.store.database.run(
      """
      WITH RECURSIVE n (i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i + 1 < ?1)
      INSERT INTO request (at, status, number_id, match, reserved_until, dial_status, answered_seconds)
      SELECT ?3 + i * ?4, 'OK', ?2, 'area', 0, CASE WHEN i % 10 < ?5 THEN 'ANSWER' ELSE 'NOANSWER' END,
        CASE WHEN i % 10 < ?5 THEN 30 END FROM n
      """, calls, number, start, seconds, ten)
  }

  @Test func theLogIsReadAndNumbersOutOfUseAreNotNamed() throws {
    let test = try TestStore(start: Self.start + 86_400)
    for index in 1...30 { try test.add("21455501\(index + 10)") }
    try test.add("2145550199 pool=other", "2145550142", "2145550143")
    for number in 1...30 { try log(test, 400, of: number, from: Self.start, each: 60, answeredOf: 3) }
    for number in 31...33 { try log(test, 400, of: number, from: Self.start, each: 60, answeredOf: 1) }
    // Neither refused nor unreported calls count.
    try test.store.database.run(
      "INSERT INTO request (at, status, number_id, reserved_until) VALUES (?, 'OK', 32, 0)", Self.start)
    try test.store.setState(.retired, of: [try PhoneNumber("2145550143")])
    try test.store.rest([try PhoneNumber("2145550142")], until: test.clock.now + 86_400, reason: "spam")
    var told: [Int] = []
    let report = try test.store.burnt(since: 0) { told.append($0) }
    #expect(report.rows.count == 32)
    #expect(report.numbers == 32 && report.tooFewCalls == 1)
    // One that nothing can be told of is counted, and listed where all are.
    try log(test, 3, of: 1, from: Self.start, each: 60, answeredOf: 3)
    try test.add("2145550144")
    try log(test, 49, of: 34, from: Self.start, each: 60, answeredOf: 3)
    let (brief, whole) = (try test.store.burnt(since: 0), try test.store.burnt(since: 0, listingAll: true))
    #expect(brief.rows.count == 32 && whole.rows.count == 33)
    #expect(brief.numbers == 33 && whole.numbers == 33 && brief.tooFewCalls == whole.tooFewCalls)
    #expect(brief.rows.map(\.sureness) == Array(whole.rows.filter { $0.number.id != 34 }.map(\.sureness)))
    let burnt = report.rows.filter { $0.verdict == .burnt }
    #expect(burnt.map(\.number.phone.written) == ["2145550142"])
    #expect(burnt.first?.number.rest(at: test.clock.now)?.reason == "spam")
    #expect(burnt.first?.reported == 400)
    #expect(told.first == 0)
    // The only number of its pool has no others to be compared with.
    let alone = try test.store.burnt(since: 0, pool: "OTHER").rows
    #expect(alone.map(\.verdict) == [.tooFewCalls])
    #expect(try test.store.burnt(since: test.clock.now).rows.isEmpty)
    #expect(throws: StoreError.self) { try test.store.burnt(since: 0, pool: "nowhere") }
    #expect(report.logSince == nil)
    try test.store.database.run("DELETE FROM request WHERE id <= 10")
    #expect(try test.store.burnt(since: 0).logSince == Self.start + 600)
  }

  // MARK: Chance

  @Test func chancesAreThoseOfTheBooks() {
    func near(_ one: Double, _ other: Double) -> Bool { abs(one - other) <= 1e-4 * max(abs(other), 1e-12) }
    #expect(near(Chance.ofNormal(atMost: 0), 0.5))
    #expect(near(Chance.ofNormal(atMost: -1.959964), 0.025))
    #expect(near(Chance.ofNormal(atMost: -5), 2.866516e-7))
    // Nine of thirty that are expected among 250: 2 (9 ln 0.3 + 241 ln (241/220)).
    #expect(near(Chance.root(of: 9, expected: 30, among: 250), -4.719336))
    #expect(Chance.root(of: 30, expected: 30, among: 250) == 0)
    #expect(Chance.root(of: 0, expected: 0, among: 250) < 0.001)
    #expect(Chance.root(of: 60, expected: 30, among: 250) > 4)
    // 1 - e^-1; 1 - e^-2 (1 + 2 + 2); and none where none is expected.
    #expect(near(Chance.ofPoisson(atLeast: 1, mean: 0.5), 0.393469))
    #expect(near(Chance.ofPoisson(atLeast: 3, mean: 2), 0.323324))
    #expect(Chance.ofPoisson(atLeast: 2, mean: 2) == 1)
    #expect(Chance.ofPoisson(atLeast: 0, mean: 0) == 1)
    #expect(Chance.ofPoisson(atLeast: 1, mean: 0) == 0)
    #expect(Chance.ofPoisson(atLeast: 1000, mean: 1) < 1e-300)
    // 0.04 * 3/3, and 0.03 * 3/2 = 0.045, which is more than what the next has.
    #expect(Chance.falseDiscoveryRates([0.03, 0.01, 0.04]) == [0.04, 0.03, 0.04])
    #expect(Chance.falseDiscoveryRates([]).isEmpty)
  }

  @Test func aChangeIsPlacedWhereItBegan() {
    let expected = Array(repeating: 5.0, count: 8)
    #expect(Chance.changePoint(events: [5, 6, 4, 5, 1, 0, 2, 1], expected: expected, isFewer: true) == 4)
    #expect(Chance.changePoint(events: [5, 6, 4, 5, 11, 9, 12, 10], expected: expected, isFewer: false) == 4)
    #expect(Chance.changePoint(events: [0, 0, 0], expected: [5, 5, 5], isFewer: true) == 0)
    #expect(Chance.changePoint(events: [9, 9], expected: [5, 5], isFewer: true) == nil)
    #expect(Chance.changePoint(events: [], expected: [], isFewer: true) == nil)
  }
}

import SQLite
import Testing

@testable import Rotation

/// `Store.outcomes`: who called how much, and what became of it.
struct OutcomesTests {
  /// A call and its release.
  private func call(
    _ test: TestStore, _ destination: String = "12145551212", campaign: String? = nil, agent: String? = nil,
    pool: String? = nil, carrier: String? = nil, ending status: String? = nil, after seconds: Int = 0
  ) throws {
    let uniqueID = "call-\(try test.store.database.value("SELECT max(id) FROM request") ?? 0)"
    _ = try test.pick(
      destination, campaign: campaign, agent: agent, pool: pool, carrier: carrier, uniqueID: uniqueID)
    var outcome = Outcome()
    outcome.dialStatus = status.flatMap { CallerText($0) }
    outcome.answeredSeconds = status == "ANSWER" ? seconds : nil
    _ = try test.store.release(uniqueID: try #require(CallerText(uniqueID)), outcome: outcome)
  }

  private func report(_ test: TestStore, by grouping: Grouping, since: Int = 0) throws -> [String: Tally] {
    Dictionary(
      try test.store.outcomes(by: grouping, since: since).groups.map { ($0.name ?? "none", $0.tally) },
      uniquingKeysWith: { one, _ in one })
  }

  @Test func callsAreCountedWithWhatBecameOfThem() throws {
    let test = try TestStore()
    try test.add("2145550101 carrier=Acme", "3125550101 pool=sales")
    try call(test, campaign: "A", agent: "1", ending: "ANSWER", after: 60)
    try call(test, campaign: "A", agent: "2", ending: "ANSWER", after: 3)
    try call(test, campaign: "A", ending: "BUSY")
    try call(test, campaign: "A")
    try call(test, "3125551212", campaign: "B", pool: "sales", ending: "ANSWER", after: 31)
    #expect(try test.pick("13125551212", campaign: "B", carrier: "Nobody") == "NONE_AVAILABLE")

    let a = Tally(
      granted: 4, reported: 3, answered: 2, timed: 2, seconds: 63, judged: 2, short: 1)
    let b = Tally(granted: 1, reported: 1, answered: 1, timed: 1, seconds: 31, judged: 1)
    var bAndRefusal = b
    bAndRefusal.refused = 1
    #expect(try report(test, by: .number) == ["2145550101": a, "3125550101": b])
    #expect(try report(test, by: .pool) == ["default": a, "sales": b])
    #expect(try report(test, by: .carrier) == ["Acme": a, "none": b])
    #expect(try report(test, by: .campaign) == ["A": a, "B": bAndRefusal])
    #expect(try report(test, by: .area) == ["214": a, "312": bAndRefusal])
    #expect(try report(test, by: .region) == ["TX": a, "IL": bAndRefusal])
    #expect(try report(test, by: .agent).mapValues(\.granted) == ["1": 1, "2": 1, "none": 3])
    #expect(try report(test, by: .hour).mapValues(\.granted) == ["15:00": 5])
    #expect(a.answerRate == 67)
    #expect(a.averageSeconds == 32)
    #expect(a.shortShare == 50)
    #expect(Tally(granted: 3).answerRate == nil)
  }

  @Test func aCallIsShortThatTheSettingSaysIs() throws {
    let test = try TestStore()
    try test.add("2145550101")
    try call(test, ending: "ANSWER", after: 6)
    #expect(try report(test, by: .pool)["default"]?.short == 0)
    try test.store.set(.restShortSeconds, to: "7")
    #expect(try report(test, by: .pool)["default"]?.short == 1)
  }

  @Test(arguments: ["UTC", "Asia/Kolkata", "America/St_Johns", "Asia/Kathmandu"])
  func hoursAreThoseOfTheStoresZone(zone: String) throws {
    let test = try TestStore(timeZone: zone)
    try test.add("2145550101 max_concurrent=0 hourly_limit=none")
    for _ in 0..<8 {
      _ = try test.pick()
      test.clock.advance(900)
    }
    let hours = try test.store.outcomes(by: .hour, since: 0).groups
    #expect(hours.map(\.tally.granted).reduce(0, +) == 8)
    #expect(hours.allSatisfy { $0.tally.granted <= 4 })
    let first = test.store.settings.calendar.local(test.clock.now - 8 * 900)
    #expect(hours.first?.name == "\(first.hour < 10 ? "0" : "")\(first.hour):00")
  }

  @Test func onlyWhatIsSinceThenCounts() throws {
    let test = try TestStore()
    try test.add("2145550101 max_concurrent=0")
    _ = try test.pick()
    test.clock.advance(3600)
    _ = try test.pick()
    #expect(try report(test, by: .pool, since: test.clock.now) == ["default": Tally(granted: 1)])
    #expect(try report(test, by: .pool, since: test.clock.now + 1).isEmpty)
    // A clock that was set back: what is later in the log is not later in time.
    test.clock.advance(-1800)
    _ = try test.pick()
    #expect(try report(test, by: .pool, since: test.clock.now + 1800)["default"]?.granted == 1)
  }

  @Test func aReportGoesOnPastItsFirstStretch() throws {
    let test = try TestStore()
    try test.add("2145550101 max_concurrent=0")
    _ = try test.pick()
    for id in [Snapshot.stretch, Snapshot.stretch + 1, 3 * Snapshot.stretch + 7] {
      try test.store.database.run("UPDATE request SET id = ? WHERE id = (SELECT max(id) FROM request)", id)
      _ = try test.pick()
    }
    var told: [Int] = []
    let report = try test.store.outcomes(by: .pool, since: 0) { told.append($0) }
    #expect(report.groups.first?.tally.granted == 4)
    #expect(told == told.sorted() && told.first == 0 && told.count >= 2)
    #expect(try test.store.requests(last: 10).count == 4)
    #expect(try test.store.requests(last: 3).count == 3)
  }

  @Test func prunedDaysComeFromTheArchiveWhereItKnowsThem() throws {
    let test = try TestStore()
    try test.add("2145550101 carrier=Acme max_concurrent=0")
    try test.store.set(.retentionDays, to: "1")
    let start = test.clock.now
    for _ in 0..<3 {
      try call(test, campaign: "A", ending: "ANSWER", after: 2)
      try call(test, campaign: "A")
      test.clock.advance(86_400)
    }
    let whole = try test.store.outcomes(by: .number, since: 0)
    #expect(whole.logSince == nil && whole.archiveSince == nil)

    let reset = try test.store.resetUsage(.init(hourly: true, daily: true, pastOnly: true))
    #expect(reset.archivedDays == 3)
    #expect(reset.prunedRequests == 4)
    _ = try test.pick(campaign: "A")
    for grouping in [Grouping.number, .pool, .carrier] {
      let report = try test.store.outcomes(by: grouping, since: 0)
      let tally = try #require(report.groups.first?.tally)
      #expect(report.groups.count == 1)
      #expect(tally.granted == 7)
      #expect(tally.answered == 3)
      #expect(tally.averageSeconds == 2)
      // The archive of a day says nothing of short calls.
      #expect((tally.judged, tally.short) == (0, 0))
      #expect(report.archiveSince.map { $0 <= start && $0 > start - 86_400 } == true)
      #expect(try #require(report.logSince) > start + 2 * 86_400)
    }
    for grouping in [Grouping.campaign, .area, .region, .agent, .hour] {
      let report = try test.store.outcomes(by: grouping, since: 0)
      #expect(report.groups.map(\.tally.granted) == [3])
      #expect(report.logSince == start + 2 * 86_400)
      #expect(report.archiveSince == nil)
      #expect(try test.store.outcomes(by: grouping, since: test.clock.now - 3600).logSince == nil)
    }
  }

  @Test func aRemovedNumberIsCountedWithoutAName() throws {
    let test = try TestStore()
    try test.add("2145550101", "2145550102")
    _ = try test.pick()
    try test.store.database.run("DELETE FROM number WHERE id = 1")
    #expect(try report(test, by: .number) == ["none": Tally(granted: 1)])
  }
}

import Rotation
import SQLite
import Testing

/// `Store.statistics`, `Store.activity`, and the filters of `Store.requests`.
struct StatisticsTests {
  @Test func theDayIsCutIntoItsHours() throws {
    let test = try TestStore()
    try test.add("2145550101 max_concurrent=0")
    _ = try test.pick()
    test.clock.advance(3600)
    _ = try test.pick()
    _ = try test.pick("abc")
    let statistics = try test.store.statistics()
    #expect(statistics.hours == Array(repeating: 0, count: 15) + [1, 1])
    #expect((statistics.requests, statistics.granted, statistics.refused, statistics.kept) == (3, 2, 1, 0))
  }

  // MARK: Warnings

  /// As many calls as are asked for, evenly over the hour before now.
  private func call(_ test: TestStore, _ calls: Int, released: Int? = nil, ttl: Int? = nil) throws {
    for index in 0..<calls {
      _ = try test.pick(ttl: ttl, uniqueID: "\(index)")
      let left = 3600 / calls - (released ?? 0)
      if let released {
        test.clock.advance(released)
        _ = try test.store.release(uniqueID: try #require(CallerText("\(index)")))
      }
      test.clock.advance(left)
    }
  }

  @Test func aPoolThatItsCallsHaveOutgrownIsWarnedOf() throws {
    let test = try TestStore()
    try test.add("2145550101 hourly_limit=none", "2145550102 hourly_limit=none", "2145550103")
    try test.store.setState(.disabled, of: [try PhoneNumber("2145550103")])
    try call(test, 50)
    // Two numbers in use, 120 s a call: 60 calls an hour.
    #expect(
      try test.store.statistics().warnings == [
        "pool default: 50 calls in the last hour kept a number for 120 s on average; its 2 numbers in use can carry 60 "
          + "such calls an hour. Release numbers at hang-up, lower reservation_ttl, or import more numbers"
      ])
  }

  @Test func callsThatFitAreNotWarnedOf() throws {
    let test = try TestStore()
    try test.add("2145550101 hourly_limit=none", "2145550102 hourly_limit=none")
    try call(test, 45)
    #expect(try test.store.statistics().warnings.isEmpty)
  }

  @Test func earlyReleasesAndTimesToLiveOfTheirOwnCountForWhatTheyAre() throws {
    let test = try TestStore()
    try test.add("2145550101 hourly_limit=none daily_limit=none")
    try call(test, 60, released: 20)
    #expect(try test.store.statistics().warnings.isEmpty)
    test.clock.advance(3600)
    try call(test, 60, released: 55)
    #expect(try test.store.statistics().warnings.first?.contains("for 55 s on average") == true)
    test.clock.advance(3600)
    try call(test, 60, ttl: 10)
    #expect(try test.store.statistics().warnings.isEmpty)
    test.clock.advance(3600)
    try call(test, 4, ttl: 900)
    #expect(try test.store.statistics().warnings.first?.contains("can carry 4 such calls an hour") == true)
  }

  @Test func aNumberThatCarriesSeveralCallsAtOnceIsWorthSeveral() throws {
    let test = try TestStore()
    try test.add("2145550101 hourly_limit=none daily_limit=none max_concurrent=2")
    try call(test, 45)
    #expect(try test.store.statistics().warnings.isEmpty)
    try test.add("2145550102 max_concurrent=0")
    try call(test, 58)
    #expect(try test.store.statistics().warnings.isEmpty)
  }

  // MARK: What goes on

  @Test func theLastHalfHourIsCountedByTheMinute() throws {
    let test = try TestStore()
    try test.add("2145550101 hourly_limit=none", "2145550102")
    _ = try test.pick()
    test.clock.advance(29 * 60)
    _ = try test.pick(ttl: 0)
    _ = try test.pick(ttl: 600)
    test.clock.advance(60)
    _ = try test.pick(ttl: 600)
    for seconds in [0, 7] {
      test.clock.advance(seconds)
      #expect(try test.pick() == "NONE_AVAILABLE")
    }
    _ = try test.pick("abc")
    let activity = try test.store.activity(most: 1)
    #expect(activity.calls == Array(repeating: 0, count: 28) + [2, 1])
    #expect(activity.held == 2)
    #expect(activity.numbers == 2)
    #expect(activity.refused == 3)
    #expect(activity.refusals.map(\.count) == [2, 1])
    #expect(activity.refusals[0].reason == "every number that would do is asleep; the first to wake: reserved")
    #expect(activity.busiest.map(\.calls) == [2])
  }

  // MARK: The request log

  @Test func theLogIsFilteredByWhatIsAskedFor() throws {
    let test = try TestStore()
    try test.add("2145550101 max_concurrent=0", "3125550101 max_concurrent=0")
    _ = try test.pick("912145551212", campaign: "A", agent: "1")
    test.clock.advance(60)
    _ = try test.pick("13125551212", campaign: "A", agent: "2")
    _ = try test.pick("abc", campaign: "B", agent: "1")
    #expect(try test.store.requests(last: 9, agent: "1").count == 2)
    #expect(try test.store.requests(last: 9, campaign: "A", agent: "1").count == 1)
    #expect(try test.store.requests(last: 9, agent: "nobody").isEmpty)
    #expect(try test.store.requests(last: 9, since: test.clock.now).count == 2)
    for text in ["2145551212", "12145551212", "+1 (214) 555-1212", "912145551212"] {
      #expect(try test.store.requests(last: 9, destination: text).map(\.destination) == ["912145551212"])
    }
    #expect(throws: StoreError.self) { try test.store.requests(last: 9, destination: "abc") }
  }
}

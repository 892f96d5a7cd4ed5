import SQLite
import Testing

@testable import Rotation

/// A machine's clock jumps while calls are at a limit. Nobody is locked out by that for longer, by the new clock, than the
/// larger of the limit's window and the reservation's time to live, or than a rule's rest lasts.
///
/// What a jump makes undecidable: a counter knows one window. Calls of an hour that the clock comes back to, after others
/// were counted in another hour, are forgotten, and the limit holds anew from there on. Reservations of calls that a clock
/// set back by more than ten seconds has still to come to have ended.
@Suite(.timeLimit(.minutes(5)))
struct ClockJumpTests {
  @Test(arguments: ClockJump.all, Barrier.all)
  func nobodyIsLockedOutForLongerThanTheLimitSays(jump: ClockJump, barrier: Barrier) throws {
    let world = try ClockWorld(start: jump.start, zone: jump.zone, barrier)
    #expect(try (1...barrier.most).contains(world.callUntilRefused()))
    for stop in jump.stops {
      world.test.clock.set(stop)
      try world.expectSound()
      try world.test.checkLanes()
      if barrier.isReset {
        try world.reset()
        #expect(try world.call())
      }
      for _ in 1...2 {
        try #require(try world.wait() != nil, "locked out after the clock was set to \(stop)")
        #expect(try world.callUntilRefused() < barrier.most)
      }
      try world.test.checkLanes()
    }
    try world.expectNothingToMend()
    #expect(try world.wait() != nil)
  }

  private let unlimited = "hourly_limit=none daily_limit=none"

  /// It is their word, and stands by any clock.
  @Test(arguments: [-3600, -86_400, -31_536_000, 30 * 86_400])
  func anOperatorsRestEndsWhenTheySaid(jump: Int) throws {
    let test = try TestStore()
    try test.add("2145550101")
    let until = test.clock.now + 31 * 86_400
    try test.store.rest([try PhoneNumber("2145550101")], until: until, reason: "flagged")
    test.clock.advance(jump)
    #expect(try test.reopened().pick(Request(destination: "12145551212")).isGranted == false)
    test.clock.set(until - 1)
    #expect(try test.pick() == "NONE_AVAILABLE")
    test.clock.set(until)
    #expect(try test.pick() == "2145550101")
  }

  /// A rule's rest is not lost where a clock is wrong for a while: by the right one it goes on.
  @Test func aRulesRestGoesOnByTheRightClock() throws {
    let barrier = try #require(Barrier.all.first { $0.ending != nil })
    let world = try ClockWorld(start: 1_772_463_600, zone: "UTC", barrier)
    let (test, start) = (world.test, world.test.clock.now)
    #expect(try world.callUntilRefused() == 2)
    let number = try test.number("2145550101")
    #expect(number.rest(at: start)?.until == start + 86_400)
    #expect(number.rest(at: start)?.reason == "answered 0 % of 2 calls")
    test.clock.set(0)
    #expect(try world.call())
    test.clock.set(start + 60)
    #expect(try world.call() == false)
    test.clock.set(start + 86_400)
    #expect(try world.call())
  }

  @Test(arguments: [-3600, -5 * 3600, -86_400])
  func thousandsThatSleepAreAwakeAfterAFewCallsThoughOthersServe(jump: Int) throws {
    let barrier = Barrier(
      name: "", numbers: (2000..<2250).map { "214555\($0) hourly_limit=1" } + ["3125550101 \(unlimited)"],
      settings: [(.agentCallsPerMinute, "none")], most: 251, bound: .hour)
    let world = try ClockWorld(start: 1_772_465_440, zone: "UTC", barrier)
    for _ in 0..<251 { #expect(try world.call()) }
    // Others rest, which is no reason for those to sleep.
    let resting = try (2000..<2020).map { try PhoneNumber("214555\($0)") }
    try world.test.store.rest(resting, until: world.test.clock.now + 1000, reason: "")
    world.test.clock.advance(jump)
    let asleep: () throws -> Int? = {
      try world.test.store.database.value("SELECT count(*) FROM lane WHERE name LIKE '0:1::%' AND asleep_until > 0")
    }
    #expect(try asleep() == 250)
    for _ in 1...4 { #expect(try world.call()) }
    #expect(try asleep() == 20 + 4)
    try world.expectNothingToMend()
  }

  /// Days that were archived by a clock that was ahead are archived again when they are over.
  @Test func noDayIsMissingInTheArchive() throws {
    let barrier = Barrier(name: "", numbers: ["2145550101 \(unlimited)"], most: 1, bound: .seconds(0))
    let (day, start) = (86_400, 1_772_463_600)
    let world = try ClockWorld(start: start, zone: "UTC", barrier)
    #expect(try world.call())
    world.test.clock.set(start + 20 * day)
    try world.expectNothingToMend()
    world.test.clock.set(start + 60)
    #expect(try world.call())
    for later in 1...3 {
      world.test.clock.set(start + later * day)
      try world.expectNothingToMend()
      #expect(try world.call())
    }
    let archived: [Int] = try world.test.store.database.all("SELECT calls FROM daily_usage ORDER BY day") { $0[0] }
    #expect(archived == [2, 1, 1])
  }

  /// What was asked by a clock that was ahead is not of today.
  @Test func whatIsStillToComeIsNotCountedToday() throws {
    let test = try TestStore()
    try test.add("2145550101 \(unlimited)")
    for _ in 0..<3 { _ = try test.pick(ttl: 100) }
    test.clock.advance(-10 * 86_400)
    _ = try test.reopened()
    _ = try test.pick(ttl: 100)
    let statistics = try test.store.statistics()
    #expect((statistics.requests, statistics.granted, statistics.refused) == (1, 1, 0))
    #expect(statistics.warnings.isEmpty)
    let activity = try test.store.activity()
    #expect(activity.calls.reduce(0, +) + activity.refused == 1)
    #expect(activity.busiest.map(\.calls) == [1])
    #expect(try test.store.outcomes(by: .pool, since: 0).groups.map(\.tally.granted) == [2])
  }

  @Test func aWarmUpLastsTwiceItsDaysAtMost() throws {
    let test = try TestStore()
    try test.store.set(.warmUpDays, to: "3")
    try test.add("2145550101")
    let added = test.clock.now
    let days = try (-5...4).map {
      test.clock.set(added + $0 * 86_400)
      return try test.number("2145550101").warmUpDay(at: test.store.moment)
    }
    #expect(days == [nil, nil, 1, 1, 1, 1, 2, 3, nil, nil])
  }
}

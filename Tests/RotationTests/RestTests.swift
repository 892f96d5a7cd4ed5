import Rotation
import Testing

struct RestTests {
  @Test(arguments: [("30m", 1800), ("12h", 43_200), ("7d", 604_800), ("3650d", 315_360_000)])
  func aRestLastsAsLongAsIsSaid(text: String, seconds: Int) throws {
    let moment = Moment(now: 1_772_463_600, settings: Settings())
    #expect(try RestEnd.after(text, at: moment) == moment.now + seconds)
  }

  @Test(arguments: ["", "7", "d", "0d", "-1d", "+1d", "1.5h", "7w", "3651d", "99999999999999999999d", "7 d", "7dd"])
  func whatIsNoTimeIsRefused(text: String) {
    #expect(throws: StoreError.self) { try RestEnd.after(text, at: Moment(now: 1_772_463_600, settings: Settings())) }
  }

  @Test func aRestOfMoreThanTenYearsIsRefused() throws {
    let moment = Moment(now: 1_772_463_600, settings: Settings())
    try RestEnd.check(moment.now + 315_360_000, at: moment)
    #expect(throws: StoreError.self) { try RestEnd.check(moment.now + 315_360_001, at: moment) }
  }

  @Test func aRestingNumberIsLeftAloneUntilItEndsOrIsWoken() throws {
    let test = try TestStore()
    try test.add("2145550101")
    let phone = try PhoneNumber("2145550101")
    try test.store.rest([phone], until: test.clock.now + 3600, reason: "flagged")
    #expect(try test.pick(ttl: 0) == "NONE_AVAILABLE")
    #expect(try test.number("2145550101").restReason == "flagged")
    test.clock.advance(3600)
    #expect(try test.pick(ttl: 0) == "2145550101")
    try test.store.rest([phone], until: test.clock.now + 3600, reason: "again")
    try test.store.rest([phone], until: 0, reason: "")
    #expect(try test.pick(ttl: 0) == "2145550101")
    try test.checkLanes()
  }

  /// A dialplan may tell the status alone.
  @Test func anAnsweredCallWithoutItsSecondsIsAnswered() throws {
    let test = try TestStore()
    try test.add("2145550101")
    try test.store.set(.restBelowAnswerRate, to: "50")
    try test.store.set(.restAfterCalls, to: "2")
    try test.store.set(.restPoolShare, to: "100")
    for call in 0..<4 {
      #expect(try test.pick(uniqueID: "call-\(call)") == "2145550101")
      try test.release("call-\(call)", dialStatus: "ANSWER")
    }
    #expect(try test.number("2145550101").restingUntil == 0)
  }

  @Test func theDaysOfAWarmUpAreCounted() throws {
    let test = try TestStore()
    try test.store.set(.warmUpDays, to: "3")
    try test.store.set(.warmUpStart, to: "10")
    try test.add("2145550101")
    var days: [Int?] = []
    var limits: [Int?] = []
    for _ in 0..<5 {
      let moment = test.store.moment
      days.append(try test.number("2145550101").warmUpDay(at: moment))
      limits.append(try test.number("2145550101").effectiveDailyLimit(moment))
      test.clock.advance(86_400)
    }
    #expect(days == [1, 2, 3, nil, nil])
    #expect(limits == [10, 40, 70, 100, 100])
  }
}

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

  @Test(arguments: [
    ("UTC", "00:00", 1_796_083_200), ("America/New_York", "00:00", 1_796_101_200),
    ("Pacific/Kiritimati", "00:00", 1_796_032_800), ("Pacific/Pago_Pago", "06:00", 1_796_144_400),
    ("Asia/Kolkata", "00:00", 1_796_063_400),
  ])
  func aDayBeginsInTheStoresOwnZone(zone: String, start: String, begins: Int) throws {
    var settings = Settings()
    try Setting.timeZone.set(zone, in: &settings)
    try Setting.dayStartsAt.set(start, in: &settings)
    #expect(try RestEnd.on("2026-12-01", at: Moment(now: 1_772_463_600, settings: settings)) == begins)
  }

  @Test(arguments: ["2026-03-02", "2026-03-01", "2026-02-30", "2036-12-01", "tomorrow", "2026-3-1", ""])
  func aDayThatIsPastOrNoneIsRefused(text: String) {
    #expect(throws: StoreError.self) { try RestEnd.on(text, at: Moment(now: 1_772_463_600, settings: Settings())) }
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

import Foundation
import SQLite
import Testing

@testable import Rotation

/// What a store may hold that a disk or another program has damaged. Each once ended the program that read it.
@Suite(.timeLimit(.minutes(1)))
struct StoreFuzzRegressionTests {
  /// A store with a number, a campaign and an agent that have called, and all that can be asked of it.
  private func answers(after damage: StaticString, _ value: Int) throws -> String {
    let test = try TestStore()
    try test.store.set(.warmUpDays, to: "30")
    try test.store.set(.restBelowAnswerRate, to: "10")
    try test.add("2145550101 carrier=Acme")
    let sales = try #require(CallerText("SALES"))
    _ = try test.store.set([(.numberDailyLimit, "5")], of: sales)
    let call = try #require(CallerText("1.1"))
    var outcome = Outcome()
    outcome.dialStatus = CallerText("ANSWER")
    outcome.answeredSeconds = 3
    #expect(try test.pick(campaign: "SALES", agent: "1001", uniqueID: "1.1") == "2145550101")
    _ = try test.store.release(uniqueID: call, outcome: outcome)
    try test.store.database.run(damage, value)
    let reopened = try test.reopened()
    let answer = try test.pick(campaign: "SALES", agent: "1001", uniqueID: "1.1")
    _ = try reopened.release(uniqueID: call, outcome: outcome)
    _ = try reopened.statistics()
    for grouping in Grouping.allCases { _ = try reopened.outcomes(by: grouping, since: 0) }
    _ = try reopened.resetUsage(.init(hourly: true, daily: true, pastOnly: false))
    return answer
  }

  @Test(arguments: [Int.max, .min])
  func noNumberEndsTheProgram(value: Int) throws {
    let none = "NONE_AVAILABLE"
    let isMost = value > 0
    #expect(
      try answers(after: "UPDATE number SET used_today = ?, used_this_hour = ?1", value)
        == (isMost ? none : "2145550101"))
    #expect(try answers(after: "UPDATE number SET daily_limit = ?, hourly_limit = ?1", value) == "2145550101")
    #expect(try answers(after: "UPDATE number SET max_concurrent = ?", value) == "2145550101")
    #expect(try answers(after: "UPDATE number SET added_at = ?, daily_limit = ?1", value) == "2145550101")
    #expect(try answers(after: "UPDATE number SET last_used_at = ?, day = ?1, hour = ?1", value) == "2145550101")
    #expect(
      try answers(after: "UPDATE agent SET used_today = ?, used_this_hour = ?1, used_this_minute = 0", value)
        == "2145550101")
    #expect(try answers(after: "UPDATE campaign SET used_today = ?, used_this_hour = ?1", value) == "2145550101")
    #expect(try answers(after: "UPDATE campaign_number SET used_this_hour = ?", value) == "2145550101")
    #expect(try answers(after: "UPDATE outcome SET calls = ?, answered = ?1, short = ?1", value) == "2145550101")
    #expect(try answers(after: "UPDATE pool SET numbers = ?", value) == "2145550101")
    #expect(try answers(after: "UPDATE request SET at = ?", value) == "2145550101")
    #expect(try answers(after: "INSERT INTO daily_usage VALUES (1, 1, ?, ?1, ?1)", value) == "2145550101")
  }

  /// Nothing can be reckoned with it: it is told, and calls go on.
  @Test(arguments: [Int.max, .max - 1, 1 << 41, -1])
  func aRequestsNumberThatIsNoneIsDamage(number: Int) throws {
    let test = try TestStore()
    try test.add("2145550101 max_concurrent=0")
    _ = try test.pick()
    try test.store.database.run("UPDATE request SET id = ?", number)
    let reset = Store.ResetScope(hourly: true, daily: true, pastOnly: true)
    let asked: [() throws -> Void] = [
      { _ = try test.store.requests(last: 1) }, { _ = try test.store.statistics() }, { _ = try test.store.activity() },
      { _ = try test.store.outcomes(by: .number, since: 0) }, { _ = try test.store.resetUsage(reset) },
    ]
    for ask in asked {
      let error = #expect(throws: StoreError.self) { try ask() }
      #expect(error?.kind == .notAStore && error?.message.contains("damaged") == true)
    }
    #expect(try test.pick() == "2145550101")
  }

  @Test(arguments: [Int.max, .min, 1 << 60])
  func aRestOrAClockThatIsNoneEndsNoCall(value: Int) throws {
    let test = try TestStore()
    try test.add("2145550101")
    for text in [" \(value) x", " 99999999999999999999999 x", " ", " x", " 7"] {
      try test.store.database.run("UPDATE number SET resting_until = ?, rest_reason = ?", value, text)
      _ = try test.reopened().statistics()
      _ = try test.pick()
    }
    try test.store.database.run("UPDATE number SET resting_until = 0, holds = ''")
    for text in [String(value), "99999999999999999999999", "", "x"] {
      for key in ["latest", "refiled_to", "archived_until"] {
        try test.store.database.run("INSERT OR REPLACE INTO setting VALUES (0, ?, ?)", key, text)
      }
      #expect(try test.asCall { try $0.pick(Request(destination: "12145551212")) }.isGranted)
      test.clock.advance(600)
      _ = try test.reopened().resetUsage(.init(hourly: true, daily: true, pastOnly: true))
    }
  }

  @Test func aHoldOrAScopeOfTooManyDigitsIsSomeOther() {
    let digits = String(repeating: "9", count: 30)
    #expect(Reservation.read("\(digits):\(digits):1 x 1:2:3").last == Reservation(request: 1, from: 2, until: 3))
    #expect(
      CampaignScope.read("\(digits):\(digits): 7:5:").last
        == CampaignScope(campaignID: 7, dailyLimit: 5, hourlyLimit: nil))
  }

  @Test(arguments: ["9223372036854775807", "10001", "0", "-1", "99999999999999999999", "x", ""])
  func noCallWaitsForWhatADamagedLockFileSays(text: String) throws {
    let test = try TestStore()
    try Data("\(text)\n\n".utf8).write(to: URL(fileURLWithPath: StoreLock.path(ofStore: test.store.path)))
    #expect(Store.callTimeout(path: test.store.path) == Settings().busyTimeoutMilliseconds)
  }

  @Test(arguments: [Int.max, .min, 1 << 60])
  func everyMomentLiesInAnHourAndADay(moment: Int) {
    let calendar = Calendar(timeZone: "America/Chicago")
    #expect(calendar.windows(at: moment).hour.count == 3600)
    #expect(calendar.windows(at: moment).day.count > 80_000)
    #expect((0..<24).contains(calendar.local(moment).hour))
  }

  @Test func aCountryCodeThatIsRefusedIsNotTaken() {
    var settings = Settings()
    #expect(throws: StoreError.self) { try Setting.countryCode.set("044", in: &settings) }
    #expect(settings == Settings())
  }
}

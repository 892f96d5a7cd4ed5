import SQLite
import Testing

@testable import Rotation

/// `Store.forecast`: how many numbers are missing where. All figures are computed by hand.
struct ForecastTests {
  /// 2026-03-02 15:00 UTC, a Monday.
  private static let start = 1_772_463_600

  /// Puts requests into the log, all in one statement.
  ///
  /// - Parameters:
  ///   - number: the ID of the one that all of them got; nil: they were refused.
  ///   - seconds: between two of them.
  ///   - held: for how many seconds each held its number.
  private func log(
    _ test: TestStore, _ requests: Int, to area: String, number: Int?, match: Match = .area, campaign: Int? = nil,
    from start: Int = start, each seconds: Int = 1, held: Int = 60
  ) throws {
    try test.store.database.run(
      """
      WITH RECURSIVE n (i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i + 1 < ?1)
      INSERT INTO request (at, status, reason, destination, area_code, campaign_id, number_id, match, reserved_until,
        released_at)
      SELECT ?5 + i * ?6, CASE WHEN ?3 IS NULL THEN 'NONE_AVAILABLE' ELSE 'OK' END,
        CASE WHEN ?3 IS NULL THEN 'there is no number that would do' END, '1' || ?2 || '5551212',
        CASE WHEN ?3 IS NULL THEN NULL ELSE ?2 END, ?8, ?3, ?4,
        CASE WHEN ?3 IS NULL THEN 0 ELSE ?5 + i * ?6 + 120 END, ?5 + i * ?6 + ?7 FROM n
      """, requests, area, number, number == nil ? nil : match.rawValue, start, seconds, held, campaign)
  }

  /// A store whose settings have no limits but those that are given.
  private func store(
    start: Int = start + 7200, timeZone: String = "UTC", daily: String = "none", hourly: String = "none",
    concurrent: String = "0"
  ) throws -> TestStore {
    let test = try TestStore(start: start, timeZone: timeZone)
    try test.store.set(.defaultDailyLimit, to: daily)
    try test.store.set(.defaultHourlyLimit, to: hourly)
    try test.store.set(.maxConcurrent, to: concurrent)
    return test
  }

  private func row(
    _ test: TestStore, _ place: String, pool: String = "default", by unit: ForecastReport.Place = .area
  ) throws -> ForecastReport.Row {
    let rows = try test.store.forecast(since: 0, by: unit).rows
    return try #require(rows.first { $0.place == place && $0.pool == pool })
  }

  // MARK: Limits

  @Test func theBusiestDayHasToFitIntoDailyLimits() throws {
    let test = try store(daily: "100")
    try test.add("2145550101")
    try log(test, 120, to: "214", number: 1, from: Self.start - 86_400)
    try log(test, 100, to: "214", number: 1)
    try log(test, 150, to: "214", number: nil, from: Self.start + 100)
    let row = try row(test, "214")
    #expect(row.demand.asked == 370 && row.demand.area == 220 && row.demand.refused == 150)
    #expect(row.demand.busiestDay == (at: Self.start - 15 * 3600, calls: 250))
    // (250 - 100) / 100 = 1.5
    #expect(row.toBuyByDay == 2)
    #expect((row.toBuyByHour, row.toBuyByConcurrency, row.toBuy) == (0, 0, 2))
    // A number of its own limit: (250 - 240) / 100 = 0.1
    var fields = NumberFields()
    try fields.set(.dailyLimit, to: "240")
    _ = try test.store.change(try PhoneNumber("2145550101"), fields)
    #expect(try self.row(test, "214").toBuy == 1)
    try fields.set(.dailyLimit, to: "250")
    _ = try test.store.change(try PhoneNumber("2145550101"), fields)
    #expect(try self.row(test, "214").toBuy == 0)
    // One without a limit is enough for any number of calls.
    try fields.set(.dailyLimit, to: "none")
    _ = try test.store.change(try PhoneNumber("2145550101"), fields)
    #expect(try self.row(test, "214").supply.capacity.daily == nil)
    #expect(try self.row(test, "214").toBuy == 0)
  }

  @Test func theBusiestHourHasToFitIntoHourlyLimits() throws {
    let test = try store(hourly: "20")
    try test.add("2145550101")
    try log(test, 70, to: "214", number: 1, each: 50)
    try log(test, 69, to: "214", number: 1, from: Self.start + 3600, each: 50)
    let row = try row(test, "214")
    #expect(row.demand.busiestHour == (at: Self.start, calls: 70))
    #expect(row.demand.busiestDay.calls == 139)
    // (70 - 20) / 20 = 2.5
    #expect((row.toBuyByDay, row.toBuyByHour, row.toBuyByConcurrency, row.toBuy) == (0, 3, 0, 3))
  }

  @Test func theCallsOfTheBusiestHourNeedNumbersAtTheSameTime() throws {
    let test = try store(concurrent: "1")
    try test.add("2145550101")
    try log(test, 120, to: "214", number: 1, each: 30, held: 90)
    let row = try row(test, "214")
    #expect(row.heldSeconds == 90)
    // 120 * 90 / 3600 = 3, of which one has its number.
    #expect(row.atOnce == 3)
    #expect((row.toBuyByDay, row.toBuyByHour, row.toBuyByConcurrency, row.toBuy) == (0, 0, 2, 2))
    try test.store.set(.maxConcurrent, to: "2")
    #expect(try self.row(test, "214").toBuy == 1)
    try test.store.set(.maxConcurrent, to: "0")
    #expect(try self.row(test, "214").toBuy == 0)
  }

  @Test func theMostOfTheThreeCounts() throws {
    let test = try store(daily: "100", hourly: "20", concurrent: "1")
    // 190 in the hour and on the day, held for 60 s: 1.9 or 2, 9.5 or 10, 3.17 or 4.
    try log(test, 190, to: "214", number: nil)
    try test.add("3125550101")
    try log(test, 1, to: "312", number: 1, held: 60)
    let report = try test.store.forecast(since: 0)
    #expect(report.rows.map(\.place) == ["214", "312"])
    let row = report.rows[0]
    #expect((row.toBuyByDay, row.toBuyByHour, row.toBuyByConcurrency, row.toBuy) == (2, 10, 4, 10))
    #expect(row.supply.numbers == 0)
    #expect(report.toBuy == 10)
    #expect(report.rows(of: "214").count == 1 && report.rows(of: "999").isEmpty)
  }

  // MARK: Numbers, areas and pools

  @Test func aNumberOfSeveralAreaCodesCountsInPart() throws {
    let test = try store(daily: "100")
    try test.add("2145550101 area_code=214,972,806")
    try log(test, 150, to: "214", number: 1)
    try log(test, 50, to: "972", number: 1)
    let (dallas, other) = (try row(test, "214"), try row(test, "972"))
    // Nobody calls 806. 150 / 200 of it is there for 214: (150 - 75) / 100 = 0.75; (50 - 25) / 100 = 0.25.
    #expect(dallas.supply.capacity.daily == 75 && other.supply.capacity.daily == 25)
    #expect(dallas.supply.shared == 1 && dallas.supply.numbers == 1)
    #expect((dallas.toBuy, other.toBuy) == (1, 1))
    // As one region: (200 - 100) / 100.
    let texas = try row(test, "TX", by: .region)
    #expect(texas.supply.shared == 0 && texas.supply.capacity.daily == 100)
    #expect((texas.demand.asked, texas.toBuy) == (200, 1))
  }

  @Test func numbersServeRegionsAndPartsOfAreaCodes() throws {
    let test = try store(daily: "100")
    try test.add("2145550101 area_code=TX", "2145550102 area_code=21455", "3125550101", "2145550103")
    try test.store.setState(.disabled, of: [try PhoneNumber("2145550103")])
    try log(test, 10, to: "214", number: 3, match: .any)
    let row = try row(test, "214")
    #expect(row.supply.numbers == 2)
    #expect((row.demand.area, row.demand.region, row.demand.elsewhere) == (0, 0, 10))
  }

  @Test func aRequestCountsForOnePoolOfItsCampaign() throws {
    let test = try store(daily: "10")
    try test.add("2145550101 pool=sales", "2145550102", "9725550103")
    _ = try test.store.set([(.pools, "sales,default")], of: try #require(CallerText("SALES")))
    let campaign: Int = try #require(try test.store.database.value("SELECT id FROM campaign"))
    try log(test, 10, to: "214", number: 1, campaign: campaign)
    // The second pool had a number of the area code.
    try log(test, 10, to: "214", number: 2, campaign: campaign)
    // These would have got one of the first pool, if it had had more of them.
    try log(test, 5, to: "214", number: 3, match: .region, campaign: campaign)
    try log(test, 8, to: "214", number: nil, campaign: campaign)
    // No campaign: the pool default.
    try log(test, 3, to: "214", number: nil)
    let (sales, other) = (try row(test, "214", pool: "sales"), try row(test, "214"))
    #expect(sales.demand.asked == 23 && other.demand.asked == 13)
    #expect((sales.demand.area, sales.demand.region, sales.demand.refused) == (10, 5, 8))
    // (23 - 10) / 10 and (13 - 10) / 10.
    #expect((sales.toBuy, other.toBuy) == (2, 1))
    #expect(try test.store.forecast(since: 0).toBuy == 3)
    // Where the region is as good, the five are served from the pool default.
    let texas = try row(test, "TX", pool: "default", by: .region)
    #expect((texas.demand.asked, texas.supply.numbers, texas.toBuy) == (18, 2, 0))
  }

  @Test func whatNumbersDoNotHelpIsLeftOut() throws {
    let test = try store(daily: "10")
    try test.add("2145550101")
    try log(test, 5, to: "214", number: 1)
    try log(test, 7, to: "214", number: 1, match: .sticky)
    for (status, reason) in [
      ("NONE_AVAILABLE", "the campaign's calls today are at its limit of 5"), ("RATE_LIMITED", "too many"),
      ("BAD_REQUEST", "unknown pool"), ("KEPT", "the call shows one of our numbers already"),
    ] {
      try test.store.database.run(
        "INSERT INTO request (at, status, reason, destination, reserved_until) VALUES (?, ?, ?, '12145551212', 0)",
        Self.start, status, reason)
    }
    try test.store.database.run(
      "INSERT INTO request (at, status, destination, reserved_until) VALUES (?, 'NONE_AVAILABLE', '5551212', 0)",
      Self.start)
    let report = try test.store.forecast(since: 0)
    #expect(report.rows.count == 1)
    #expect(report.rows[0].demand.asked == 12)
    #expect(report.rows[0].demand.area == 12)
    #expect(report.withoutArea == 1)
  }

  @Test func withoutRequestsThereIsNothingToBuy() throws {
    let test = try store(daily: "10")
    #expect(try test.store.forecast(since: 0).rows.isEmpty)
    try test.add("2145550101")
    let report = try test.store.forecast(since: 0, by: .region)
    #expect(report.rows.isEmpty && report.toBuy == 0 && report.logSince == nil && report.withoutArea == 0)
  }

  // MARK: Time

  /// On 2026-11-01 Chicago's day has 25 hours, and 01:00 comes twice; on 2026-03-08 it has 23.
  @Test func hoursAndDaysAreThoseOfTheClockWhenItChanges() throws {
    let autumn = 1_793_509_200
    let test = try store(start: autumn + 3 * 86_400, timeZone: "America/Chicago", daily: "10", hourly: "10")
    try log(test, 30, to: "214", number: nil, from: autumn + 3600)
    try log(test, 20, to: "214", number: nil, from: autumn + 7200)
    // The last second of the day, and the first one of the next.
    try log(test, 1, to: "214", number: nil, from: autumn + 25 * 3600 - 1)
    try log(test, 1, to: "214", number: nil, from: autumn + 25 * 3600)
    let row = try row(test, "214")
    #expect(row.demand.busiestDay == (at: autumn, calls: 51))
    #expect(row.demand.busiestHour == (at: autumn + 3600, calls: 30))
    #expect((row.toBuyByDay, row.toBuyByHour) == (6, 3))

    let spring = 1_772_949_600
    let other = try store(start: spring + 3 * 86_400, timeZone: "America/Chicago", daily: "10")
    try log(other, 2, to: "214", number: nil, from: spring + 23 * 3600 - 2)
    try log(other, 1, to: "214", number: nil, from: spring + 23 * 3600)
    #expect(try self.row(other, "214").demand.busiestDay == (at: spring, calls: 2))
  }

  @Test func itTellsWhenNoNumberIsLeftToday() throws {
    let test = try TestStore(start: Self.start)
    try test.store.set(.maxConcurrent, to: "0")
    try test.add("2145550101 daily_limit=100 hourly_limit=none")
    for _ in 0..<40 { _ = try test.pick("12145551212") }
    let row = try row(test, "214")
    // 60 are left; at 40 an hour they last for an hour and a half.
    #expect(row.demand.lastHour == 40)
    #expect(row.leftToday == 60)
    #expect(row.dryAt == Self.start + 5400)
    // Ten are left in this hour, which are a quarter of what is asked for.
    try test.store.set(.defaultHourlyLimit, to: "50")
    var fields = NumberFields()
    try fields.set(.hourlyLimit, to: "")
    _ = try test.store.change(try PhoneNumber("2145550101"), fields)
    #expect(try self.row(test, "214").dryAt == Self.start + 900)
    #expect(try self.row(test, "214").leftToday == 60)
    // A number without limits never runs dry; one that rests is of no use today.
    try test.add("2145550102 daily_limit=none hourly_limit=none")
    #expect(try self.row(test, "214").leftToday == nil)
    #expect(try self.row(test, "214").dryAt == nil)
    try test.store.rest([try PhoneNumber("2145550102")], until: Self.start + 1_000_000, reason: "")
    let resting = try self.row(test, "214")
    #expect((resting.supply.numbers, resting.supply.free, resting.supply.resting) == (2, 1, 1))
    #expect(resting.leftToday == 60 && resting.dryAt == Self.start + 900)
    // An hour later nobody calls, and nothing runs dry.
    test.clock.advance(3601)
    #expect(try self.row(test, "214").dryAt == nil)
  }

  @Test func whereThereIsNoNumberNoneIsLeft() throws {
    let test = try store(start: Self.start + 60, daily: "10")
    try log(test, 5, to: "214", number: nil)
    let row = try row(test, "214")
    #expect((row.leftToday, row.dryAt) == (0, Self.start + 60))
  }

  @Test func anHourlyLimitAloneBoundsTheDay() throws {
    // At 22:30, one and a half hours before the day ends.
    let test = try store(start: Self.start + 7 * 3600 + 1800, hourly: "10")
    try test.add("2145550101")
    for _ in 0..<4 { _ = try test.pick("12145551212") }
    // Six in this hour and ten in the next; four an hour are fewer.
    #expect(try row(test, "214").leftToday == 16)
    #expect(try row(test, "214").dryAt == nil)
  }
}

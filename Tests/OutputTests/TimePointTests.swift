import Output
import Rotation
import Testing

/// Moments as operators write them. It is Monday, 2 March 2026, 15:00 in UTC.
struct TimePointTests {
  private func moment(zone: String = "UTC", dayStartsAt: String = "00:00") throws -> Moment {
    var settings = Settings()
    try Setting.timeZone.set(zone, in: &settings)
    try Setting.dayStartsAt.set(dayStartsAt, in: &settings)
    return Moment(now: 1_772_463_600, settings: settings)
  }

  private func past(_ text: String, _ moment: Moment) throws -> String {
    try moment.settings.calendar.text(of: #require(TimePoint(text)).past(at: moment))
  }

  private func future(_ text: String, _ moment: Moment) throws -> String {
    try moment.settings.calendar.text(of: #require(TimePoint(text)).future(at: moment))
  }

  @Test(arguments: [
    ("today", "2026-03-02 00:00:00"), ("yesterday", "2026-03-01 00:00:00"), ("7d", "2026-02-23 00:00:00"),
    ("12h", "2026-03-02 03:00:00"), ("30m", "2026-03-02 14:30:00"), ("yesterday 15:00", "2026-03-01 15:00:00"),
    ("today 9:05", "2026-03-02 09:05:00"), ("14:59", "2026-03-02 14:59:00"), ("2026-02-28", "2026-02-28 00:00:00"),
    ("2026-02-28 23:59", "2026-02-28 23:59:00"),
  ])
  func reportsBeginThen(text: String, expected: String) throws { #expect(try past(text, moment()) == expected) }

  @Test(arguments: [
    ("tomorrow", "2026-03-03 00:00:00"), ("tomorrow 15:00", "2026-03-03 15:00:00"), ("7d", "2026-03-09 15:00:00"),
    ("12h", "2026-03-03 03:00:00"), ("30m", "2026-03-02 15:30:00"), ("15:01", "2026-03-02 15:01:00"),
    ("2026-12-01", "2026-12-01 00:00:00"), ("2026-12-01 6:00", "2026-12-01 06:00:00"),
  ])
  func restsEndThen(text: String, expected: String) throws { #expect(try future(text, moment()) == expected) }

  /// A time of day is that of the clock; a day is the store's.
  @Test func daysAreTheStoresAndTimesTheClocks() throws {
    let late = try moment(zone: "America/New_York", dayStartsAt: "12:00")
    #expect(try past("today", late) == "2026-03-01 12:00:00")
    #expect(try past("today 9:30", late) == "2026-03-02 09:30:00")
    #expect(try future("tomorrow", late) == "2026-03-02 12:00:00")
    #expect(try future("tomorrow 9:30", late) == "2026-03-03 09:30:00")
  }

  @Test(arguments: [
    ("UTC", "00:00", 1_796_083_200), ("America/New_York", "00:00", 1_796_101_200),
    ("Pacific/Kiritimati", "00:00", 1_796_032_800), ("Pacific/Pago_Pago", "06:00", 1_796_144_400),
    ("Asia/Kolkata", "00:00", 1_796_063_400),
  ])
  func aDayBeginsInTheStoresOwnZone(zone: String, start: String, begins: Int) throws {
    #expect(try TimePoint("2026-12-01")?.future(at: moment(zone: zone, dayStartsAt: start)) == begins)
  }

  /// Clocks go forward on 8 March in New York: 2:30 is moved on, and a day is not 24 hours long.
  @Test func changesOfTheClocksAreKeptTo() throws {
    let newYork = try moment(zone: "America/New_York")
    #expect(try future("2026-03-08 2:30", newYork) == "2026-03-08 03:30:00")
    #expect(try future("2026-03-09", newYork) == "2026-03-09 00:00:00")
  }

  @Test(arguments: [
    "", "soon", "0d", "7", "d", "-1d", "+1d", "7w", "99999d", "2026-02-30", "2026-13-01", "2026-3", "24:00", "9:5", "9",
    "today 24:00", "7d 9:00", "9:00 9:00", "today 9:00 x", "yesterday15:00",
  ])
  func whatIsNoTimeIsNone(text: String) { #expect(TimePoint(text) == nil) }

  @Test func theFutureIsNoBeginningAndThePastNoEnd() throws {
    for text in ["tomorrow", "15:01", "2026-03-03"] {
      #expect(throws: StoreError.self) { try TimePoint(text)?.past(at: moment()) }
    }
    for text in ["today", "yesterday 23:00", "15:00", "2026-03-02"] {
      #expect(throws: StoreError.self) { try TimePoint(text)?.future(at: moment()) }
    }
  }
}

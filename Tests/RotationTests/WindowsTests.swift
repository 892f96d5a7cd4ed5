import Testing

@testable import Rotation

struct WindowsTests {
  @Test(
    arguments: [
      "UTC", "America/Chicago", "America/St_Johns", "Asia/Kolkata", "Asia/Kathmandu", "Australia/Lord_Howe",
      "America/Havana", "Africa/Cairo", "Europe/Dublin", "Africa/Casablanca",
    ], ["00:00", "22:15"])
  func everyMomentLiesInItsWindows(zone: String, dayStartsAt: String) throws {
    let minutes = try SettingParser(key: "day_starts_at", text: dayStartsAt).time()
    let calendar = Calendar(timeZone: zone, dayStartsAt: minutes)
    let model = try #require(ModelCalendar(zone: zone, dayStartsAt: minutes * 60))
    var moment = 1_772_000_000
    // A prime step visits all minutes of the hour over a year, both changes of the clocks among them.
    while moment < 1_772_000_000 + 366 * 86_400 {
      let windows = calendar.windows(at: moment)
      #expect(windows.hour.contains(moment))
      #expect(windows.hour.count == 3600)
      #expect(windows.day.contains(moment))
      #expect((23 * 3600 - 1800...25 * 3600 + 1800).contains(windows.day.count))
      let day = model.day(of: moment)
      let (first, end) = (windows.day.lowerBound, windows.day.upperBound)
      let days = [first - 1, first, end - 1, end].map { model.day(of: $0) }
      #expect(days == [day - 1, day, day, day + 1], "\(moment)")
      moment += 7919 * 3
    }
  }

  @Test func aMidnightThatComesTwiceBeginsTheDayWhenItComesFirst() {
    let calendar = Calendar(timeZone: "America/Havana")
    // On 2026-11-01 the clocks go back from 1:00 to 0:00. What mktime() was asked before makes no difference.
    for before in [1_782_864_000, 1_798_761_600] {
      _ = calendar.windows(at: before)
      #expect(calendar.windows(at: 1_793_550_000).day == 1_793_505_600..<1_793_595_600)
    }
  }

  @Test func aDayBeginsAtLocalMidnight() {
    // 2026-03-02 15:00 UTC is 09:00 in Chicago.
    let windows = Calendar(timeZone: "America/Chicago").windows(at: 1_772_463_600)
    #expect(windows.day == 1_772_431_200..<1_772_517_600)
    #expect(windows.hour == 1_772_463_600..<1_772_467_200)
  }

  @Test func aDayBeginsWhenTheSettingSays() {
    let calendar = Calendar(timeZone: "UTC", dayStartsAt: 16 * 60)
    #expect(calendar.windows(at: 1_772_463_600).day.upperBound == 1_772_467_200)
    #expect(calendar.windows(at: 1_772_467_200).day.lowerBound == 1_772_467_200)
  }

  @Test func theDaysOfTheChangesHave23And25Hours() {
    let calendar = Calendar(timeZone: "America/New_York")
    // Noon local on 2026-03-08 and 2026-11-01.
    #expect(calendar.windows(at: 1_772_985_600).day.count == 23 * 3600)
    #expect(calendar.windows(at: 1_793_552_400).day.count == 25 * 3600)
  }

  @Test func theHourThatComesTwiceIsTwoHours() {
    let calendar = Calendar(timeZone: "America/New_York")
    // 2026-11-01 05:30 UTC is 01:30 EDT, 06:30 UTC is 01:30 EST.
    let first = calendar.windows(at: 1_793_511_000).hour
    let second = calendar.windows(at: 1_793_514_600).hour
    #expect(first.upperBound == second.lowerBound)
  }

  @Test func anHourBeginsOnTheLocalClock() {
    // India is at +5:30: its hours begin at half past UTC.
    let hour = Calendar(timeZone: "Asia/Kolkata").windows(at: 1_772_463_600).hour
    #expect(hour == 1_772_461_800..<1_772_465_400)
  }

  @Test(arguments: ["America/Chicago", "UTC", "Etc/GMT+5"]) func knows(zone: String) {
    #expect(Calendar.knows(timeZone: zone))
  }

  @Test(arguments: ["", "Nowhere/City", "../../../etc/passwd", "/etc/localtime", "America", "CST6CDT,M3.2.0"])
  func doesNotKnow(zone: String) {
    #expect(!Calendar.knows(timeZone: zone))
  }
}

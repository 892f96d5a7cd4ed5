import Rotation
import Testing

struct WarmUpTests {
  @Test func aDayOf25HoursIsOneStep() throws {
    // 2026-11-01 00:10 in New York, whose clocks go back two hours later.
    let test = try TestStore(start: 1_793_506_200, timeZone: "America/New_York")
    try test.add("2145550101 daily_limit=9 hourly_limit=none")
    try test.store.set(.warmUpDays, to: "4")
    try test.store.set(.warmUpStart, to: "1")
    var picked: [Int] = []
    for _ in 0..<5 {
      picked.append(try (0..<12).count { _ in try test.pick(ttl: 0) == "2145550101" })
      test.clock.advance(86_400)
    }
    // A day of 86,400 seconds later it is 23:10 of the same day.
    #expect(picked == [1, 0, 3, 5, 7])
    test.clock.advance(3600)
    #expect(try test.pick(ttl: 0) == "2145550101")
  }
}

import Testing

@testable import Rotation

/// Numbers that several calls may hold at once.
struct ReservationTests {
  /// One that more calls hold than may, since its operator has lowered their number.
  @Test func aNumberSleepsUntilEnoughOfItsReservationsHaveEnded() throws {
    let test = try TestStore()
    try test.add("2145550101 max_concurrent=3")
    for ttl in [90, 30, 60] { #expect(try test.pick(ttl: ttl) == "2145550101") }
    let start = test.clock.now
    #expect(try test.number("2145550101").place.asleepUntil == start + 30)
    for (most, wakes) in [(2, 60), (1, 90), (3, 30), (2, 60)] {
      _ = try test.store.change(try PhoneNumber("2145550101"), try NumberFields(["max_concurrent": "\(most)"]))
      let number = try test.number("2145550101")
      #expect(number.sleep(at: test.store.moment)?.until == start + wakes, "\(most) at once")
      #expect(number.place.asleepUntil == start + wakes, "\(most) at once")
      try test.checkLanes()
    }
    test.clock.set(start + 59)
    #expect(try test.pick(ttl: 60) == "NONE_AVAILABLE")
    test.clock.set(start + 60)
    #expect(try test.pick(ttl: 60) == "2145550101")
    #expect(try test.pick(ttl: 60) == "NONE_AVAILABLE")
  }

  @Test func whatHasEndedLeavesTheListWhenTheNumberIsPickedAgain() throws {
    let test = try TestStore()
    try test.add("2145550101 max_concurrent=3 hourly_limit=none")
    for _ in 0..<20 {
      #expect(try test.pick(ttl: 60) == "2145550101")
      test.clock.advance(31)
    }
    // The last one, and the one before it, which still has half a minute when the last is made.
    let reservations = try test.number("2145550101").reservations
    #expect(reservations.map(\.until) == [test.clock.now - 31 - 31 + 60, test.clock.now - 31 + 60])
    test.clock.advance(60)
    #expect(try test.pick(ttl: 0) == "2145550101")
    #expect(try test.number("2145550101").reservations.isEmpty)
  }
}

import SQLite
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
    // It stands last among the awake ones, until a search comes to it.
    #expect(try test.number("2145550101").place.asleepUntil == 0)
    #expect(try test.pick(ttl: 60) == "NONE_AVAILABLE")
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

  /// Its two lanes change once, with the pick: neither its release nor the end of its reservation moves it.
  @Test func aNumberThatIsReleasedStandsWhereItsPickHasPutIt() throws {
    let test = try TestStore()
    try test.add("2145550101", "2145550102")
    #expect(try test.pick(ttl: 60) == "2145550101")
    let place = try test.number("2145550101").place
    let before = try test.store.database.value("SELECT total_changes()") ?? 0
    let request = try test.number("2145550101").lastRequest
    #expect(try test.store.write { try $0.release(request: request) })
    // The request's row and the number's.
    #expect(try test.store.database.value("SELECT total_changes()") == before + 2)
    #expect(try test.number("2145550101").place == place)
    try test.checkLanes()
  }

  /// Those that calls hold stand among the awake ones, so a search passes many.
  @Test func aFreeNumberIsFoundBehindHundredsThatCallsHold() throws {
    let test = try TestStore()
    let numbers = (100..<500).map { "2145550\($0)" }
    for number in numbers { try test.add(number) }
    for number in numbers { #expect(try test.pick(ttl: 600) == number) }
    let last = try test.number("2145550499").lastRequest
    #expect(try test.store.write { try $0.release(request: last) })
    test.clock.advance(1)
    #expect(try test.pick(ttl: 60) == "2145550499")
    #expect(try test.pick(ttl: 60) == "NONE_AVAILABLE")
    try test.checkLanes()
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

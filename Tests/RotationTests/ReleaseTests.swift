import SQLite
import Testing

@testable import Rotation

struct ReleaseTests {
  @Test func aReleasedNumberIsFreeForTheNextCall() throws {
    let test = try TestStore()
    try test.add("2145550101")
    _ = try test.pick(uniqueID: "1.1")
    let call = try #require(CallerText("1.1"))
    #expect(try test.store.release(uniqueID: call).map(\.written) == ["2145550101"])
    #expect(try test.pick() == "2145550101")
  }

  @Test func releasingTwiceOrTooLateFreesNobodyElsesNumber() throws {
    let test = try TestStore()
    try test.add("2145550101")
    let call = try #require(CallerText("1.1"))
    _ = try test.pick(ttl: 60, uniqueID: "1.1")
    test.clock.advance(60)
    _ = try test.pick(ttl: 60, uniqueID: "2.2")
    #expect(try test.store.release(uniqueID: call).isEmpty)
    #expect(try test.pick() == "NONE_AVAILABLE")
    #expect(try test.store.release(uniqueID: call).isEmpty)
  }

  @Test func aCallThatHoldsSeveralFreesThemAll() throws {
    let test = try TestStore()
    try test.add("2145550101", "2145550102")
    let call = try #require(CallerText("1.1"))
    _ = try test.pick(uniqueID: "1.1")
    _ = try test.pick(uniqueID: "1.1")
    #expect(try test.store.release(uniqueID: call).count == 2)
    #expect(try test.store.reservations().isEmpty)
  }

  @Test func anUnknownCallFreesNothing() throws {
    let test = try TestStore()
    try test.add("2145550101")
    _ = try test.pick(uniqueID: "1.1")
    #expect(try test.store.release(uniqueID: try #require(CallerText("9.9"))).isEmpty)
    #expect(try test.store.reservations().map(\.uniqueID) == ["1.1"])
  }

  @Test func theOutcomeIsKeptEvenAfterTheReservationHasEnded() throws {
    let test = try TestStore()
    try test.add("2145550101")
    _ = try test.pick(ttl: 60, uniqueID: "1.1")
    test.clock.advance(1800)
    var outcome = Outcome()
    outcome.dialStatus = CallerText("ANSWER")
    outcome.answeredSeconds = 1790
    _ = try test.store.release(
      uniqueID: try #require(CallerText("1.1")), outcome: outcome)
    let kept: [String?]? = try test.store.database.first(
      "SELECT dial_status, answered_seconds FROM request WHERE uniqueid = '1.1'"
    ) { [$0[0], $0[1]] }
    #expect(kept == ["ANSWER", "1790"])
  }

  @Test func releaseAllEndsEveryReservation() throws {
    let test = try TestStore()
    try test.add("2145550101", "2145550102", "2145550103")
    _ = try test.pick(ttl: 10)
    test.clock.advance(10)
    _ = try test.pick()
    _ = try test.pick()
    #expect(try test.store.releaseAll() == 2)
    #expect(try test.store.reservations().isEmpty)
  }

  @Test func aReleaseDoesNotTakeBackTheCall() throws {
    let test = try TestStore()
    try test.add("2145550101 hourly_limit=1")
    _ = try test.pick(uniqueID: "1.1")
    _ = try test.store.release(uniqueID: try #require(CallerText("1.1")))
    #expect(try test.pick() == "NONE_AVAILABLE")
  }
}

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

  // MARK: Outcomes

  private func told(_ status: String?, answered: Int? = nil, cause: Int? = nil) -> Outcome {
    var outcome = Outcome()
    outcome.dialStatus = status.flatMap { CallerText($0) }
    outcome.answeredSeconds = answered
    outcome.hangUpCause = cause
    return outcome
  }

  /// What is known of each request of the call, the oldest first: status, seconds and cause.
  private func outcomes(_ test: TestStore) throws -> [String] {
    try test.store.database.all(
      """
      SELECT coalesce(dial_status, '-') || ' ' || coalesce(answered_seconds, '-') || ' ' || coalesce(hangup_cause, '-')
      FROM request ORDER BY id
      """
    ) { $0[0] }
  }

  /// A call shows one number at a time: an earlier one was not answered, whatever became of the call.
  @Test func theOutcomeIsOfTheNumberThatWasShownLast() throws {
    let test = try TestStore()
    try test.add("2145550101", "2145550102")
    let call = try #require(CallerText("1.1"))
    try test.store.set(.restBelowAnswerRate, to: "1")
    _ = try test.pick(uniqueID: "1.1")
    _ = try test.pick(uniqueID: "1.1")
    let freed = try test.store.release(uniqueID: call, outcome: told("ANSWER", answered: 12, cause: 16))
    #expect(freed.map(\.written) == ["2145550101", "2145550102"])
    #expect(try outcomes(test) == ["- - -", "ANSWER 12 16"])
    #expect(try test.store.database.value("SELECT count(*) FROM outcome") == 1)
    #expect(try test.store.database.value("SELECT calls FROM outcome WHERE number_id = 2") == 1)
  }

  @Test func eachOfTwoCallsOfAChannelHasItsOwn() throws {
    let test = try TestStore()
    try test.add("2145550101", "2145550102")
    let call = try #require(CallerText("1.1"))
    for status in ["BUSY", "ANSWER"] {
      _ = try test.pick(uniqueID: "1.1")
      _ = try test.store.release(uniqueID: call, outcome: told(status))
    }
    #expect(try outcomes(test) == ["BUSY - -", "ANSWER - -"])
  }

  @Test func anOutcomeMayComeAfterTheReleaseButOnlyOnce() throws {
    let test = try TestStore()
    try test.add("2145550101")
    let call = try #require(CallerText("1.1"))
    try test.store.set(.restBelowAnswerRate, to: "1")
    _ = try test.pick(uniqueID: "1.1")
    #expect(try test.store.release(uniqueID: call, outcome: Outcome()).count == 1)
    let released: Int? = try test.store.database.value("SELECT released_at FROM request")
    test.clock.advance(10)
    #expect(try test.store.release(uniqueID: call, outcome: told(nil, cause: 16)).isEmpty)
    #expect(try outcomes(test) == ["- - 16"])
    #expect(try test.store.release(uniqueID: call, outcome: told("ANSWER", answered: 12)).isEmpty)
    #expect(try test.store.release(uniqueID: call, outcome: told("BUSY", answered: 13, cause: 17)).isEmpty)
    #expect(try outcomes(test) == ["ANSWER 12 16"])
    #expect(try test.store.database.value("SELECT calls || ' ' || answered FROM outcome") == "1 1")
    #expect(try test.store.database.value("SELECT released_at FROM request") == released)
  }

  @Test func whatAnOperatorReleasedStillGetsItsOutcome() throws {
    let test = try TestStore()
    try test.add("2145550101")
    _ = try test.pick(uniqueID: "1.1")
    #expect(try test.store.releaseAll() == 1)
    try test.release("1.1", dialStatus: "ANSWER", answered: 12)
    #expect(try outcomes(test) == ["ANSWER 12 -"])
  }

  /// The call does not show it: what becomes of the call is the outcome of the number before, if there was one.
  @Test func whatWasGivenBackGetsNoOutcome() throws {
    let test = try TestStore()
    try test.add("2145550101", "2145550102")
    for (destination, isGivenBack) in [("12145551212", false), ("12145551213", true)] {
      var request = Request(destination: destination)
      request.uniqueID = CallerText("1.1")
      guard case .granted(let grant) = try test.store.pick(request) else {
        Issue.record("no number")
        return
      }
      if isGivenBack { try test.store.giveBack(request: grant.request) }
    }
    #expect(try test.store.reservations().map(\.callerID) == ["2145550101"])
    try test.release("1.1", dialStatus: "BUSY")
    #expect(try outcomes(test) == ["BUSY - -", "- - -"])
  }

  // MARK: Nobody's

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

import Testing

@testable import Rotation

struct RestRuleTests {
  @Test func aCallOfUnknownLengthWasAnsweredAllTheSame() throws {
    let test = try TestStore()
    try test.add("2145550101")
    try test.store.set(.restBelowAnswerRate, to: "50")
    try test.store.set(.restAboveShortShare, to: "50")
    try test.store.set(.restAfterCalls, to: "1")
    try test.store.set(.restPoolShare, to: "100")
    for (status, isPicked) in [("ANSWER", true), ("BUSY", true), ("BUSY", false)] {
      _ = try test.pick(uniqueID: "1.1")
      var outcome = Outcome()
      outcome.dialStatus = CallerText(status)
      _ = try test.store.release(uniqueID: try #require(CallerText("1.1")), outcome: outcome)
      #expect(try (test.number("2145550101").sleep(at: test.store.moment) == nil) == isPicked)
    }
  }
}

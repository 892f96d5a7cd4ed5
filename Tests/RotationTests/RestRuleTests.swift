import Rotation
import Testing

struct RestRuleTests {
  /// A store in which a rule judges a number after one call, and all of a pool may rest.
  private func store(_ rule: (Setting, String)...) throws -> TestStore {
    let test = try TestStore()
    try test.add("2145550101")
    for (setting, value) in rule + [(.restAfterCalls, "1"), (.restPoolShare, "100")] {
      try test.store.set(setting, to: value)
    }
    return test
  }

  @Test func aCallOfUnknownLengthWasAnsweredAllTheSame() throws {
    let test = try store((.restBelowAnswerRate, "50"), (.restAboveShortShare, "50"))
    for (status, isPicked) in [("ANSWER", true), ("BUSY", true), ("BUSY", false)] {
      _ = try test.pick(uniqueID: "1.1")
      try test.release("1.1", dialStatus: status)
      #expect(try (test.number("2145550101").sleep(at: test.store.moment) == nil) == isPicked)
    }
  }

  @Test(arguments: [(5, true), (6, false)])
  func aCallIsShortThatWasAnsweredForLessThanTheSettingSays(seconds: Int, isShort: Bool) throws {
    let test = try store((.restAboveShortShare, "50"), (.restShortSeconds, "6"))
    _ = try test.pick(uniqueID: "1.1")
    try test.release("1.1", dialStatus: "ANSWER", answered: seconds)
    #expect(try (test.number("2145550101").rest(at: test.clock.now) != nil) == isShort)
  }

  @Test(arguments: [(9, 0), (10, 1), (19, 1), (20, 2), (50, 5), (100, 10)])
  func noMoreOfAPoolRestAtOnceThanMay(share: Int, most: Int) throws {
    let test = try TestStore()
    for last in 0..<10 { try test.add("214555010\(last)") }
    // Those of another pool neither count nor rest.
    for last in 0..<10 { try test.add("214555020\(last) pool=other") }
    try test.store.set(.restBelowAnswerRate, to: "50")
    try test.store.set(.restAfterCalls, to: "1")
    try test.store.set(.restPoolShare, to: "\(share)")
    for call in 0..<30 { try callInVain(test, "call-\(call)") }
    #expect(try resting(test) == most)
    // Those that have rested make room for others.
    test.clock.advance(7 * 86_400)
    #expect(try resting(test) == 0)
    for call in 30..<60 { try callInVain(test, "call-\(call)") }
    #expect(try resting(test) == most)
    try test.checkLanes()
  }

  @Test func anOperatorsRestsCountTowardsWhatMayRestAtOnce() throws {
    let test = try TestStore()
    for last in 0..<10 { try test.add("214555010\(last)") }
    try test.store.set(.restBelowAnswerRate, to: "50")
    try test.store.set(.restAfterCalls, to: "1")
    try test.store.set(.restPoolShare, to: "20")
    try test.store.rest([try PhoneNumber("2145550109")], until: test.clock.now + 3600, reason: "flagged")
    for call in 0..<30 { try callInVain(test, "call-\(call)") }
    #expect(try resting(test) == 2)
  }

  private func callInVain(_ test: TestStore, _ call: String) throws {
    guard try test.pick(uniqueID: call) != "NONE_AVAILABLE" else { return }
    try test.release(call, dialStatus: "BUSY")
  }

  private func resting(_ test: TestStore) throws -> Int {
    var count = 0
    try test.store.eachNumber { number in
      if number.rest(at: test.clock.now) != nil { count += 1 }
    }
    return count
  }
}

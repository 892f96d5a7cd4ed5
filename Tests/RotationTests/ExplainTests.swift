import SQLite
import Testing

@testable import Rotation

struct ExplainTests {
  /// What a call would get, and what is said of it, agree on every answer.
  @Test(arguments: 11...15 as ClosedRange<UInt64>)
  func whatIsExplainedIsWhatACallGets(seed: UInt64) throws {
    var commotion = try Commotion(seed: seed)
    let store = commotion.test.store
    var granted: [String: Int] = [:]
    for step in 0..<400 {
      if step % 4 == 0 { try commotion.disturb() }
      // Above all backwards, which no order of events may confuse.
      if step % 60 == 59 {
        commotion.test.clock.advance(-4000)
        // The program that explains opens the store first, which re-sorts the numbers.
        _ = try commotion.test.reopened()
      }
      let request = commotion.request()
      let before = try store.database.value("SELECT total_changes()") ?? -1
      let explanation = try store.explain(request)
      #expect(try store.database.value("SELECT total_changes()") ?? -1 == before)
      switch try store.rehearsePick(request) {
      case .granted(let grant):
        let chosen = try #require(explanation.choices.first, "seed \(seed), step \(step)")
        try #require(chosen.callerID == grant.callerID, "seed \(seed), step \(step)")
        #expect(chosen.match == grant.match)
        #expect(chosen.areaCode == grant.areaCode)
        #expect(explanation.refusal == nil)
        granted[grant.match.rawValue, default: 0] += 1
      case .refused(let status, let reason):
        try #require(explanation.choices.isEmpty, "seed \(seed), step \(step)")
        #expect(explanation.refusal?.status == status)
        #expect(explanation.refusal?.reason == reason)
        granted[status.rawValue, default: 0] += 1
      case .kept, .elsewhere: Issue.record("kept")
      }
      try check(explanation)
      _ = try store.pick(request)
    }
    // The commotion comes to nearly every kind of answer.
    #expect(Set(granted.keys).isSuperset(of: ["area", "region", "any", "NONE_AVAILABLE", "BAD_REQUEST"]))
  }

  private func check(_ explanation: Explanation) throws {
    for step in explanation.steps {
      #expect(step.numbers == step.eligible + step.asleep.map(\.numbers).reduce(0, +))
    }
    // Tiers are tried up to the one that gives a number.
    #expect(explanation.steps.dropLast().allSatisfy { $0.eligible == 0 })
    #expect(explanation.choices.count <= 6)
    #expect(Set(explanation.choices.map(\.number.id)).count == explanation.choices.count)
  }

  @Test func theNextFiveAreWhatTheNextCallsGet() throws {
    let test = try TestStore()
    try test.add("2145550101", "2145550102", "4695550103", "5125550104", "3125550105", "3125550106", "3125550107")
    let explanation = try test.store.explain(Request(destination: "12145551212"))
    #expect(explanation.choices.map(\.match) == [.area, .area, .region, .region, .any, .any])
    #expect(try explanation.choices.map(\.callerID) == (1...6).map { _ in try test.pick() })
    #expect(explanation.steps.count == 1)
  }

  @Test func itTellsWhatKeepsNumbersAsleep() throws {
    let test = try TestStore()
    try test.add("2145550101", "2145550102 daily_limit=0", "2145550103", "2145550104", "2145550105")
    try test.store.rest([try PhoneNumber("2145550103")], until: test.clock.now + 90_000, reason: "flagged")
    try test.store.setState(.retired, of: [try PhoneNumber("2145550104")])
    try test.store.setState(.disabled, of: [try PhoneNumber("2145550105")])
    #expect(try test.pick(campaign: "SALES") == "2145550101")
    var request = Request(destination: "12145551212")
    request.campaign = CallerText("SALES")
    let explanation = try test.store.explain(request)
    #expect(explanation.steps.map(\.match) == [.area, .region, .region, .any])
    let asleep = Dictionary(uniqueKeysWithValues: explanation.steps[0].asleep.map { ($0.reason, $0.numbers) })
    #expect(asleep == ["reserved": 1, "daily_limit": 1, "resting": 1, "retired": 1, "disabled": 1])
    #expect(
      explanation.refusal?.reason == "every number that would do is asleep; the first to wake: reserved, for 120 s")
    #expect(explanation.campaign?.today.calls(in: test.store.moment.windows.day) == 1)
  }

  @Test func theNumberThatWasShownBeforeGoesFirst() throws {
    let test = try TestStore()
    try test.add("2145550101", "2145550102")
    _ = try test.store.set([(.sticky, "destination")], of: try #require(CallerText("SALES")))
    #expect(try test.pick(campaign: "SALES", ttl: 60) == "2145550101")
    var request = Request(destination: "12145551212")
    request.campaign = CallerText("SALES")
    let held = try test.store.explain(request)
    #expect(held.steps.map(\.match) == [.sticky, .area])
    #expect(held.steps[0].asleep.map(\.reason) == ["reserved"])
    #expect(held.choices.map(\.callerID) == ["2145550102"])
    test.clock.advance(60)
    let free = try test.store.explain(request)
    #expect(free.steps.map(\.match) == [.sticky])
    #expect(free.choices.map(\.callerID) == ["2145550101", "2145550102"])
    #expect(free.choices.map(\.match) == [.sticky, .area])
  }

  @Test func aCampaignIsFoundByWhatIsDialled() throws {
    let test = try TestStore()
    try test.add("2145550101 pool=sales", "2145550102")
    _ = try test.store.set([(.pools, "sales"), (.dialPrefix, "91")], of: try #require(CallerText("SALES")))
    let explanation = try test.store.explain(Request(destination: "912145551212"))
    #expect(explanation.campaign?.name.text == "SALES")
    #expect(explanation.campaignIsDialled)
    #expect(explanation.destination?.digits == "2145551212")
    #expect(explanation.choices.map(\.callerID) == ["2145550101"])
  }
}

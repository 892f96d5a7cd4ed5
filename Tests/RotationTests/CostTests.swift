import SQLite
import Testing

@testable import Rotation

/// What a pick costs, counted in steps of SQLite's machine and never in time: it hardly grows with the numbers, nor with
/// how many of them sleep.
struct CostTests {
  /// Idle, a pick costs this; the most that one costs with 99 % of the numbers asleep, as a multiple.
  private func idle() throws -> Double {
    try mean(Crowd(100).steps("12145551212", campaign: "SALES", expecting: "area"))
  }
  private let mostAsleep = 3.0
  /// In a region whose numbers all sleep, each of its area codes is looked at: California has the most, 38.
  private let mostOfRegion = 4.0
  private let mostGrowth = 1.6

  private func mean(_ steps: [Int]) -> Double { Double(steps.reduce(0, +)) / Double(steps.count) }

  @Test func itDoesNotGrowWithTheNumbers() throws {
    let many = try Crowd(20_000).steps("12145551212", campaign: "SALES", expecting: "area")
    #expect(try mean(many) <= mostGrowth * idle())
  }

  @Test(arguments: Crowd.Reason.allCases)
  func itDoesNotGrowWithTheNumbersAsleep(reason: Crowd.Reason) throws {
    let (few, many) = (try Crowd(100), try Crowd(20_000))
    for crowd in [few, many] { try crowd.sleep(reason) }
    try few.test.checkLanes()
    let idle = try idle()
    // Where one number of the area code is awake, where one of its overlay is, and where none is in the region.
    for (destination, match, most) in [
      ("12145551212", "area", mostAsleep), ("19725551212", "region", mostAsleep), ("14155551212", "any", mostOfRegion),
    ] {
      let steps = try [few, many].map { try mean($0.steps(destination, campaign: "SALES", expecting: match)) }
      #expect(steps[1] <= mostGrowth * steps[0], "\(match)")
      #expect(steps[1] <= most * idle, "\(match)")
    }
  }

  @Test func aRefusalCostsNoMoreThanThat() throws {
    let crowd = try Crowd(20_000)
    try crowd.reachDailyLimits()
    #expect(try mean(crowd.steps("14155551212", expecting: "NONE_AVAILABLE")) <= mostOfRegion * idle())
  }

  @Test func theFirstCallsAfterMidnightCostAsAnyOther() throws {
    let crowd = try Crowd(20_000)
    try crowd.reachDailyLimits()
    crowd.test.clock.set(crowd.store.moment.windows.day.upperBound)
    let steps = try crowd.steps("12145551212", calls: 100, expecting: "area")
    #expect(try Double(steps.max() ?? 0) <= mostAsleep * idle())
  }

  @Test func whatAPauseLeavesBehindIsClearedAway() throws {
    // One group a second of the usual time to live: each is looked at, until the picks have woken them.
    let crowd = try Crowd(1000)
    try crowd.wereReserved(seconds: 120, pause: 600)
    let steps = try crowd.steps("18135551212", calls: 400, expecting: "any")
    #expect(try Double(steps.max() ?? 0) <= 16 * idle())
    #expect(try mean(Array(steps.suffix(50))) <= mostAsleep * idle())
    try crowd.test.checkLanes()
  }

  /// What a refused search has looked at is no reason to wake numbers for a later call.
  @Test func aGrantCostsTheSameAfterAnyNumberOfRefusals() throws {
    let costs = try [0, 2000].map { refusals in
      let crowd = try Crowd(8000)
      try crowd.wereReserved(seconds: 120, pause: 600)
      try crowd.closeHalf()
      for _ in 0..<refusals { #expect(try crowd.test.pick(pool: "closed", ttl: 0) == "NONE_AVAILABLE") }
      // The refusals have met all of them, and moved them.
      let left: Int? = try crowd.store.database.value(
        "SELECT count(*) FROM number WHERE state = 'disabled' AND asleep_until <= ?", crowd.test.clock.now)
      #expect(refusals == 0 ? left ?? 0 > 3000 : left == 0)
      return try crowd.steps("12145551212", calls: 1, expecting: "area")[0]
    }
    #expect(Double(costs[1]) <= mostGrowth * Double(costs[0]))
  }
}

import Testing

@testable import Rotation

/// Campaigns that limit their numbers have lanes of their own, which must stay right whatever happens.
struct CampaignLanesTests {
  @Test(arguments: 1...4 as ClosedRange<UInt64>)
  func everyNumberStandsInItsPlace(seed: UInt64) throws {
    var commotion = try Commotion(seed: seed)
    let test = commotion.test
    for step in 0..<400 {
      if step % 3 == 0 {
        try commotion.disturb()
      } else {
        let request = commotion.request()
        let windows = test.store.moment.windows
        let answer = try test.store.pick(request)
        if case .granted(let grant) = answer { try checkLimits(grant, of: request, in: windows, test) }
      }
      if step % 40 == 0 { try test.checkLanes() }
    }
    try test.checkLanes()
  }

  /// No call passes a limit: the number's, the campaign's, or the campaign's with the number.
  private func checkLimits(
    _ grant: Grant, of request: Request, in windows: Windows, _ test: TestStore
  ) throws {
    let moment = test.store.moment
    let number = grant.number
    #expect(number.state == .enabled)
    #expect(number.rest(at: moment.now) == nil)
    if let limit = number.effectiveHourlyLimit(moment) { #expect(number.thisHour.calls(in: windows.hour) <= limit) }
    if let limit = number.effectiveDailyLimit(moment) { #expect(number.today.calls(in: windows.day) <= limit) }
    let most = number.effectiveMaxConcurrent(moment)
    if most > 0, grant.match != .exhausted { #expect(number.reservations(at: moment.now).count <= most) }
    let caller = try test.store.read { try $0.caller(of: request) }
    if let campaign = caller.campaign {
      if let limit = campaign.terms.hourlyLimit { #expect(campaign.thisHour.calls(in: windows.hour) <= limit) }
      if let limit = campaign.terms.dailyLimit { #expect(campaign.today.calls(in: windows.day) <= limit) }
    }
    guard let campaign = caller.campaign, let scope = number.pool.scopes.first(where: { $0.campaignID == campaign.id })
    else { return }
    let use = try test.store.read { try $0.use(of: number, in: scope) }
    #expect(use.isKept)
    if let limit = campaign.terms.numberHourlyLimit { #expect(use.thisHour.calls(in: windows.hour) <= limit) }
    if let limit = campaign.terms.numberDailyLimit { #expect(use.today.calls(in: windows.day) <= limit) }
  }

  @Test func aLimitOfOneCampaignLeavesTheNumberToOthers() throws {
    let test = try TestStore()
    try test.add("2145550101", "2145550102")
    let name = try #require(CallerText("SALES"))
    _ = try test.store.set([(.numberDailyLimit, "1")], of: name)
    #expect(try test.pick(campaign: "SALES", ttl: 0) == "2145550101")
    #expect(try test.pick(campaign: "SALES", ttl: 0) == "2145550102")
    #expect(try test.pick(campaign: "SALES", ttl: 0) == "NONE_AVAILABLE")
    #expect(try test.pick(campaign: "OTHER", ttl: 0) == "2145550101")
    #expect(try test.pick(ttl: 0) == "2145550102")
    // Raised, the calls that were made count on; taken away, none do.
    _ = try test.store.set([(.numberDailyLimit, "2")], of: name)
    #expect(try (1...3).map { _ in try test.pick(campaign: "SALES", ttl: 0) }.last == "NONE_AVAILABLE")
    _ = try test.store.set([(.numberDailyLimit, nil)], of: name)
    #expect(try test.pick(campaign: "SALES", ttl: 0) != "NONE_AVAILABLE")
    try test.checkLanes()
  }

  @Test func aCampaignThatNeverCalledGoesAsAWhole() throws {
    let test = try TestStore()
    try test.add("2145550101")
    _ = try test.store.set([(.numberDailyLimit, "1"), (.dialPrefix, "91")], of: try #require(CallerText("SALSE")))
    try test.store.remove(campaign: try #require(CallerText("SALSE")))
    #expect(try test.store.campaigns().isEmpty)
    _ = try test.pick(campaign: "SALES")
    _ = try test.store.set([(.dialPrefix, "91")], of: try #require(CallerText("SALES")))
    try test.store.remove(campaign: try #require(CallerText("SALES")))
    let left = try #require(try test.store.campaigns().first)
    #expect(left.terms == CampaignTerms())
    #expect(left.today.calls(in: test.store.moment.windows.day) == 1)
    try test.checkLanes()
  }
}

import Testing

@testable import Rotation

/// Who asks: campaigns with limits of their own calls, and the dial prefixes by which they are known.
struct CallerTests {
  @Test(arguments: [(CampaignSetting.hourlyLimit, 3600), (.dailyLimit, 86_400)])
  func aCampaignsLimitHoldsToTheEndOfItsWindow(setting: CampaignSetting, window: Int) throws {
    let test = try TestStore()
    try test.add("2145550101")
    _ = try test.store.set([(setting, "2")], of: try #require(CallerText("SALES")))
    for _ in 0..<2 { #expect(try test.pick(campaign: "SALES", ttl: 0) == "2145550101") }
    // At every quarter of an hour of what is left, up to its last second.
    let end = test.clock.now / window * window + window
    for moment in Array(stride(from: test.clock.now, to: end, by: 900)) + [end - 1] {
      test.clock.set(moment)
      #expect(try test.pick(campaign: "SALES", ttl: 0) == "NONE_AVAILABLE")
      #expect(try test.pick(campaign: "OTHER", ttl: 0) == "2145550101")
    }
    test.clock.set(end)
    for _ in 0..<2 { #expect(try test.pick(campaign: "SALES", ttl: 0) == "2145550101") }
    #expect(try test.pick(campaign: "SALES", ttl: 0) == "NONE_AVAILABLE")
  }

  /// A dialplan may give each call another name.
  @Test func callersAreForgottenWithTheLastRequestThatNamesThem() throws {
    let test = try TestStore()
    try test.add("2145550101")
    _ = try test.store.set([(.sticky, "agent")], of: try #require(CallerText("KEPT")))
    try test.store.setCallsPerMinute(try Limit("9", name: "calls"), of: try #require(CallerText("kept")))
    for call in 0..<50 { _ = try test.pick(campaign: "once \(call)", agent: "once \(call)", ttl: 0) }
    _ = try test.pick(campaign: "KEPT", agent: "kept", ttl: 0)
    test.clock.advance((test.store.settings.retentionDays + 1) * 86_400)
    for name in ["again", "once 7"] { _ = try test.pick(campaign: name, agent: name, ttl: 0) }
    _ = try test.store.resetUsage(.init(hourly: false, daily: true, pastOnly: true))
    #expect(Set(try test.store.campaigns().map(\.name.text)) == ["KEPT", "again", "once 7"])
    #expect(Set(try test.store.agents().map(\.name.text)) == ["kept", "again", "once 7"])
  }

  @Test(arguments: [["9", "91", "9121"], ["9121", "91", "9"]])
  func theCampaignOfTheLongestDialPrefixIsTheOne(prefixes: [String]) throws {
    let test = try TestStore()
    try test.add("2145550101")
    for prefix in prefixes {
      _ = try test.store.set([(.dialPrefix, prefix)], of: try #require(CallerText("P\(prefix)")))
    }
    for (dialled, campaign) in [
      ("912145551212", "P9121"), ("913125551212", "P91"), ("93125551212", "P9"), ("83125551212", nil),
    ] {
      #expect(try test.store.read { try $0.campaign(dialling: dialled)?.name.text } == campaign, "\(dialled)")
      #expect(try test.pick(dialled, ttl: 0) == "2145550101")
      #expect(try test.store.requests(last: 1).first?.campaign == campaign, "\(dialled)")
    }
  }
}

import Rotation
import Testing

struct PickTests {
  @Test func neverUsedNumbersGoFirstInImportOrder() throws {
    let test = try TestStore()
    try test.add("2145550103", "2145550101", "2145550102")
    #expect(try (1...3).map { _ in try test.pick(ttl: 0) } == ["2145550103", "2145550101", "2145550102"])
  }

  @Test func theLeastRecentlyUsedComesNext() throws {
    let test = try TestStore()
    try test.add("2145550101", "2145550102", "2145550103")
    let picked = try (1...7).map { _ in try test.pick(ttl: 0) }
    #expect(
      picked == [
        "2145550101", "2145550102", "2145550103", "2145550101", "2145550102", "2145550103", "2145550101",
      ])
  }

  @Test func theAreaCodeOfTheDestinationGoesBeforeLastUse() throws {
    let test = try TestStore()
    try test.add("3125550101", "2145550101", "2145550102")
    #expect(try test.pick("12145551212", ttl: 0) == "2145550101")
    #expect(try test.pick("13125551212", ttl: 0) == "3125550101")
    #expect(try test.pick("912145551212", ttl: 0) == "2145550102")
    #expect(try test.pick("13125551212", ttl: 0) == "3125550101")
  }

  @Test func anyNumberWillDoWhereTheAreaHasNone() throws {
    let test = try TestStore()
    try test.add("3125550101", "2145550101")
    #expect(try test.pick("14155551212") == "3125550101")
    #expect(try test.pick("14155551212") == "2145550101")
    #expect(try test.pick("14155551212") == "NONE_AVAILABLE")
  }

  @Test func matchAreaTakesNoOther() throws {
    let test = try TestStore()
    try test.add("3125550101")
    try test.store.set(.match, to: "area")
    #expect(try test.pick("12145551212") == "NONE_AVAILABLE")
    #expect(try test.pick("13125551212") == "3125550101")
  }

  @Test func aNumberServesTheAreaCodesItLists() throws {
    let test = try TestStore()
    try test.add("7275550101 area_code=813,727", "2145550101")
    #expect(try test.pick("18135551212", ttl: 0) == "7275550101")
    #expect(try test.pick("17275551212", ttl: 0) == "7275550101")
    #expect(try test.pick("14155551212", area: "813", ttl: 0) == "7275550101")
  }

  @Test(arguments: ["NS", "PE"]) func anAreaCodeOfTwoRegionsIsServedByNumbersOfEither(region: String) throws {
    let test = try TestStore()
    try test.add("2145550101", "7825550101 area_code=\(region)")
    try test.store.set(.match, to: "area")
    #expect(try test.pick("19025551212") == "7825550101")
  }

  @Test func aReservedNumberIsNotGivenAgainBeforeItsTimeToLiveEnds() throws {
    let test = try TestStore()
    try test.add("2145550101")
    #expect(try test.pick(ttl: 60) == "2145550101")
    test.clock.advance(59)
    #expect(try test.pick(ttl: 60) == "NONE_AVAILABLE")
    test.clock.advance(1)
    #expect(try test.pick(ttl: 60) == "2145550101")
  }

  @Test func theOneFreeNumberIsFoundHoweverManyAreReserved() throws {
    let test = try TestStore()
    for last in 100..<300 { try test.add("2145550\(last)") }
    for _ in 0..<200 { _ = try test.pick(uniqueID: "held") }
    #expect(try test.pick() == "NONE_AVAILABLE")
    let middle = try test.number("2145550177")
    #expect(try test.store.release(numbers: [middle]) == [true])
    #expect(try test.pick() == "2145550177")
  }

  @Test(arguments: [("hourly_limit", 3600), ("daily_limit", 86_400)])
  func aLimitIsNeverPassedAndEndsWithItsWindow(field: String, window: Int) throws {
    let test = try TestStore()
    try test.add("2145550101 \(field)=3")
    for _ in 0..<3 { #expect(try test.pick(ttl: 0) == "2145550101") }
    #expect(try test.pick(ttl: 0) == "NONE_AVAILABLE")
    test.clock.set(test.clock.now / window * window + window - 1)
    #expect(try test.pick(ttl: 0) == "NONE_AVAILABLE")
    test.clock.advance(1)
    #expect(try test.pick(ttl: 0) == "2145550101")
  }

  @Test func aLimitOfZeroCarriesNoCallsInAnyWindow() throws {
    let test = try TestStore()
    try test.add("2145550101 daily_limit=0", "2145550102")
    for day in 0..<3 {
      test.clock.advance(day * 86_400)
      #expect(try test.pick(ttl: 0) == "2145550102")
      #expect(try test.pick(ttl: 0) == "2145550102")
    }
  }

  @Test func theSettingsLimitsHoldWhereANumberHasNone() throws {
    let test = try TestStore()
    try test.add("2145550101", "2145550102 hourly_limit=none")
    try test.store.set(.defaultHourlyLimit, to: "2")
    let picked = try (1...8).map { _ in try test.pick(ttl: 0) }
    #expect(picked.filter { $0 == "2145550101" }.count == 2)
    #expect(picked.filter { $0 == "2145550102" }.count == 6)
  }

  @Test func aRaisedDefaultWakesNumbersAtTheirLimitAtOnce() throws {
    let test = try TestStore()
    try test.add("2145550101")
    try test.store.set(.defaultHourlyLimit, to: "1")
    _ = try test.pick(ttl: 0)
    #expect(try test.pick(ttl: 0) == "NONE_AVAILABLE")
    try test.store.set(.defaultHourlyLimit, to: "2")
    #expect(try test.pick(ttl: 0) == "2145550101")
  }

  @Test func poolsAreKeptApart() throws {
    let test = try TestStore()
    try test.add("2145550101 pool=sales", "2145550102")
    #expect(try test.pick(pool: "sales") == "2145550101")
    #expect(try test.pick(pool: "sales") == "NONE_AVAILABLE")
    #expect(try test.pick() == "2145550102")
    #expect(try test.pick(pool: "slaes") == "BAD_REQUEST")
  }

  @Test func aCampaignThatLimitsItsNumbersDrawsFromItsOwnPoolsOnly() throws {
    let test = try TestStore()
    try test.add("2145550101 pool=sales", "2145550102")
    _ = try test.store.set([(.numberDailyLimit, "1")], of: try #require(CallerText("SALES")))
    #expect(try test.pick(campaign: "SALES", pool: "Default") == "2145550102")
    #expect(try test.pick(campaign: "SALES", pool: "sales") == "BAD_REQUEST")
    #expect(try test.pick(campaign: "OTHER", pool: "sales") == "2145550101")
  }

  @Test func aCarrierIsHeldToAndNoCarrierTakesAll() throws {
    let test = try TestStore()
    try test.add("2145550101 carrier=Acme", "2145550102 carrier=Bell", "2145550103")
    #expect(try test.pick(carrier: "bell", ttl: 0) == "2145550102")
    #expect(try test.pick(carrier: "Bell", ttl: 0) == "2145550102")
    #expect(try test.pick(carrier: "Nobody", ttl: 0) == "NONE_AVAILABLE")
    #expect(try test.pick(ttl: 0) == "2145550101")
    #expect(try test.pick(ttl: 0) == "2145550103")
    #expect(try test.pick(ttl: 0) == "2145550102")
  }

  @Test func anAgentIsHeldToItsCallsAMinute() throws {
    let test = try TestStore()
    try test.add("2145550101")
    try test.store.set(.agentCallsPerMinute, to: "2")
    #expect(try test.pick(agent: "1001", ttl: 0) == "2145550101")
    #expect(try test.pick(agent: "1001", ttl: 0) == "2145550101")
    #expect(try test.pick(agent: "1001", ttl: 0) == "RATE_LIMITED")
    #expect(try test.pick(agent: "1002", ttl: 0) == "2145550101")
    #expect(try test.pick(ttl: 0) == "2145550101")
    test.clock.advance(60)
    #expect(try test.pick(agent: "1001", ttl: 0) == "2145550101")
  }

  @Test(arguments: [Number.State.disabled, .retired])
  func aNumberOutOfUseIsNotPicked(state: Number.State) throws {
    let test = try TestStore()
    try test.add("2145550101", "2145550102")
    try test.store.setState(state, of: [try PhoneNumber("2145550101")])
    #expect(try test.pick(ttl: 0) == "2145550102")
    #expect(try test.pick(ttl: 0) == "2145550102")
    try test.store.setState(.enabled, of: [try PhoneNumber("2145550101")])
    #expect(try test.pick(ttl: 0) == "2145550101")
  }

  @Test(arguments: [
    "", "abc", "911", "sip:100@example.com", "'; DROP TABLE number;--", String(repeating: "9", count: 40),
    "214555\n1212",
  ])
  func whatCannotBeDialledIsABadRequestAndLogged(destination: String) throws {
    let test = try TestStore()
    try test.add("2145550101")
    #expect(try test.pick(destination) == "BAD_REQUEST")
    let logged = try #require(try test.store.requests(last: 1).first)
    #expect(logged.status == "BAD_REQUEST")
    #expect(try test.pick() == "2145550101")
  }

  @Test func aRehearsalChangesNothing() throws {
    let test = try TestStore()
    try test.add("2145550101", "2145550102")
    for _ in 0..<3 {
      guard case .granted(let grant) = try test.store.rehearsePick(Request(destination: "12145551212")) else {
        Issue.record("refused")
        return
      }
      #expect(grant.number.phone.written == "2145550101")
    }
    #expect(try test.store.requests(last: 10).isEmpty)
    #expect(try test.number("2145550101").lastRequest == 0)
  }

  @Test func everyRequestIsLoggedWithWhatItGot() throws {
    let test = try TestStore()
    try test.add("2145550101")
    var request = Request(destination: "9121455512 12")
    request.campaign = CallerText("SALES")
    request.agent = CallerText("1001")
    request.callCode = VICIdialCallName(callerIDName: "V1124150058000001234")
    _ = try test.store.pick(request)
    _ = try test.store.pick(request)
    let log = try test.store.requests(last: 5)
    #expect(log.map(\.status) == ["NONE_AVAILABLE", "OK"])
    #expect(log.map(\.callerID) == [nil, "2145550101"])
    #expect(log.map(\.match) == [nil, "area"])
    #expect(log.allSatisfy { $0.campaign == "SALES" && $0.agent == "1001" && $0.callCode?.leadID == 8_000_001_234 })
  }

  @Test func aClockSetBackKeepsTheOrderOfUse() throws {
    let test = try TestStore()
    try test.add("2145550101", "2145550102")
    #expect(try test.pick(ttl: 0) == "2145550101")
    test.clock.advance(-1000)
    #expect(try test.pick(ttl: 0) == "2145550102")
    #expect(try test.pick(ttl: 0) == "2145550101")
  }

  @Test func aStoreHasSoManyCarriersAtMost() throws {
    let test = try TestStore()
    for carrier in 0..<256 { try test.add("2145550\(carrier + 100) carrier=c\(carrier)") }
    #expect(throws: StoreError.self) { try test.add("2145550999 carrier=c256") }
    #expect(throws: StoreError.self) { try test.number("2145550999") }
    try test.add("2145550999 carrier=C255")
  }
}

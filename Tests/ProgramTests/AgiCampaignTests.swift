import Rotation
import TestSupport
import Testing

extension Installation {
  /// With a call that may wait for long: the machine that runs the tests may be busy with others.
  static func patient(numbers: [String] = []) async throws -> Installation {
    let callerID = try await Installation(numbers: numbers)
    _ = try await callerID.admin("config", "set", "busy_timeout_ms", "10000")
    return callerID
  }

  /// What the operator decides for a campaign.
  func configure(_ campaign: String, _ values: [(CampaignSetting, String)]) throws {
    let store = try Store(path: store)
    let name = try #require(CallerText(campaign))
    _ = try store.set(values.map { (setting: $0.0, text: $0.1) }, of: name)
  }
}

/// What callerid-agi makes of a campaign's own settings.
@Suite(.timeLimit(.minutes(2)))
struct AgiCampaignTests {
  private func call(to extension: String, uniqueID: String = "1790000000.1") -> AsteriskCall {
    var call = AsteriskCall()
    call.extension = `extension`
    call.uniqueID = uniqueID
    return call
  }

  // MARK: Dial prefixes

  /// Asterisk's answers where neither CAMPCUST nor campaign_id is set.
  private func unknownCampaign(_ call: AsteriskCall) -> AsteriskCall {
    var call = call
    call.replies = ["200 result=0", "200 result=0"] + call.replies
    return call
  }

  @Test(arguments: [
    ("912145551212", "SALES"), ("9112145551212", "SALES"), ("922145551212", "SUPPORT"), ("93145551212", nil),
    // Ten digits are a number, not a prefix and eight.
    ("9185551212", nil), ("2145551212", nil), ("12145551212", nil),
    // The longest prefix says it.
    ("9212145551212", "LONG"),
  ])
  func whereAsteriskKnowsNoCampaignItIsKnownByItsPrefix(dialString: String, campaign: String?) async throws {
    let callerID = try await Installation.patient(numbers: ["2145550101"])
    try callerID.configure("SALES", [(.dialPrefix, "91")])
    try callerID.configure("SUPPORT", [(.dialPrefix, "92")])
    try callerID.configure("LONG", [(.dialPrefix, "921")])
    let finished = try await callerID.agi(["", "", "ttl=0"], unknownCampaign(call(to: dialString)))
    #expect(finished.lines.prefix(2) == ["GET VARIABLE CAMPCUST", "GET VARIABLE campaign_id"])
    #expect(finished.status == 0)
    #expect(try await callerID.rows("requests").first?["campaign"] as? String == campaign)
  }

  @Test func theCampaignThatAsteriskNamesGoesBeforeThePrefix() async throws {
    let callerID = try await Installation.patient(numbers: ["2145550101"])
    try callerID.configure("SALES", [(.dialPrefix, "91")])
    var asked = call(to: "912145551212")
    asked.replies = ["200 result=1 (OTHER)"] + asked.replies
    #expect(try await callerID.agi(["", "", "ttl=0"], asked).status == 0)
    #expect(try await callerID.agi(["GIVEN", "", "ttl=0"], call(to: "912145551212")).status == 0)
    // The carrier entry of VICIdial passes ten digits; the prefix stands in the extension.
    let ten = try await callerID.agi(["", "", "to=2145551212", "ttl=0"], unknownCampaign(call(to: "912145551212")))
    #expect(ten.status == 0)
    #expect(
      try await callerID.rows("requests").map { $0["campaign"] as? String } == ["SALES", "GIVEN", "OTHER"])
  }

  @Test func thePrefixIsNoPartOfTheDestination() async throws {
    let callerID = try await Installation.patient()
    _ = try await callerID.importCSV("caller_id,area_code\n+442079460000,20\n+441619460000,161\n")
    _ = try await callerID.admin("config", "set", "country_code", "44")
    _ = try await callerID.admin("config", "set", "match", "area")
    try callerID.configure("LONDON", [(.dialPrefix, "97")])
    // 97 and a national number without its zero: nothing else tells the prefix from the number.
    let known = try await callerID.agi(["LONDON", "", "ttl=0"], call(to: "971614960123"))
    #expect(known.lines.contains("SET VARIABLE CALLERID(num) 441619460000"))
    #expect(known.lines.contains("SET VARIABLE CALLERID_MATCH area"))
    let unknown = try await callerID.agi(["PARIS", "", "ttl=0"], call(to: "971614960123"))
    #expect(unknown.lines.first == "SET VARIABLE CALLERID_STATUS NONE_AVAILABLE")
  }

  // MARK: CALLERID_MATCH

  @Test func aNumberOfTheSameStateIsARegionMatch() async throws {
    // 713 is in Texas as 214 is, 312 is in Illinois.
    let callerID = try await Installation.patient(numbers: ["3125550101", "7135550101"])
    let finished = try await callerID.agi(["S", "", "ttl=0"])
    #expect(finished.lines.contains("SET VARIABLE CALLERID(num) 7135550101"))
    #expect(finished.lines.contains("SET VARIABLE CALLERID_MATCH region"))
    #expect(finished.lines.contains("SET VARIABLE CALLERID_AREA_CODE 713"))
    _ = try await callerID.admin("disable", "7135550101")
    let any = try await callerID.agi(["S", "", "ttl=0"])
    #expect(any.lines.contains("SET VARIABLE CALLERID(num) 3125550101"))
    #expect(any.lines.contains("SET VARIABLE CALLERID_MATCH any"))
    try callerID.configure("S", [(.match, "region")])
    #expect(
      try await callerID.agi(["S", "", "ttl=0"]).lines.first == "SET VARIABLE CALLERID_STATUS NONE_AVAILABLE")
  }

  @Test func aRedialIsASticky() async throws {
    let callerID = try await Installation.patient(numbers: ["2145550101", "2145550102"])
    try callerID.configure("S", [(.sticky, "destination"), (.dialPrefix, "91")])
    let first = try await callerID.agi(["S", "", "ttl=0"], call(to: "12145551212"))
    #expect(first.lines.contains("SET VARIABLE CALLERID_MATCH area"))
    // However it is dialled.
    for dialString in ["12145551212", "2145551212", "912145551212"] {
      let again = try await callerID.agi(["S", "", "ttl=0"], call(to: dialString))
      #expect(again.lines.contains("SET VARIABLE CALLERID(num) 2145550101"), "\(dialString)")
      #expect(again.lines.contains("SET VARIABLE CALLERID_MATCH sticky"))
      #expect(again.lines.contains("SET VARIABLE CALLERID_AREA_CODE 214"))
    }
    let other = try await callerID.agi(["S", "", "ttl=0"], call(to: "12145551213"))
    #expect(other.lines.contains("SET VARIABLE CALLERID(num) 2145550102"))
  }

  @Test func whereAllAreHeldACampaignMayShareTheLeastUsed() async throws {
    let callerID = try await Installation.patient(numbers: ["2145550101"])
    try callerID.configure("S", [(.whenExhausted, "least-used")])
    #expect(try await callerID.agi(["S"], call(to: "12145551212")).status == 0)
    let shared = try await callerID.agi(["S"], call(to: "12145551212", uniqueID: "1790000000.2"))
    #expect(shared.lines.contains("SET VARIABLE CALLERID(num) 2145550101"))
    #expect(shared.lines.contains("SET VARIABLE CALLERID_STATUS OK"))
    #expect(shared.lines.contains("SET VARIABLE CALLERID_MATCH exhausted"))
    #expect(shared.status == 0)
    let other = try await callerID.agi(["T"], call(to: "12145551212", uniqueID: "1790000000.3"))
    #expect(other.lines.first == "SET VARIABLE CALLERID_STATUS NONE_AVAILABLE")
    // Each of the two releases its own hold, and the number is free once both have.
    let release = ["", "", "action=release"]
    #expect(try await callerID.agi(release, call(to: "h", uniqueID: "1790000000.1")).status == 0)
    #expect(try callerID.sql("SELECT count(*) FROM number WHERE holds <> ''") == 1)
    #expect(try await callerID.agi(release, call(to: "h", uniqueID: "1790000000.2")).status == 0)
    #expect(try callerID.sql("SELECT count(*) FROM number WHERE holds <> ''") == 0)
  }

  // MARK: Hostile text

  static let hostileTexts = [
    #"A"B"#, #"A\"#, #"A\" 1"#, "A\nSET VARIABLE PWNED 1", "A\r\nHANGUP", "日本語", "${EXTEN}", "$[1+1]", "\u{1B}[31mA",
    "A\u{202E}B", "A-----B", "'; DROP TABLE campaign;--", String(repeating: "é", count: 64),
  ]

  @Test(arguments: hostileTexts)
  func hostileNamesStayNamesOnEveryPath(text: String) async throws {
    let callerID = try await Installation.patient(numbers: ["2145550101"])
    try callerID.configure(
      text, [(.sticky, "agent"), (.respectExisting, "yes"), (.callerID, "8005550100"), (.whenExhausted, "least-used")])
    var shown = call(to: "12145551212")
    let arguments = [text, text, "pool=default"]
    let first = try await callerID.agi(arguments, shown)
    let second = try await callerID.agi(arguments, shown)
    shown.callerID = "9725550199"
    let kept = try await callerID.agi(arguments, shown)
    let unknown = try await callerID.agi([text, text, "pool=\(text)"], shown)
    let release = try await callerID.agi([text, text, "action=release", "status=\(text)"], shown)
    let bad = try await callerID.agi([text, text, "\(text)=1"], shown)
    for finished in [first, second, kept, unknown, release, bad] {
      #expect(
        finished.lines.allSatisfy { line in
          line.hasPrefix("SET VARIABLE CALLERID") || line.hasPrefix(#"VERBOSE ""#) && line.hasSuffix(#"" 1"#)
        }, "\(finished.lines)")
      #expect(!finished.output.unicodeScalars.contains { $0.value < 0x20 && $0 != "\n" })
    }
    #expect(first.lines.contains("SET VARIABLE CALLERID_MATCH area"))
    #expect(second.lines.contains("SET VARIABLE CALLERID_MATCH exhausted"))
    #expect(kept.lines.first == "SET VARIABLE CALLERID_STATUS KEPT")
    #expect(unknown.lines.first == "SET VARIABLE CALLERID_STATUS BAD_REQUEST")
    #expect(release.lines.first == "SET VARIABLE CALLERID_STATUS OK")
    #expect(bad.lines.first == "SET VARIABLE CALLERID_STATUS BAD_REQUEST")
    // One campaign, as it was configured, and one agent.
    let name = try #require(CallerText(text)).text
    #expect(try callerID.sql("SELECT count(*) FROM campaign") == 1)
    #expect(try callerID.sql("SELECT count(*) FROM agent") == 1)
    #expect(try await callerID.rows("requests").allSatisfy { $0["campaign"] as? String == name })
    #expect(try callerID.sql("SELECT count(*) FROM request WHERE released_at IS NOT NULL") == 2)
  }

  @Test(arguments: hostileTexts)
  func aHostileVariableOfTheChannelIsANameAsWell(text: String) async throws {
    let callerID = try await Installation.patient(numbers: ["2145550101"])
    var asked = call(to: "12145551212")
    asked.replies = ["200 result=1 (\(text))"] + asked.replies
    let finished = try await callerID.agi(["", "", "ttl=0"], asked)
    #expect(
      finished.lines.allSatisfy {
        $0.hasPrefix("SET VARIABLE CALLERID") || $0.hasPrefix("VERBOSE \"Using") || $0.hasPrefix("GET VARIABLE")
      })
    #expect(try callerID.sql("SELECT count(*) FROM number") == 1)
  }
}

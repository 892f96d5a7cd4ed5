import Foundation
import TestSupport
import Testing

/// The operator's rules on calls through a real Asterisk: campaigns, agents, stickiness, outcomes and rest.
@Suite(.serialized, .timeLimit(.minutes(5)))
struct RuleTests {
  /// What a caller's channel carries before it dials; each has a context of its name.
  enum Caller: String, CaseIterable {
    case plain = "Sales"
    case agent1001 = "Agent 1001"
    case agent1002 = "Agent 1002"
    case predictive = "V1124150058000001234"
    case manual = "M1124150058000001234"
    case agentDialled = "DC0000012345"

    var context: String { rawValue.replacingOccurrences(of: " ", with: "-") }
    var agent: String { rawValue.hasPrefix("Agent") ? String(rawValue.suffix(4)) : "" }

    var dialplan: String {
      """
      [\(context)]
      exten => _X.,1,Set(CALLERID(num)=8005550100)
       same => n,Set(CALLERID(name)=\(rawValue))
       same => n,Set(AGENT=\(agent))
       same => n,Goto(outbound,${EXTEN},1)

      """
    }
  }

  /// Calls leave by 91 or 92 and ten digits, by which alone the campaign is known. The carrier answers 555-1XXX, ends
  /// calls to 555-2XXX as busy and those to 555-3XXX for want of a circuit (ITU-T Q.850), as a trunk does.
  static let dialplan =
    """
    [outbound]
    exten => _9[12]NXXNXXXXXX,1,AGI(callerid-agi,,${AGENT})
     same => n,Set(PICK=${AGISTATUS} ${CALLERID_STATUS} ${CALLERID_MATCH})
     same => n,Dial(Local/${EXTEN:2}@carrier,10)
     same => n,Hangup()
    exten => h,1,AGI(callerid-agi,,,action=release,status=${DIALSTATUS},answered=${ANSWEREDTIME},cause=${HANGUPCAUSE})
     same => n,Log(NOTICE,TEST caller ${PICK})

    [carrier]
    exten => _NXX555XXXX,1,Log(NOTICE,TEST called num=${CALLERID(num)} name=${CALLERID(name)})
     same => n,Goto(end${EXTEN:6:1},1)
    exten => end1,1,Answer()
     same => n,Wait(5)
    exten => end2,1,Hangup(17)
    exten => end3,1,Hangup(34)

    """ + Caller.allCases.map(\.dialplan).joined()

  private func start(_ version: AsteriskVersion, numbers: String) async throws -> Asterisk {
    let asterisk = try await Asterisk(version, dialplan: Self.dialplan)
    _ = try await asterisk.installation.importCSV(numbers)
    return asterisk
  }

  private func command(_ arguments: String..., on asterisk: Asterisk) async throws {
    let finished = try await run(
      Program.admin.path, arguments, environment: ["CALLERID_DB": asterisk.installation.store])
    #expect(finished.status == 0, "\(arguments): \(finished.errors)")
  }

  /// Makes one call, and waits for its end and its release.
  ///
  /// - Returns: what the called party saw, and what became of the pick.
  private func call(
    _ dialString: String, as caller: Caller = .plain, on asterisk: Asterisk
  ) async throws -> [String] {
    let before = asterisk.testLines.count
    try await asterisk.originate(dialString, in: caller.context, application: "Wait 2")
    return try await Array(asterisk.lines(before + 2).dropFirst(before))
  }

  private func requests(_ asterisk: Asterisk) async throws -> [[String: Any]] {
    let rows = try #require(try await asterisk.installation.json("requests") as? [[String: Any]])
    // The oldest first.
    return rows.reversed()
  }

  @Test(arguments: AsteriskVersion.tested)
  func twoCampaignsHaveTheirOwnPrefixesPoolsCarriersAndLimits(version: AsteriskVersion) async throws {
    let asterisk = try await start(
      version,
      numbers: """
        caller_id,carrier,pool
        2145550301,Acme,default
        2145550101,Acme,sales
        2145550102,Bell,sales
        2145550103,Acme,sales
        2145550201,Bell,support
        2145550202,Acme,support

        """)
    try await command(
      "campaign", "set", "SALES", "pools=sales", "carrier=Acme", "dial_prefix=91", "number_daily_limit=1", on: asterisk)
    try await command(
      "campaign", "set", "SUPPORT", "pools=support", "carrier=Bell", "dial_prefix=92", "daily_limit=2", on: asterisk)

    let predictive = Caller.predictive.rawValue
    #expect(
      try await call("912145552001", as: .predictive, on: asterisk)
        == ["called num=2145550101 name=\(predictive)", "caller SUCCESS OK area"])
    #expect(
      try await call("922145552001", as: .manual, on: asterisk)
        == ["called num=2145550201 name=\(Caller.manual.rawValue)", "caller SUCCESS OK area"])
    #expect(
      try await call("912145552002", as: .agentDialled, on: asterisk)
        == ["called num=2145550103 name=\(Caller.agentDialled.rawValue)", "caller SUCCESS OK area"])
    // Each number of Acme has had the one call that SALES may make with it.
    #expect(
      try await call("912145552003", as: .predictive, on: asterisk)
        == ["called num=8005550100 name=\(predictive)", "caller FAILURE NONE_AVAILABLE "])
    #expect(
      try await call("922145552004", on: asterisk)
        == ["called num=2145550201 name=2145550201", "caller SUCCESS OK area"])
    // Its number is free, but SUPPORT has made its two calls.
    #expect(
      try await call("922145552005", on: asterisk)
        == ["called num=8005550100 name=Sales", "caller FAILURE NONE_AVAILABLE "])

    let requests = try await requests(asterisk)
    try #require(requests.count == 6)
    #expect(
      requests.map { $0["campaign"] as? String } == ["SALES", "SUPPORT", "SALES", "SALES", "SUPPORT", "SUPPORT"])
    #expect(requests.map { $0["lead_id"] as? Int }.prefix(4) == [8_000_001_234, 8_000_001_234, nil, 8_000_001_234])
    #expect((requests[3]["reason"] as? String)?.contains("limit") == true)
    #expect((requests[5]["reason"] as? String)?.contains("limit of 2") == true)
  }

  @Test(arguments: AsteriskVersion.tested)
  func anAgentAtItsRateIsRefusedAndOthersAreNot(version: AsteriskVersion) async throws {
    let asterisk = try await start(version, numbers: "caller_id\n2145550101\n")
    try await command("config", "set", "agent_calls_per_minute", "2", on: asterisk)
    var refused: [String] = []
    // Two of them may come in the minute after the first two.
    for number in 1...6 where refused.isEmpty {
      let lines = try await call("91214555200\(number)", as: .agent1001, on: asterisk)
      if lines.last != "caller SUCCESS OK area" { refused = lines }
    }
    #expect(refused == ["called num=8005550100 name=Agent 1001", "caller FAILURE RATE_LIMITED "])
    #expect(try await call("912145552001", as: .agent1002, on: asterisk).last == "caller SUCCESS OK area")
    #expect(try await call("912145552001", as: .plain, on: asterisk).last == "caller SUCCESS OK area")
    let most = try asterisk.installation.sql(
      """
      SELECT max(calls) FROM (
        SELECT count(*) AS calls FROM request JOIN agent ON agent.id = agent_id
        WHERE agent.name = '1001' AND status = 'OK' GROUP BY at / 60)
      """)
    #expect(most == 2)
  }

  @Test(arguments: AsteriskVersion.tested)
  func aRedialStaysOnItsNumber(version: AsteriskVersion) async throws {
    let asterisk = try await start(version, numbers: "caller_id\n2145550101\n2145550102\n2145550103\n")
    try await command("campaign", "set", "SALES", "sticky=destination", "dial_prefix=91", on: asterisk)
    let first = "called num=2145550101 name=2145550101"
    #expect(try await call("912145552001", on: asterisk) == [first, "caller SUCCESS OK area"])
    #expect(try await call("912145552001", on: asterisk) == [first, "caller SUCCESS OK sticky"])
    #expect(
      try await call("912145552002", on: asterisk)
        == ["called num=2145550102 name=2145550102", "caller SUCCESS OK area"])
    #expect(try await call("912145552001", on: asterisk) == [first, "caller SUCCESS OK sticky"])
    _ = try await asterisk.installation.admin("disable", "2145550101")
    #expect(
      try await call("912145552001", on: asterisk)
        == ["called num=2145550103 name=2145550103", "caller SUCCESS OK area"])
  }

  @Test(arguments: AsteriskVersion.tested)
  func whatBecameOfACallIsKeptWithItsRequest(version: AsteriskVersion) async throws {
    let asterisk = try await start(version, numbers: "caller_id\n2145550101\n")
    for dialString in ["912145551001", "912145552001", "912145553001"] {
      #expect(try await call(dialString, on: asterisk).last == "caller SUCCESS OK area")
    }
    let requests = try await requests(asterisk)
    try #require(requests.count == 3)
    #expect(requests.map { $0["dial_status"] as? String } == ["ANSWER", "BUSY", "CONGESTION"])
    #expect(requests.map { $0["hangup_cause"] as? Int } == [16, 17, 34])
    #expect(try #require(requests[0]["answered_seconds"] as? Int) >= 1)
    #expect(requests.allSatisfy { $0["released_at"] is String })
    #expect(try asterisk.installation.sql("SELECT count(*) FROM number WHERE holds <> ''") == 0)
  }

  @Test(arguments: AsteriskVersion.tested)
  func aNumberThatNobodyAnswersIsPutToRestAndNoLaterCallGetsIt(version: AsteriskVersion) async throws {
    let asterisk = try await start(version, numbers: "caller_id\n2145550101\n2145550102\n3125550101\n")
    for (key, value) in [
      ("rest_below_answer_rate", "50"), ("rest_after_calls", "2"), ("rest_days", "3"), ("rest_pool_share", "40"),
    ] {
      try await command("config", "set", key, value, on: asterisk)
    }
    // Two numbers of the area in turn: the first is busy, the second answers.
    var shown: [String?] = []
    for dialString in ["912145552001", "912145551001", "912145552002", "912145551002", "912145551003", "912145552003"] {
      shown.append(try await call(dialString, on: asterisk).first.map { String($0.suffix(10)) })
    }
    let (unanswered, answered) = ("2145550101", "2145550102")
    #expect(shown == [unanswered, answered, unanswered, answered, answered, answered])
    let number = try #require(try await asterisk.installation.json("show", unanswered) as? [String: Any])
    #expect(number["resting_until"] is String)
    #expect(number["enabled"] as? Bool == true)
    let other = try #require(try await asterisk.installation.json("show", answered) as? [String: Any])
    #expect(other["resting_until"] is NSNull)
  }
}

import TestSupport
import Testing

/// The built callerid-agi, with a transcript on stdin.
@Suite(.timeLimit(.minutes(2)))
struct AgiTests {
  @Test func aCallGetsTheCommandsOfTheContractInTheirOrder() async throws {
    let callerID = try await Installation.patient()
    _ = try await callerID.importCSV("caller_id,carrier,name\n12145550101,Verizon,Dallas\n")
    let finished = try await callerID.agi(["SALES", "1001"])
    #expect(
      finished.lines == [
        "SET VARIABLE CALLERID_STATUS OK",
        "SET VARIABLE CALLERID_CARRIER Verizon",
        "SET VARIABLE CALLERID_AREA_CODE 214",
        "SET VARIABLE CALLERID_MATCH area",
        "SET VARIABLE CALLERID(name) 12145550101",
        "SET VARIABLE CALLERID(num) 12145550101",
        #"VERBOSE "Using Rotated Caller-ID: 12145550101" 1"#,
      ])
    #expect(finished.status == 0)
    #expect(finished.errors.isEmpty)
  }

  @Test func argumentsJoinedByVICIdialAreSplit() async throws {
    let callerID = try await Installation.patient(numbers: ["2145550101"])
    _ = try await callerID.agi(["SALES-----1001-----ttl=0"])
    let request = try #require((try await callerID.json("requests") as? [[String: Any]])?.first)
    #expect(request["campaign"] as? String == "SALES")
    #expect(request["agent"] as? String == "1001")
    #expect(try callerID.sql("SELECT count(*) FROM number WHERE holds <> ''") == 0)
  }

  @Test(arguments: [
    "V1124150058000001234", "M1124150058000001234", "Y1124150058000001234", "DC0000012345", "DV1", "DO42",
    "J1124150058000001234", "S11241500588600051", "VH1124150058600051", "DV943083W0000855319W", "DC943083W0000855319W",
    "DCagcW1795526033john", "DVagcW1795526033john", "DOagcW17955260336666", "M1124150058000001234 cc101",
  ])
  func aVICIdialCallKeepsItsName(name: String) async throws {
    let callerID = try await Installation.patient(numbers: ["2145550101"])
    var call = AsteriskCall()
    call.callerIDName = name
    for arguments in [["S", "", "ttl=0"], ["S", "", "ttl=0", "name=number"], ["S", "", "ttl=0", "name=name"]] {
      let lines = try await callerID.agi(arguments, call).lines
      #expect(lines.contains("SET VARIABLE CALLERID(num) 2145550101"))
      #expect(!lines.contains { $0.contains("CALLERID(name)") })
    }
  }

  @Test(arguments: ["ACME", "JOHN SMITH", "2145550100", "Smith", "VIP 1000", "DVD 943083"])
  func anyOtherNameIsReplaced(name: String) async throws {
    let callerID = try await Installation.patient(numbers: ["2145550101"])
    var call = AsteriskCall()
    call.callerIDName = name
    let lines = try await callerID.agi(["S", "", "ttl=0"], call).lines
    #expect(lines.contains("SET VARIABLE CALLERID(name) 2145550101"))
  }

  @Test(arguments: [
    ("auto", "SET VARIABLE CALLERID(name) 2145550101"), ("number", "SET VARIABLE CALLERID(name) 2145550101"),
    ("name", #"SET VARIABLE CALLERID(name) "The \"Dallas\" \\ office""#), ("keep", nil),
  ])
  func theNameFollowsThePolicy(policy: String, line: String?) async throws {
    let callerID = try await Installation.patient()
    _ = try await callerID.importCSV("caller_id,name\n2145550101,\"The \"\"Dallas\"\" \\ office\"\n")
    let asked = try await callerID.agi(["S", "", "ttl=0", "name=\(policy)"]).lines
    #expect(asked.first { $0.contains("CALLERID(name)") } == line)
    _ = try await callerID.admin("config", "set", "set_name", policy)
    let set = try await callerID.agi(["S", "", "ttl=0"]).lines
    #expect(set.first { $0.contains("CALLERID(name)") } == line)
  }

  @Test func whereTheExtensionIsNoNumberTheDialledNumberCounts() async throws {
    let callerID = try await Installation.patient(numbers: ["3125550101", "2145550101"])
    var call = AsteriskCall()
    call.extension = "s"
    call.dnid = "12145551212"
    #expect(try await callerID.agi(["S"], call).lines.contains("SET VARIABLE CALLERID(num) 2145550101"))
  }

  @Test func theCampaignIsAskedForWhereNoneIsGiven() async throws {
    let callerID = try await Installation.patient(numbers: ["2145550101"])
    var call = AsteriskCall()
    call.replies = ["200 result=0", "200 result=1 (TEST (1) CAMP)"] + call.replies
    let lines = try await callerID.agi([], call).lines
    #expect(lines.prefix(2) == ["GET VARIABLE CAMPCUST", "GET VARIABLE campaign_id"])
    let request = try #require((try await callerID.json("requests") as? [[String: Any]])?.first)
    #expect(request["campaign"] as? String == "TEST (1) CAMP")
  }

  @Test(arguments: [
    (["S", "", "bogus=1"], "unknown option"), (["S", "", "colour"], "unknown option"),
    (["S", "", "ttl=x"], "ttl="), (["S", "", "ttl=-1"], "ttl="), (["S", "", "area=abc"], "area="),
    (["S", "", "name=loud"], "name="), (["S", "", "action=eat"], "action="), (["S", "", "to=1", "to=2"], "twice"),
    (["to=12145551212"], "stands where the campaign goes"), (["S", "", "status=ANSWER"], "action=release"),
    (["S", "", "pool=nowhere"], "unknown pool"), (["S", "", "to=abc"], "destination"),
    (["S", "", "to='; DROP TABLE number;--"], "destination"), (["S", "", "to=911"], "destination"),
    (["S", "", "to=" + String(repeating: "9", count: 40)], "destination"),
    (["S", "", "to=sip:214555"], "destination"),
  ])
  func aBadRequestLeavesTheCallAndSaysWhy(arguments: [String], reason: String) async throws {
    let callerID = try await Installation.patient(numbers: ["2145550101"])
    let finished = try await callerID.agi(arguments)
    #expect(finished.lines.count == 2)
    #expect(finished.lines.first == "SET VARIABLE CALLERID_STATUS BAD_REQUEST")
    #expect(finished.lines.last?.contains(reason) == true)
    #expect(finished.status == 1)
    #expect(try callerID.sql("SELECT count(*) FROM request WHERE status = 'BAD_REQUEST'") == 1)
    #expect(try callerID.sql("SELECT count(*) FROM number WHERE last_request > 0") == 0)
  }

  @Test(arguments: [
    "A\"B", "A\\B", "A B", "日本語", "'; DROP TABLE number;--", "A\u{1B}[31m", "A\nSET VARIABLE PWNED 1", "\u{202E}abc",
    "\u{61C}abc", "a\u{200B}b\u{FEFF}",
    "=HYPERLINK(1)", String(repeating: "x", count: 64), "%s%n${EXTEN}",
  ])
  func hostileCampaignsAndAgentsReachNeitherTheWireNorTheStore(text: String) async throws {
    let callerID = try await Installation.patient(numbers: ["2145550101"])
    let finished = try await callerID.agi([text, text, "ttl=0"])
    #expect(finished.status == 0)
    #expect(finished.lines.allSatisfy { $0.hasPrefix("SET VARIABLE CALLERID") || $0.hasPrefix("VERBOSE \"Using") })
    #expect(try callerID.sql("SELECT count(*) FROM number") == 1)
    let request = try #require((try await callerID.json("requests") as? [[String: Any]])?.first)
    let campaign = try #require(request["campaign"] as? String)
    #expect(campaign.unicodeScalars.count <= 64)
    let harmful: Set<UInt32> = [0x202E, 0x61C, 0x200B, 0xFEFF]
    #expect(!campaign.unicodeScalars.contains { $0.value < 0x20 || harmful.contains($0.value) })
  }

  @Test func aHostileOptionStaysInItsVerboseLine() async throws {
    let callerID = try await Installation.patient(numbers: ["2145550101"])
    let finished = try await callerID.agi(["S", "", "x\" 1\nSET VARIABLE PWNED 1"])
    #expect(finished.lines.count == 2)
    #expect(finished.lines.allSatisfy { $0.hasPrefix("SET VARIABLE CALLERID_STATUS") || $0.hasPrefix("VERBOSE \"") })
  }

  @Test func anEmptyPoolIsNoneAvailable() async throws {
    let callerID = try await Installation.patient()
    let finished = try await callerID.agi(["S"])
    #expect(finished.lines.first == "SET VARIABLE CALLERID_STATUS NONE_AVAILABLE")
    #expect(finished.status == 1)
  }

  @Test func anAgentThatAsksTooOftenIsRateLimited() async throws {
    let callerID = try await Installation.patient(numbers: ["2145550101"])
    _ = try await callerID.admin("config", "set", "agent_calls_per_minute", "0")
    #expect(
      try await callerID.agi(["S", "1001", "ttl=0"]).lines.first == "SET VARIABLE CALLERID_STATUS RATE_LIMITED")
    #expect(try await callerID.agi(["S", "", "ttl=0"]).status == 0)
  }

  @Test func anAgentIsTheSameInCapitalsOrNot() async throws {
    let callerID = try await Installation.patient(numbers: ["2145550101"])
    _ = try await callerID.admin("config", "set", "agent_calls_per_minute", "none")
    _ = try await callerID.admin("agent", "set", "AGENT7", "--calls-per-minute", "0")
    #expect(
      try await callerID.agi(["S", "Agent7", "ttl=0"]).lines.first == "SET VARIABLE CALLERID_STATUS RATE_LIMITED")
    #expect(try await callerID.rows("requests", "--agent", "agent7").count == 1)
  }

  @Test func releaseFreesTheNumberForTheNextCall() async throws {
    let callerID = try await Installation.patient(numbers: ["2145550101"])
    var first = AsteriskCall()
    first.uniqueID = "1790000000.1"
    var second = AsteriskCall()
    second.uniqueID = "1790000000.2"
    #expect(try await callerID.agi(["S"], first).status == 0)
    #expect(try await callerID.agi(["S"], second).status == 1)
    let release = try await callerID.agi(["", "", "action=release", "status=ANSWER", "answered=12"], first)
    #expect(
      release.lines == [
        "SET VARIABLE CALLERID_STATUS OK", #"VERBOSE "Released Caller-ID: 2145550101" 1"#,
      ])
    #expect(release.status == 0)
    #expect(
      try callerID.sql("SELECT count(*) FROM request WHERE dial_status = 'ANSWER' AND answered_seconds = 12") == 1)
    #expect(try await callerID.agi(["S"], second).status == 0)
  }

  @Test func theOutcomeOfACallThatPicksTwiceIsThatOfItsLastNumber() async throws {
    let callerID = try await Installation.patient(numbers: ["2145550101", "2145550102"])
    for _ in 0..<2 { #expect(try await callerID.agi(["S"]).status == 0) }
    // Some dialplans release as soon as they can, and tell later what became of the call.
    let first = try await callerID.agi(["", "", "action=release"])
    #expect(first.lines.last == #"VERBOSE "Released Caller-ID: 2145550101, 2145550102" 1"#)
    for status in ["ANSWER", "BUSY"] {
      let release = try await callerID.agi(["", "", "action=release", "status=\(status)", "answered=12"])
      #expect(release.lines.last == #"VERBOSE "Released Caller-ID: none held" 1"#)
    }
    let requests = try await callerID.rows("requests")
    #expect(requests.map { $0["dial_status"] as? String } == ["ANSWER", nil])
    #expect(requests.map { $0["answered_seconds"] as? Int } == [12, nil])
  }

  @Test(arguments: 0...6)
  func aHangUpReleasesWhatWasPicked(replies: Int) async throws {
    let callerID = try await Installation.patient(numbers: ["2145550101"])
    for ending in [[], ["HANGUP"], ["511 Command Not Permitted on a dead channel or intercept routine"]] {
      var call = AsteriskCall()
      // The sixth command is CALLERID(num); whatever becomes of the VERBOSE after it, the call shows the number.
      call.replies = Array(repeating: "200 result=1", count: replies) + ending
      let finished = try await callerID.agi(["S"], call)
      #expect(finished.status == 0)
      #expect(
        try callerID.sql("SELECT count(*) FROM number WHERE holds <> ''") == (replies == 6 ? 1 : 0),
        "\(replies) replies, then \(ending)")
      _ = try await callerID.admin("release", "--all")
    }
  }

  @Test func windowsLineEndsAreUnderstood() async throws {
    let callerID = try await Installation.patient(numbers: ["2145550101"])
    var call = AsteriskCall()
    call.lineEnd = "\r\n"
    #expect(try await callerID.agi(["S"], call).status == 0)
  }

  @Test(arguments: ["", "\n", "garbage", "agi_request: x\nagi_uniqueid", String(repeating: "x", count: 1_000_000)])
  func whatIsNoAsteriskEndsCleanly(input: String) async throws {
    let callerID = try await Installation.patient(numbers: ["2145550101"])
    let finished = try await run(Program.agi.path, ["S"], input: input, environment: ["CALLERID_DB": callerID.store])
    #expect(finished.status < 2)
    #expect(try callerID.sql("SELECT count(*) FROM number WHERE holds <> ''") == 0)
  }

  @Test func getCallerIDLinksWorkAsBefore() async throws {
    let callerID = try await Installation.patient(numbers: ["2145550101"])
    let link = callerID.folder + "/get_callerid.sh"
    _ = try await run("/bin/ln", ["-s", Program.agi.path, link])
    let finished = try await run(
      link, ["SALES", "1001"], input: AsteriskCall().input, environment: ["CALLERID_DB": callerID.store])
    #expect(finished.lines.contains("SET VARIABLE CALLERID(num) 2145550101"))
  }
}

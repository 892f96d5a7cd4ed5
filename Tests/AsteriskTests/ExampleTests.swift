import Foundation
import TestSupport
import Testing

/// Every file of dialplan-examples, loaded unchanged by a real Asterisk, with calls through it.
///
/// The examples dial `PJSIP/number@mytrunk` or `SIP/mytrunk/number`; here they dial `Local/number`, so that calls arrive in the context `default`.
@Suite(.serialized, .timeLimit(.minutes(5)))
struct ExampleTests {
  /// The example, a context that its calls arrive in, one that they come from, and a note of what the caller's channel
  /// knows at the end.
  static func dialplan(
    _ example: Example, callerName: String, campaign: String = "SALES", agent: String = "1001"
  ) -> String {
    """
    [\(example.context)]
    #include "EXAMPLES/\(example.file)"
    [globals]
    TECHNOLOGY=Local
    TRUNK=\(example.trunk)

    [default]
    exten => _X.,1,Log(NOTICE,TEST called ${EXTEN} num=${CALLERID(num)} name=${CALLERID(name)})
     same => n,Answer()
     same => n,Hangup()

    [test]
    exten => _X.,1,Set(CALLERID(num)=8005550100)
     same => n,Set(CALLERID(name)=\(callerName))
     same => n,Set(AGENT=\(agent))
     same => n,Set(CAMPAIGN=\(campaign))
     same => n,Goto(\(example.context),${EXTEN},1)

    [\(example.context)]
    exten => h,\(example.hangUpPriorities + 1),Log(NOTICE,TEST caller ${AGISTATUS} ${CALLERID_STATUS} ${CALLERID_MATCH} ${CALLERID_CARRIER} ${CALLERID_AREA_CODE})

    """
  }

  struct Example: Sendable, CustomStringConvertible {
    let file: String
    let context: String
    /// How many steps its own h extension has.
    var hangUpPriorities = 0
    /// Its variable TRUNK, where it is not the technology.
    var trunk = "default"
    var description: String { file }

    static let plain = Example(file: "plain-asterisk.conf", context: "outbound")
    static let getCallerID = Example(file: "get-callerid.conf", context: "existing", trunk: "Local")
    static let release = Example(file: "release.conf", context: "outbound-release", hangUpPriorities: 1)
    static let vicidial = Example(file: "vicidial-carrier.conf", context: "vicidial-auto-external", trunk: "Local")
  }

  private func start(
    _ version: AsteriskVersion, _ example: Example, callerName: String = "Sales", campaign: String = "SALES",
    agent: String = "1001"
  ) async throws -> Asterisk {
    let dialplan = Self.dialplan(example, callerName: callerName, campaign: campaign, agent: agent)
    let asterisk = try await Asterisk(version, dialplan: dialplan)
    _ = try await asterisk.installation.importCSV("caller_id,carrier\n3125550101,Bell\n2145550101,Acme Telecom\n")
    // The machine that runs the tests may be busy with others.
    _ = try await asterisk.installation.admin("config", "set", "busy_timeout_ms", "10000")
    return asterisk
  }

  @Test(
    arguments: AsteriskVersion.tested, [Example.plain, .getCallerID])
  func aCallShowsARotatedNumber(version: AsteriskVersion, example: Example) async throws {
    let asterisk = try await start(version, example)
    try await asterisk.originate("12145551212", in: "test")
    #expect(
      Set(try await asterisk.lines(2)) == [
        "called 12145551212 num=2145550101 name=2145550101", "caller SUCCESS OK area Acme Telecom 214",
      ])
    let request = try #require((try await asterisk.installation.json("requests") as? [[String: Any]])?.first)
    #expect(request["campaign"] as? String == "SALES")
    #expect(request["agent"] as? String == "1001")
  }

  /// Whoever names the agent or the campaign brings in no option with it.
  @Test(
    arguments: AsteriskVersion.tested,
    [
      (Example.plain, "SALES", "1001,db=/tmp/x.db", "SALES", "1001dbtmpx.db"),
      (.release, "SALES", "j.doe-1_a@b,,action=release", "SALES", "j.doe-1_a@bactionrelease"),
      (.getCallerID, "A-----B-----action=release", "", "A-----B-----actionrelease", nil),
      (.getCallerID, "SALES,1001,db=/tmp/x.db", "1001\\,to=911", "SALES1001dbtmpx.db", "1001to911"),
    ] as [(Example, String, String, String, String?)])
  func aNameBringsInNoOption(
    version: AsteriskVersion, names: (example: Example, campaign: String, agent: String, String, String?)
  ) async throws {
    let asterisk = try await start(version, names.example, campaign: names.campaign, agent: names.agent)
    try await asterisk.originate("12145551212", in: "test")
    let called = try await asterisk.lines(2).first { $0.hasPrefix("called") }
    #expect(called == "called 12145551212 num=2145550101 name=2145550101")
    let request = try #require((try await asterisk.installation.json("requests") as? [[String: Any]])?.last)
    #expect(request["campaign"] as? String == names.3)
    #expect(request["agent"] as? String == names.4)
    #expect(request["status"] as? String == "OK")
  }

  @Test(arguments: AsteriskVersion.tested)
  func norDoesACampaignOfVICIdials(version: AsteriskVersion) async throws {
    let server = try FastAGIServer(campaign: "TEST,,db=/tmp/x.db")
    defer { server.stop() }
    let asterisk = try await start(version, .vicidial)
    try await asterisk.originate("912145551212", in: "test")
    #expect(try await asterisk.lines(2).contains("called 12145551212 num=2145550101 name=2145550101"))
    let request = try #require((try await asterisk.installation.json("requests") as? [[String: Any]])?.first)
    #expect(request["campaign"] as? String == "TESTdbtmpx.db")
  }

  @Test(arguments: AsteriskVersion.tested)
  func whenNothingIsEligibleTheCallGoesOnAsItWas(version: AsteriskVersion) async throws {
    let asterisk = try await start(version, .plain)
    _ = try await asterisk.installation.admin("disable", "3125550101", "2145550101")
    try await asterisk.originate("12145551212", in: "test")
    #expect(
      Set(try await asterisk.lines(2)) == [
        "called 12145551212 num=8005550100 name=Sales", "caller FAILURE NONE_AVAILABLE   ",
      ])
    #expect(asterisk.log.contains("Caller-ID not rotated for 12145551212: FAILURE NONE_AVAILABLE"))
  }

  @Test(arguments: AsteriskVersion.tested)
  func withoutAStoreTheCallGoesOnAsItWas(version: AsteriskVersion) async throws {
    let asterisk = try await start(version, .plain)
    for file in try FileManager.default.contentsOfDirectory(atPath: asterisk.installation.folder) {
      try FileManager.default.removeItem(atPath: asterisk.installation.folder + "/" + file)
    }
    try await asterisk.originate("12145551212", in: "test")
    #expect(
      Set(try await asterisk.lines(2)) == [
        "called 12145551212 num=8005550100 name=Sales", "caller FAILURE STORE_ERROR   ",
      ])
    #expect(try FileManager.default.contentsOfDirectory(atPath: asterisk.installation.folder).isEmpty)
  }

  @Test(arguments: AsteriskVersion.tested)
  func aLockedStoreLetsTheCallGoOnAsItWas(version: AsteriskVersion) async throws {
    let asterisk = try await start(version, .getCallerID)
    _ = try await asterisk.installation.admin("config", "unset", "busy_timeout_ms")
    let holder = try LockHolder(path: asterisk.installation.store)
    try await asterisk.originate("12145551212", in: "test")
    let lines = Set(try await asterisk.lines(2))
    holder.release()
    #expect(
      lines == ["called 12145551212 num=8005550100 name=Sales", "caller FAILURE STORE_BUSY   "])
  }

  @Test(arguments: AsteriskVersion.tested, [true, false])
  func withoutTheProgramTheCallGoesOnAsItWas(version: AsteriskVersion, isThere: Bool) async throws {
    let asterisk = try await start(version, .getCallerID)
    let program = asterisk.folder + "/agi-bin/callerid-agi"
    if isThere { chmod(program, 0o644) } else { try FileManager.default.removeItem(atPath: program) }
    try await asterisk.originate("12145551212", in: "test")
    #expect(
      Set(try await asterisk.lines(2)) == [
        "called 12145551212 num=8005550100 name=Sales", "caller \(isThere ? "FAILURE" : "NOTFOUND")    ",
      ])
  }

  @Test(
    arguments: AsteriskVersion.tested,
    ["V1124150058000001234", "M1124150058000001234", "DC0000012345", "DV943083W0000855319W", "DCagcW1795526033john"])
  func aVICIdialCallKeepsItsNameAndIsCountedForItsCampaign(version: AsteriskVersion, name: String) async throws {
    let server = try FastAGIServer(campaign: "TESTCAMP")
    defer { server.stop() }
    let asterisk = try await start(version, .vicidial, callerName: name)
    try await asterisk.originate("912145551212", in: "test")
    #expect(
      Set(try await asterisk.lines(2)) == [
        "called 12145551212 num=2145550101 name=\(name)", "caller SUCCESS OK area Acme Telecom 214",
      ])
    let request = try #require((try await asterisk.installation.json("requests") as? [[String: Any]])?.first)
    #expect(request["campaign"] as? String == "TESTCAMP")
    #expect(request["agent"] is NSNull)
    #expect(request["destination"] as? String == "2145551212")
  }

  @Test(arguments: AsteriskVersion.tested)
  func aHangUpBeforeTheReplyReleasesTheNumber(version: AsteriskVersion) async throws {
    let asterisk = try await start(version, .plain)
    let holder = try LockHolder(path: asterisk.installation.store)
    try await asterisk.originate("12145551212", in: "test")
    try await asterisk.wait("callerid-agi to wait for the store") { asterisk.isAnswering }
    try await asterisk.cli("channel request hangup all")
    // Nothing shows that the signal has come: time for Asterisk to send it.
    try await Task.sleep(for: .milliseconds(500))
    #expect(asterisk.isAnswering)
    holder.release()
    try await asterisk.wait("the call to end") {
      try await asterisk.cli("core show channels count").output.contains("0 active channels")
    }
    #expect(!asterisk.isAnswering)
    // It was picked, and given back.
    #expect(try asterisk.installation.sql("SELECT count(*) FROM request WHERE status = 'OK'") == 1)
    #expect(try asterisk.installation.sql("SELECT count(*) FROM request WHERE released_at IS NOT NULL") == 1)
    #expect(try asterisk.installation.sql("SELECT count(*) FROM number WHERE holds <> ''") == 0)
    #expect(!asterisk.testLines.contains { $0.hasPrefix("called") })
  }

  @Test(arguments: AsteriskVersion.tested)
  func aReleaseInTheHangUpExtensionFreesTheNumberForTheNextCall(version: AsteriskVersion) async throws {
    let asterisk = try await start(version, .release)
    _ = try await asterisk.installation.admin("disable", "3125550101")
    for call in 1...3 {
      try await asterisk.originate("12145551212", in: "test")
      let lines = try await asterisk.lines(2 * call).suffix(2)
      #expect(lines.contains("called 12145551212 num=2145550101 name=2145550101"), "call \(call)")
      try await asterisk.wait("the release") {
        try asterisk.installation.sql("SELECT count(*) FROM request WHERE released_at IS NOT NULL") == call
      }
    }
    #expect(try asterisk.installation.sql("SELECT count(*) FROM request WHERE dial_status = 'ANSWER'") == 3)
    #expect(try asterisk.installation.sql("SELECT count(*) FROM number WHERE holds <> ''") == 0)
  }
}

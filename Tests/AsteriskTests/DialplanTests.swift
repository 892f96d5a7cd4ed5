import Foundation
import TestSupport
import Testing

/// Dialplans as people write them, in a real Asterisk: where the number is that they dial, and what the trunk is shown.
@Suite(.serialized, .timeLimit(.minutes(5)))
struct DialplanTests {
  private static let dialplan = """
    [a]
    ; spaces behind commas
    exten => 12145551201,1,AGI(callerid-agi, SALES, 1001, to=${EXTEN})
     same => n,Goto(end,1)
    ; a number that is withheld
    exten => 12145551202,1,Set(CALLERID(num)=101)
     same => n,Set(CALLERID(pres)=prohib)
     same => n,AGI(callerid-agi,SALES,1001)
     same => n,Log(NOTICE,TEST ${CALLERID_STATUS} ${CALLERID(num)} ${CALLERID(num-pres)} ${CALLERID(name-pres)})
     same => n,Hangup()
    ; subroutines whose own extension is s, as FreePBX's hooks are
    exten => 12145551203,1,Set(OUTNUM=+${EXTEN})
     same => n,Set(DIAL_NUMBER=9${EXTEN})
     same => n,Gosub(hook,s,1)
     same => n,Goto(end,1)
    exten => 12145551204,1,Set(DIAL_NUMBER=9${EXTEN})
     same => n,Gosub(hook,s,1)
     same => n,Goto(end,1)
    ; a dial string
    exten => 12145551205,1,AGI(callerid-agi,SALES,1001,to=PJSIP/${EXTEN}@trunk)
     same => n,Goto(end,1)
    exten => 12145551206,1,AGI(callerid-agi,"SALES","1001","to=${EXTEN}")
     same => n,Goto(end,1)
    ; the channel that Dial() calls out with
    exten => 12145551207,1,Set(CALLERID(num)=101)
     same => n,Dial(Local/${EXTEN}@trunk,5,b(pre^${EXTEN}^1))
     same => n,Hangup()
    exten => 12145551208,1,Set(CALLERID(num)=101)
     same => n,Dial(Local/${EXTEN}@trunk,5,b(hook^s^1))
     same => n,Hangup()
    ; a call that is passed on was dialled with a number of ours
    exten => 12145551209,1,Set(CALLERID(dnid)=3125550101)
     same => n,Set(OUTNUM=${EXTEN})
     same => n,Gosub(hook,s,1)
     same => n,Goto(end,1)
    exten => end,1,Log(NOTICE,TEST ${CALLERID_STATUS} ${CALLERID(num)} ${CALLERID_MATCH})
     same => n,Hangup()
    ; what computes its seconds, or gives SIP's cause for ITU-T's
    exten => h,1,AGI(callerid-agi,,,action=release,status=ANSWER,answered=12.7,cause=487)
     same => n,Log(NOTICE,TEST release ${AGISTATUS})

    [hook]
    exten => s,1,AGI(callerid-agi,SALES,1001)
     same => n,Return()

    [pre]
    exten => _X.,1,AGI(callerid-agi,SALES,1001)
     same => n,Return()

    [trunk]
    exten => _X.,1,Log(NOTICE,TEST trunk saw ${CALLERID(num)})
     same => n,Hangup(17)
    """

  private func start(_ version: AsteriskVersion, _ dialplan: String, trunk: SIPPeer? = nil) async throws -> Asterisk {
    let asterisk = try await Asterisk(version, dialplan: dialplan, numbers: ["3125550101", "2145550101"], trunk: trunk)
    // The machine that runs the tests may be busy with others.
    _ = try await asterisk.installation.admin("config", "set", "busy_timeout_ms", "10000")
    return asterisk
  }

  @Test(arguments: AsteriskVersion.tested)
  func aDestinationIsFoundAndTheNumberIsShown(version: AsteriskVersion) async throws {
    let asterisk = try await start(version, Self.dialplan)
    let allowed = "allowed_not_screened"
    for (number, line) in [
      ("12145551201", "OK 2145550101 area"), ("12145551202", "OK 2145550101 \(allowed) \(allowed)"),
      ("12145551203", "OK 2145550101 area"), ("12145551204", "OK 2145550101 area"),
      ("12145551205", "OK 2145550101 area"), ("12145551206", "OK 2145550101 area"),
      ("12145551207", "trunk saw 2145550101"), ("12145551208", "trunk saw 2145550101"),
      ("12145551209", "OK 2145550101 area"),
    ] {
      let before = asterisk.testLines.count
      try await asterisk.originate(number, in: "a")
      let lines = try await asterisk.lines(before + 2).dropFirst(before)
      #expect(Set(lines) == [line, "release SUCCESS"], "\(number)")
      // In b(), the channel that holds the number is not the one that releases it.
      _ = try await asterisk.installation.admin("release", "--all")
    }
  }

  private static let freePBX = """
    #include "EXAMPLES/freepbx.conf"
    [from-internal]
    exten => _X.,1,Set(AMPUSER=1001)
     same => n,Set(CALLERID(num)=1001)
     same => n,Set(OUTNUM=${EXTEN})
     same => n,CALL
     same => n,Dial(Local/${OUTNUM}@trunk,5)
     same => n,Hangup()

    [trunk]
    exten => _X.,1,Log(NOTICE,TEST trunk saw ${CALLERID(num)})
     same => n,Hangup(17)
    """

  /// FreePBX calls its hook as a macro, and as a subroutine where Asterisk has no macros any more.
  @Test(arguments: AsteriskVersion.tested)
  func freePBXsHookGivesANumberAndReleasesIt(version: AsteriskVersion) async throws {
    for call in version == .sixteen ? ["Macro(dialout-trunk-predial-hook)", Self.gosub] : [Self.gosub] {
      let dialplan = Self.freePBX.replacingOccurrences(of: "CALL\n", with: call + "\n")
      let asterisk = try await start(version, dialplan)
      try await asterisk.originate("12145551212", in: "from-internal")
      #expect(try await asterisk.lines(1) == ["trunk saw 2145550101"], "\(call)")
      try await asterisk.wait("the release") { try await released(asterisk) != nil }
      let request = try #require(try await released(asterisk))
      #expect(request["dial_status"] as? String == "BUSY")
      #expect(request["agent"] as? String == "1001")
    }
  }

  private static let gosub = "Gosub(macro-dialout-trunk-predial-hook,s,1)"

  /// The request of the only call, once it has been released.
  private func released(_ asterisk: Asterisk) async throws -> [String: Any]? {
    let requests = try await asterisk.installation.json("requests") as? [[String: Any]]
    return requests?.first.flatMap { $0["released_at"] is String ? $0 : nil }
  }

  @Test(arguments: AsteriskVersion.tested, [true, false])
  func aBlockOfTheNetworkIsToldFromADecline(version: AsteriskVersion, isBlocked: Bool) async throws {
    let trunk = try SIPPeer(answering: isBlocked ? "603 Network Blocked" : "603 Decline")
    let asterisk = try await start(
      version,
      """
      #include "EXAMPLES/release-blocks.conf"
      [test]
      exten => _X.,1,Set(CALLERID(num)=101)
       same => n,Goto(outbound-blocks,${EXTEN},1)
      """, trunk: trunk)
    for (setting, value) in [("rest_after_blocks", "1"), ("rest_pool_share", "100")] {
      _ = try await asterisk.installation.admin("config", "set", setting, value)
    }
    try await asterisk.originate("12145551212", in: "test")
    try await asterisk.wait("the release, log: \(asterisk.log)") { try await released(asterisk) != nil }
    #expect(trunk.lastFrom.contains("2145550101"))
    let request = try #require(try await released(asterisk))
    #expect(request["hangup_tech"] as? String == "SIP 603 " + (isBlocked ? "Network Blocked" : "Decline"))
    #expect(request["hangup_cause"] as? Int == 21)
    #expect(request["blocked"] as? Bool == isBlocked)
    let number = try #require(try await asterisk.installation.json("show", "2145550101") as? [String: Any])
    #expect((number["resting_until"] is String) == isBlocked)
  }
}

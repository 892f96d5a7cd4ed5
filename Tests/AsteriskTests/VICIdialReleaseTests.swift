import TestSupport
import Testing

/// The carrier entry and the release at hang-up together, as they stand on a VICIdial server.
///
/// In the suite of the examples, so that no two tests want VICIdial's port at once.
extension ExampleTests {
  @Test(arguments: AsteriskVersion.tested)
  func aVICIdialCallEndsWithVICIdialsLogAndThenGivesItsNumberBack(version: AsteriskVersion) async throws {
    let server = try FastAGIServer(campaign: "TESTCAMP")
    defer { server.stop() }
    let asterisk = try await Asterisk(
      version,
      dialplan: """
        [vicidial-auto-external]
        #include "EXAMPLES/vicidial-carrier.conf"
        [globals]
        TRUNK=Local

        #include "EXAMPLES/vicidial-release.conf"
        [default]
        include => vicidial-auto-external
        exten => h,3,Log(NOTICE,TEST ended ${CALLERID(name)} ${AGISTATUS} ${CALLERID_STATUS})
        exten => _1NXXNXXXXXX,1,Log(NOTICE,TEST called num=${CALLERID(num)} name=${CALLERID(name)})
         same => n,Hangup(17)

        [call]
        exten => _X.,1,Set(CALLERID(all)=V1124150058000001234 <8005550100>)
         same => n,Goto(default,${EXTEN},1)

        """)
    _ = try await asterisk.installation.importCSV("caller_id\n2145550101\n")
    for call in 1...2 {
      try await asterisk.originate("912145551212", in: "call")
      // The channel of the called party ends in the context default as well, holding nothing.
      let lines = try await asterisk.lines(3 * call).suffix(3)
      #expect(lines.contains("called num=2145550101 name=V1124150058000001234"))
      #expect(lines.contains("ended V1124150058000001234 SUCCESS OK"))
    }
    let rows = try #require(try await asterisk.installation.json("requests") as? [[String: Any]])
    #expect(rows.map { $0["dial_status"] as? String } == ["BUSY", "BUSY"])
    #expect(rows.map { $0["hangup_cause"] as? Int } == [17, 17])
    #expect(rows.map { $0["campaign"] as? String } == ["TESTCAMP", "TESTCAMP"])
    #expect(rows.map { $0["call_code"] as? String } == ["V1124150058000001234", "V1124150058000001234"])
    #expect(server.scripts.contains { $0.hasPrefix("call_log--HVcauses--PRI-----NODEBUG-----17-----BUSY-----") })
  }
}

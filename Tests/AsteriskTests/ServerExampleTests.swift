import Foundation
import TestSupport
import Testing

/// The examples that ask callerid-server, with and without it.
///
/// In the suite of the examples, because VICIdial's and FreePBX's name the server's port, which one test at a time can have.
extension ExampleTests {
  static let serverExamples = AsteriskVersion.tested.flatMap { version in
    ServerExample.all(version).map { (version, $0) }
  }
  static let curlExamples = serverExamples.filter { $0.1.way == "http" }

  private func run(
    _ version: AsteriskVersion, _ example: ServerExample, steps: [String] = [], vicidialsCampaign: String = "TESTCAMP",
    _ body: (ServerExampleRun) async throws -> Void
  ) async throws {
    let vicidial = example.campaign == "TESTCAMP" ? try FastAGIServer(campaign: vicidialsCampaign) : nil
    defer { vicidial?.stop() }
    try await body(ServerExampleRun(version, example, steps: steps))
  }

  // MARK: With the server, and without it

  @Test(arguments: serverExamples)
  func withTheServerWithTheProgramAndWithNeither(version: AsteriskVersion, example: ServerExample) async throws {
    try await run(version, example) { run in
      // Nobody else can have answered.
      try run.removeProgram()
      do {
        let server = try await run.server()
        #expect(try await run.call() == run.rotated)
        let request = try await run.released()
        #expect(request["campaign"] as? String == example.campaign)
        #expect(request["agent"] as? String == example.agent)
        #expect(request["dial_status"] as? String == "ANSWER")
        #expect(try run.store.sql("SELECT count(*) FROM number WHERE holds <> ''") == 0)
        let metrics = try await server.http("/metrics").body
        for line in [
          #"callerid_requests_total{way="\#(example.way)",status="OK"} 1"#,
          #"callerid_requests_total{way="\#(example.way)",status="RELEASED"} "#,
        ] {
          #expect(metrics.contains(line), "\(metrics)")
        }
        if ["curl-json.conf", "fastagi.conf"].contains(example.description) {
          #expect(
            run.asterisk.testLines.contains { $0.hasSuffix("OK area Acme Telecom 214") }, "\(run.asterisk.testLines)")
        }
      }

      #expect(try await run.call() == run.unchanged)
      #expect(run.asterisk.log.contains("Caller-ID not rotated for"), "\(run.asterisk.log)")
      #expect(try run.store.sql("SELECT count(*) FROM request") == 1)

      try run.installProgram()
      #expect(try await run.call() == run.rotated)
      #expect(try await run.released()["dial_status"] as? String == "ANSWER")
      #expect(try run.store.sql("SELECT count(*) FROM request") == 2)
      #expect(try run.store.sql("SELECT count(*) FROM number WHERE holds <> ''") == 0)
    }
  }

  /// Over FastAGI there is no exit status: a dialplan that looks at AGISTATUS would take this for a number.
  @Test(arguments: AsteriskVersion.tested)
  func theStatusSaysThatNothingIsEligible(version: AsteriskVersion) async throws {
    try await run(version, .fastAGI) { run in
      _ = try await run.store.admin("disable", "3125550101", "2145550101")
      let server = try await run.server()
      #expect(try await run.call() == run.unchanged)
      #expect(
        run.asterisk.log.contains("Caller-ID not rotated for 12145551212: SUCCESS NONE_AVAILABLE"),
        "\(run.asterisk.log)")
      #expect(server.isRunning)
    }
  }

  // MARK: A server that cannot answer

  @Test(arguments: serverExamples)
  func aServerThatCannotAnswerHoldsNoCallBack(version: AsteriskVersion, example: ServerExample) async throws {
    try await run(version, example) { run in
      func count(_ status: String, by server: Server) async throws {
        let metrics = try await server.http("/metrics").body
        let line = #"callerid_requests_total{way="\#(example.way)",status="\#(status)"} "#
        #expect(metrics.contains(line), "\(metrics)")
      }
      // Its store is gone: the program may have one that is there.
      do {
        let other = try await Installation()
        let server = try await run.server(on: other)
        for file in try FileManager.default.contentsOfDirectory(atPath: other.folder) {
          try FileManager.default.removeItem(atPath: other.folder + "/" + file)
        }
        #expect(try await run.call() == run.rotated)
        #expect(try await run.released()["dial_status"] as? String == "ANSWER")
        try await count("STORE_ERROR", by: server)
      }
      // Its store is locked. Over FastAGI the call has waited as long as it may; CURL() cannot tell, and its time is bounded.
      do {
        let other = try await Installation()
        let server = try await run.server(on: other)
        let holder = try LockHolder(path: other.store)
        #expect(try await run.call() == (example.way == "http" ? run.rotated : run.unchanged))
        // The end of the call finds it locked as well, and the program is asked.
        if example.way == "http" { _ = try await run.released() }
        try await count("STORE_BUSY", by: server)
        holder.release()
      }
      // FastAGI is asked of HTTP, and HTTP of FastAGI.
      if example.agiPort == 0 {
        let server = try await run.server()
        try await run.ask(agiPort: server.httpPort, httpPort: server.agiPort)
        #expect(try await run.call() == run.rotated)
        #expect(try await run.released()["dial_status"] as? String == "ANSWER")
        #expect(server.isRunning)
      }
      // It takes the connection, and says nothing. CURL() waits for a second, AGI() for the end of the connection.
      let server = try await run.server()
      server.send(SIGSTOP)
      let shown = try await run.call {
        guard example.way == "fastagi" else { return }
        let asking = "!AGI!agi://127.0.0.1:\(server.agiPort)/callerid"
        try await run.asterisk.wait("the call to ask") {
          try await run.asterisk.cli("core show channels concise").output.contains(asking)
        }
        server.send(SIGKILL)
      }
      #expect(shown == run.rotated)
      #expect(try await run.released()["dial_status"] as? String == "ANSWER")
    }
  }

  // MARK: Names

  /// As an agent is given, and as the log keeps it where that is not the same.
  private static let names: [(given: String, kept: String?)] = [
    ("7&pool=none&ttl=0", nil), ("a,b", nil), (#"x" = "x" | 1"#, nil), ("%41+%00", nil), ("J\u{F6}rg #7", nil),
    (#"1\,to=911"#, nil), ("(x)}{y)", nil), ("${URIDECODE(7%0D%0Apool=none)}", "7  pool=none"),
  ]

  /// Whoever names the agent brings in no parameter, no option and no header with it.
  @Test(arguments: curlExamples)
  func anAgentsNameStaysOneValue(version: AsteriskVersion, example: ServerExample) async throws {
    var example = example
    // The last digit of what is dialled says which name.
    let steps = Self.names.enumerated().map { " same => n(name\($0)),Set(AGENT=\($1.given))\n same => n,Goto(named)\n" }
    example.dialplan = example.dialplan.replacingOccurrences(
      of: " same => n,Set(AGENT=1001)\n",
      with: " same => n,Goto(name${EXTEN:-1})\n" + steps.joined() + " same => n(named),NoOp()\n")
    try await run(version, example) { run in
      try run.removeProgram()
      let server = try await run.server()
      for (index, name) in Self.names.enumerated() {
        let shown = try await run.call("1214555121\(index)")
        #expect(shown == "called 1214555121\(index) num=2145550101 name=Sales", "\(name)")
        let request = try await run.released()
        #expect(request["agent"] as? String == name.kept ?? name.given)
        #expect(request["destination"] as? String == "1214555121\(index)")
      }
      #expect(server.isRunning)
    }
  }

  @Test(
    arguments: AsteriskVersion.tested,
    [
      (.fastAGI, "SALES", "1001actionrelease"), (.freePBX, "FREEPBX", "1001"), (.vicidial, "TESTpoolnonenamekeep", nil),
    ] as [(ServerExample, String, String?)])
  func norDoesANameBringInAnOptionOverFastAGI(
    version: AsteriskVersion, names: (example: ServerExample, campaign: String, agent: String?)
  ) async throws {
    var example = names.example
    for (name, hostile) in [("AGENT=1001", "AGENT=1001,action=release"), ("AMPUSER=1001", "AMPUSER=1001,pool=none")] {
      example.dialplan = example.dialplan.replacingOccurrences(of: name, with: hostile)
    }
    try await run(version, example, vicidialsCampaign: "TEST,,pool=none,name=keep") { run in
      try run.removeProgram()
      let server = try await run.server()
      #expect(try await run.call() == run.rotated)
      let request = try await run.released()
      #expect(request["campaign"] as? String == names.campaign)
      #expect(request["agent"] as? String == names.agent)
      #expect(server.isRunning)
    }
  }

  // MARK: CURL()

  /// A text that is no number is never shown; with its token the dialplan gets one, also where the caller-ID was withheld.
  @Test(arguments: curlExamples)
  func aTokenAndAWithheldCallerID(version: AsteriskVersion, example: ServerExample) async throws {
    var example = example
    example.dialplan = example.dialplan.replacingOccurrences(
      of: "num=${CALLERID(num)}", with: "${CALLERID(num-pres)} num=${CALLERID(num)}")
    let steps = ["Set(CALLERID(pres)=prohib)", "Set(CURLOPT(httpheader)=x-api-key: ${TOKEN})"]
    try await run(version, example, steps: steps) { run in
      try run.removeProgram()
      let added = try await run.store.admin("token", "add", "dialplan", "--role", "pick")
      let token = try #require(added.output.firstMatch(of: /[A-Za-z0-9_-]{40,}/)).0
      let server = try await run.server("--pick-token")
      #expect(try await run.call() == "called 12145551212 prohib num=8005550100 name=Sales")
      #expect(try run.store.sql("SELECT count(*) FROM request") == 0)

      try await run.asterisk.cli("dialplan set global TOKEN \(token)")
      #expect(try await run.call() == "called 12145551212 allowed_not_screened num=2145550101 name=Sales")
      #expect(try await run.released()["dial_status"] as? String == "ANSWER")
      #expect(server.isRunning)
    }
  }

  // MARK: A call that asks twice

  /// FreePBX calls the hook again for each trunk that it tries.
  @Test(arguments: AsteriskVersion.tested)
  func aSecondTrunkGetsANumberOfItsOwn(version: AsteriskVersion) async throws {
    var example = ServerExample.freePBX
    let hook = " same => n,Gosub(macro-dialout-trunk-predial-hook,s,1)\n"
    example.dialplan = example.dialplan.replacingOccurrences(of: hook, with: hook + hook)
    try await run(version, example) { run in
      try run.removeProgram()
      let server = try await run.server()
      #expect(try await run.call() == "called 12145551212 num=3125550101 name=3125550101")
      try await run.asterisk.wait("the release") {
        try run.store.sql("SELECT count(*) FROM request WHERE released_at IS NOT NULL") == 2
      }
      #expect(try run.store.sql("SELECT count(*) FROM number WHERE holds <> ''") == 0)
      #expect(try run.store.sql("SELECT count(*) FROM request WHERE dial_status = 'ANSWER'") == 1)
      #expect(server.isRunning)
    }
  }

  // MARK: Addresses

  @Test func theExamplesNameTheAddressesThatTheServerListensOn() async throws {
    let help = try await TestSupport.run(Program.server.path, ["--help"]).output
    for (address, files) in [
      ("127.0.0.1:4573", ["fastagi.conf", "vicidial-fastagi.conf"]),
      ("127.0.0.1:8000", ["curl.conf", "curl-json.conf"]),
    ] {
      #expect(help.contains("(default: \(address))"))
      for file in files {
        let text = try String(
          contentsOfFile: FileManager.default.currentDirectoryPath + "/dialplan-examples/" + file, encoding: .utf8)
        #expect(text.contains(address), "\(file)")
      }
    }
  }
}

import Foundation
import TestSupport
import Testing

/// The examples that ask callerid-server, with and without it.
///
/// In the suite of the examples, because VICIdial's and FreePBX's name the server's port, which one test at a time can have.
extension ExampleTests {
  /// A dialplan that asks the server, with calls through it.
  struct ServerExample: Sendable, CustomStringConvertible {
    let description: String
    /// As the server counts it.
    let way: String
    /// Where calls begin, and what they dial.
    let entry: String
    let dialled: String
    var dialplan: String
    var campaign = "SALES"
    var agent: String? = "1001"
    /// The name that the call had; its caller-ID was 8005550100.
    var callerName = "Sales"
    /// Where the dialplan looks for FastAGI; 0: it is told.
    var agiPort = 0

    static let fastAGI = ServerExample(
      description: "fastagi.conf", way: "fastagi", entry: "test", dialled: "12145551212",
      dialplan: ExampleTests.dialplan(
        Example(file: "fastagi.conf", context: "outbound-fastagi", hangUpPriorities: 5), callerName: "Sales"))
    static let curl = ServerExample(
      description: "curl.conf", way: "http", entry: "test", dialled: "12145551212",
      dialplan: ExampleTests.dialplan(
        Example(file: "curl.conf", context: "outbound-curl", hangUpPriorities: 6), callerName: "Sales"))
    static let curlJSON = ServerExample(
      description: "curl-json.conf", way: "http", entry: "test", dialled: "12145551212",
      dialplan: ExampleTests.dialplan(
        Example(file: "curl-json.conf", context: "outbound-curl-json", hangUpPriorities: 6), callerName: "Sales"))
    static let vicidial = ServerExample(
      description: "vicidial-fastagi.conf", way: "fastagi", entry: "test", dialled: "912145551212",
      dialplan: """
        [vicidial-auto-external]
        #include "EXAMPLES/vicidial-fastagi.conf"
        [globals]
        TRUNK=Local

        [default](+)
        include => vicidial-auto-external
        exten => _1NXXNXXXXXX,1,Log(NOTICE,TEST called ${EXTEN} num=${CALLERID(num)} name=${CALLERID(name)})
         same => n,Answer()
         same => n,Hangup()

        [test]
        exten => _X.,1,Set(CALLERID(all)=V1124150058000001234 <8005550100>)
         same => n,Goto(default,${EXTEN},1)

        """, campaign: "TESTCAMP", agent: nil, callerName: "V1124150058000001234", agiPort: 4573)
    static let freePBX = freePBX("Gosub(macro-dialout-trunk-predial-hook,s,1)")
    static let freePBXMacro = freePBX("Macro(dialout-trunk-predial-hook)")

    private static func freePBX(_ call: String) -> ServerExample {
      ServerExample(
        description: "freepbx-fastagi.conf by \(call.prefix(5))", way: "fastagi", entry: "from-internal",
        dialled: "12145551212",
        dialplan: """
          #include "EXAMPLES/freepbx-fastagi.conf"
          [from-internal]
          exten => _X.,1,Set(AMPUSER=1001)
           same => n,Set(CALLERID(all)=Desk <8005550100>)
           same => n,Set(OUTNUM=${EXTEN})
           same => n,\(call)
           same => n,Dial(Local/${OUTNUM}@trunk,5)
           same => n,Hangup()

          [trunk]
          exten => _X.,1,Log(NOTICE,TEST called ${EXTEN} num=${CALLERID(num)} name=${CALLERID(name)})
           same => n,Answer()
           same => n,Hangup()
          """, campaign: "FREEPBX", callerName: "Desk", agiPort: 4574)
    }

    static func all(_ version: AsteriskVersion) -> [ServerExample] {
      // Asterisk 21 and later have no macros.
      [.fastAGI, .curl, .curlJSON, .vicidial, .freePBX] + (version == .sixteen ? [.freePBXMacro] : [])
    }
  }

  static let serverExamples = AsteriskVersion.tested.flatMap { version in
    ServerExample.all(version).map { (version, $0) }
  }
  static let curlExamples = serverExamples.filter { $0.1.way == "http" }
  static let fastAGIExamples = serverExamples.filter { $0.1.way == "fastagi" }

  /// An Asterisk with the example, and with calls that have a status from before, or from the channel that made them.
  ///
  /// - Parameter steps: what the caller's channel does before.
  func load(_ version: AsteriskVersion, _ example: ServerExample, steps: String...) async throws -> Asterisk {
    let entry = "[\(example.entry)]\nexten => _X.,1,"
    guard example.dialplan.contains(entry) else { throw Failure("\(example) has no \(entry)") }
    let before = (["Set(__CALLERID_STATUS=OK)"] + steps).map { $0 + "\n same => n," }.joined()
    // Nobody listens there, until a server is told of.
    let addresses = "\n[globals]\nCALLERID_SERVER=127.0.0.1:1\nCALLERID_HTTP=http://127.0.0.1:1\nCALLERID_STATUS=OK\n"
    let asterisk = try await Asterisk(
      version, dialplan: example.dialplan.replacingOccurrences(of: entry, with: entry + before) + addresses)
    _ = try await asterisk.installation.importCSV("caller_id,carrier\n3125550101,Bell\n2145550101,Acme Telecom\n")
    // The machine that runs the tests may be busy with others.
    _ = try await asterisk.installation.admin("config", "set", "busy_timeout_ms", "10000")
    return asterisk
  }

  /// A server on the store of an Asterisk, or on another one, which the dialplan asks from now on.
  func server(
    _ asterisk: Asterisk, _ example: ServerExample, store: String? = nil, _ arguments: String...
  ) async throws -> Server {
    let server = try await Server(
      store: store ?? asterisk.installation.store, arguments, agiPort: example.agiPort)
    try await asterisk.cli("dialplan set global CALLERID_SERVER 127.0.0.1:\(server.agiPort)")
    try await asterisk.cli("dialplan set global CALLERID_HTTP http://127.0.0.1:\(server.httpPort)")
    return server
  }

  func removeProgram(_ asterisk: Asterisk) throws {
    try FileManager.default.removeItem(atPath: asterisk.folder + "/agi-bin/callerid-agi")
  }

  /// What the trunk is called with.
  func called(_ asterisk: Asterisk, _ example: ServerExample) async throws -> String {
    try await asterisk.originate(example.dialled, in: example.entry)
    try await asterisk.wait("the call, log: \(asterisk.log)") { asterisk.testLines.contains { $0.hasPrefix("called") } }
    return asterisk.testLines.first { $0.hasPrefix("called") } ?? ""
  }

  func rotated(_ example: ServerExample) -> String {
    // CURL() leaves the name as it is, and so do VICIdial's calls.
    let keepsName = example.way == "http" || example.campaign == "TESTCAMP"
    return "called 12145551212 num=2145550101 name=\(keepsName ? example.callerName : "2145550101")"
  }

  /// The only request, once it has been released.
  func released(_ asterisk: Asterisk) async throws -> [String: Any] {
    try await asterisk.wait("the release, log: \(asterisk.log)") {
      try asterisk.installation.sql("SELECT count(*) FROM request WHERE released_at IS NOT NULL AND dial_status <> ''")
        == 1
    }
    let requests = try #require(try await asterisk.installation.json("requests") as? [[String: Any]])
    #expect(requests.count == 1)
    return try #require(requests.first)
  }

  func vicidialsOwn(_ example: ServerExample) throws -> FastAGIServer? {
    example.campaign == "TESTCAMP" ? try FastAGIServer(campaign: "TESTCAMP") : nil
  }

  // MARK: With the server

  /// Without callerid-agi, so that nobody else can have answered.
  @Test(arguments: serverExamples)
  func theServerGivesANumberAndTakesItBack(version: AsteriskVersion, example: ServerExample) async throws {
    let vicidial = try vicidialsOwn(example)
    defer { vicidial?.stop() }
    let asterisk = try await load(version, example)
    try removeProgram(asterisk)
    let server = try await server(asterisk, example)
    #expect(try await called(asterisk, example) == rotated(example))
    let request = try await released(asterisk)
    #expect(request["campaign"] as? String == example.campaign)
    #expect(request["agent"] as? String == example.agent)
    #expect(request["dial_status"] as? String == "ANSWER")
    #expect(try asterisk.installation.sql("SELECT count(*) FROM number WHERE holds <> ''") == 0)
    let metrics = try await server.http("/metrics").body
    for status in ["OK", "RELEASED"] {
      let line = #"callerid_requests_total{way="\#(example.way)",status="\#(status)"} "#
      #expect(metrics.contains(line), "\(metrics)")
    }
    if example.description == "curl-json.conf" || example.description == "fastagi.conf" {
      #expect(asterisk.testLines.contains { $0.hasSuffix("OK area Acme Telecom 214") }, "\(asterisk.testLines)")
    }
  }

  // MARK: Without it

  @Test(arguments: serverExamples)
  func withoutTheServerTheProgramIsAsked(version: AsteriskVersion, example: ServerExample) async throws {
    let vicidial = try vicidialsOwn(example)
    defer { vicidial?.stop() }
    let asterisk = try await load(version, example)
    #expect(try await called(asterisk, example) == rotated(example))
    #expect(try await released(asterisk)["dial_status"] as? String == "ANSWER")
    #expect(try asterisk.installation.sql("SELECT count(*) FROM number WHERE holds <> ''") == 0)
  }

  @Test(arguments: serverExamples)
  func withoutEitherTheCallGoesOnAsItWas(version: AsteriskVersion, example: ServerExample) async throws {
    let vicidial = try vicidialsOwn(example)
    defer { vicidial?.stop() }
    let asterisk = try await load(version, example)
    try removeProgram(asterisk)
    #expect(
      try await called(asterisk, example) == "called 12145551212 num=8005550100 name=\(example.callerName)")
    #expect(asterisk.log.contains("Caller-ID not rotated for"), "\(asterisk.log)")
  }

  /// Over FastAGI there is no exit status: a dialplan that looks at AGISTATUS would take this for a number.
  @Test(arguments: AsteriskVersion.tested)
  func theStatusSaysThatNothingIsEligible(version: AsteriskVersion) async throws {
    let asterisk = try await load(version, .fastAGI)
    _ = try await asterisk.installation.admin("disable", "3125550101", "2145550101")
    let server = try await server(asterisk, .fastAGI)
    #expect(try await called(asterisk, .fastAGI) == "called 12145551212 num=8005550100 name=Sales")
    #expect(asterisk.log.contains("Caller-ID not rotated for 12145551212: SUCCESS NONE_AVAILABLE"), "\(asterisk.log)")
    #expect(server.isRunning)
  }

  /// A text that is no number is never shown.
  @Test(arguments: curlExamples)
  func anErrorOfTheServersIsNoNumber(version: AsteriskVersion, example: ServerExample) async throws {
    let asterisk = try await load(version, example)
    let server = try await server(asterisk, example, "--pick-token")
    #expect(try await called(asterisk, example) == rotated(example))
    #expect(try await released(asterisk)["dial_status"] as? String == "ANSWER")
    #expect(server.isRunning)
  }

  @Test(arguments: curlExamples)
  func aServerThatDoesNotAnswerHoldsNoCall(version: AsteriskVersion, example: ServerExample) async throws {
    let asterisk = try await load(version, example)
    let server = try await server(asterisk, example)
    server.send(SIGSTOP)
    defer { server.send(SIGCONT) }
    #expect(try await called(asterisk, example) == rotated(example))
    #expect(try await released(asterisk)["dial_status"] as? String == "ANSWER")
  }
}

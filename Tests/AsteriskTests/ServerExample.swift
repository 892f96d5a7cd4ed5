import Foundation
import TestSupport

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
      ExampleTests.Example(file: "fastagi.conf", context: "outbound-fastagi", hangUpPriorities: 5), callerName: "Sales")
  )
  static let curl = ServerExample(
    description: "curl.conf", way: "http", entry: "test", dialled: "12145551212",
    dialplan: ExampleTests.dialplan(
      ExampleTests.Example(file: "curl.conf", context: "outbound-curl", hangUpPriorities: 6), callerName: "Sales"))
  static let curlJSON = ServerExample(
    description: "curl-json.conf", way: "http", entry: "test", dialled: "12145551212",
    dialplan: ExampleTests.dialplan(
      ExampleTests.Example(file: "curl-json.conf", context: "outbound-curl-json", hangUpPriorities: 6),
      callerName: "Sales"))
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

/// An Asterisk with one of them, and one call after the other through it.
struct ServerExampleRun: Sendable {
  let asterisk: Asterisk
  let example: ServerExample

  /// Calls have a status from before, and from the channel that made them.
  ///
  /// - Parameter steps: what the caller's channel does first.
  init(_ version: AsteriskVersion, _ example: ServerExample, steps: [String] = []) async throws {
    let entry = "[\(example.entry)]\nexten => _X.,1,"
    guard example.dialplan.contains(entry) else { throw Failure("\(example) has no \(entry)") }
    let before = (["Set(__CALLERID_STATUS=OK)"] + steps).map { $0 + "\n same => n," }.joined()
    // Nobody listens there, until a server is told of.
    let addresses = "\n[globals]\nCALLERID_SERVER=127.0.0.1:1\nCALLERID_HTTP=http://127.0.0.1:1\nCALLERID_STATUS=OK\n"
    asterisk = try await Asterisk(
      version, dialplan: example.dialplan.replacingOccurrences(of: entry, with: entry + before) + addresses)
    self.example = example
    _ = try await store.importCSV("caller_id,carrier\n3125550101,Bell\n2145550101,Acme Telecom\n")
    // The machine that runs the tests may be busy with others.
    _ = try await store.admin("config", "set", "busy_timeout_ms", "10000")
  }

  var store: Installation { asterisk.installation }

  /// A server on Asterisk's store, or on another one, which the dialplan asks from now on.
  func server(on other: Installation? = nil, _ arguments: String...) async throws -> Server {
    let server = try await Server(store: (other ?? store).store, arguments, agiPort: example.agiPort)
    try await ask(agiPort: server.agiPort, httpPort: server.httpPort)
    return server
  }

  func ask(agiPort: Int, httpPort: Int) async throws {
    try await asterisk.cli("dialplan set global CALLERID_SERVER 127.0.0.1:\(agiPort)")
    try await asterisk.cli("dialplan set global CALLERID_HTTP http://127.0.0.1:\(httpPort)")
  }

  func removeProgram() throws {
    try FileManager.default.removeItem(atPath: asterisk.folder + "/agi-bin/callerid-agi")
  }

  func installProgram() throws {
    try FileManager.default.copyItem(atPath: Program.agi.path, toPath: asterisk.folder + "/agi-bin/callerid-agi")
  }

  /// Makes a call.
  ///
  /// - Parameter meanwhile: what is done while it goes on.
  /// - Returns: what the trunk is called with.
  func call(_ dialled: String? = nil, meanwhile: () async throws -> Void = {}) async throws -> String {
    func called() -> [String] { asterisk.testLines.filter { $0.hasPrefix("called") } }
    let before = called().count
    try await asterisk.originate(dialled ?? example.dialled, in: example.entry)
    try await meanwhile()
    try await asterisk.wait("the call, log: \(asterisk.log)") { called().count > before }
    return called()[before]
  }

  /// The last request, once all of them have been released.
  func released() async throws -> [String: Any] {
    try await asterisk.wait("the release, log: \(asterisk.log)") {
      try store.sql("SELECT count(*) FROM request WHERE released_at IS NULL OR dial_status IS NULL") == 0
    }
    let requests = try await store.json("requests") as? [[String: Any]]
    guard let last = requests?.first else { throw Failure("there is no request") }
    return last
  }

  /// What a call with a rotated number looks like.
  var rotated: String {
    // CURL() leaves the name as it is, and so do VICIdial's calls.
    let keepsName = example.way == "http" || example.campaign == "TESTCAMP"
    return "called 12145551212 num=2145550101 name=\(keepsName ? example.callerName : "2145550101")"
  }

  /// What one with the caller-ID that it had looks like.
  var unchanged: String { "called 12145551212 num=8005550100 name=\(example.callerName)" }
}

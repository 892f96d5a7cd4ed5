import Foundation
import TestSupport
import Testing

/// What comes from clients that are broken, slow, or mean no good: an error or a closed connection, and nothing for others.
@Suite(.timeLimit(.minutes(5)))
struct ServerHostileTests {
  private static let pick = "GET /next-cid?to=12145551212&campaign=S HTTP/1.1\r\nHost: localhost\r\n"

  private func start(numbers: Int = 100, _ arguments: String...) async throws -> (Installation, Server) {
    let callerID = try await Installation(numbers: (0..<numbers).map { "214555\(1000 + $0)" })
    _ = try await callerID.admin("config", "set", "busy_timeout_ms", "5000")
    return (callerID, try await Server(store: callerID.store, arguments))
  }

  private func held(_ callerID: Installation) throws -> Int {
    try callerID.sql("SELECT count(*) FROM number WHERE holds <> ''")
  }

  /// What is sent, how an answer begins (empty: the connection is closed without one), and how many numbers are held then.
  struct Rubbish: Sendable, CustomStringConvertible {
    let description: String
    let bytes: [UInt8]
    let answers: [String]
    var held = 0

    init(_ description: String, _ text: String, _ answers: String..., held: Int = 0) {
      self.init(description, Array(text.utf8), answers, held: held)
    }

    init(_ description: String, _ bytes: [UInt8], _ answers: [String], held: Int = 0) {
      self.description = description
      self.bytes = bytes
      self.answers = answers
      self.held = held
    }

    private static func post(_ body: String, _ fields: String = "") -> String {
      "POST /release HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\(fields)Content-Length: \(body.utf8.count)\r\n\r\n\(body)"
    }

    static let http: [Rubbish] = [
      Rubbish("noise", (0..<50_000).map { UInt8(truncatingIfNeeded: $0 &* 37 ^ $0 >> 3) }, ["HTTP/1.1 400", ""]),
      Rubbish(
        "TLS", [0x16, 3, 1, 2, 0, 1, 0, 1, 0xFC, 3, 3] + Array(repeating: 0xAA, count: 500), ["HTTP/1.1 400", ""]),
      Rubbish("half a request", String(pick.dropLast(4)), "", "HTTP/1.1 400"),
      Rubbish("a header of a megabyte", pick + "X: " + String(repeating: "a", count: 1 << 20), "HTTP/1.1 400", ""),
      Rubbish(
        "ten thousand headers", pick + String(repeating: "X: y\r\n", count: 10_000) + "\r\n", "HTTP/1.1 400", ""),
      Rubbish("a path of a megabyte", "GET /" + String(repeating: "a", count: 1 << 20), "HTTP/1.1 400", ""),
      Rubbish(
        "bytes that are no UTF-8", Array("GET /".utf8) + [0xFF, 0xFE, 0x20] + Array("HTTP/1.1\r\n\r\n".utf8),
        ["HTTP/1.1 40", ""]),
      Rubbish(
        "escapes that are no UTF-8",
        "GET /next-cid?to=%ff%fe%c0%af&campaign=%c0%af&agent=%f8%88%80%80%80 HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
        "HTTP/1.1 400"),
      Rubbish(
        "a NUL in a name",
        "GET /next-cid?to=12145551212&campaign=%00%01%1b[2J HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
        "HTTP/1.1 200", "HTTP/1.1 422", held: 1),
      Rubbish("HTTP/0.9", "GET /next-cid?to=12145551212&campaign=S\r\n", "HTTP/1.1 400", "HTTP/1.1 505", ""),
      Rubbish("HTTP/1.0", "GET /next-cid?to=12145551212&campaign=S HTTP/1.0\r\n\r\n", "HTTP/1.1 200", held: 1),
      Rubbish(
        "lines that end with LF alone", pick.replacing("\r\n", with: "\n") + "Connection: close\n\n", "HTTP/1.1 200",
        "HTTP/1.1 400", "", held: 1),
      Rubbish("two lengths", post("a", "Content-Length: 5\r\n"), "HTTP/1.1 400", ""),
      Rubbish(
        "a length and chunks (one request within another)",
        "POST /release HTTP/1.1\r\nHost: x\r\nContent-Length: 6\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" + pick
          + "\r\n",
        "HTTP/1.1 400", ""),
      Rubbish(
        "a chunk without a size",
        "POST /release HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nabc\r\n",
        "HTTP/1.1 400", ""),
      Rubbish(
        "a length that is no number", "POST /release HTTP/1.1\r\nHost: x\r\nContent-Length: -5\r\n\r\n", "HTTP/1.1 400",
        ""),
      Rubbish(
        "a length past all bounds", "POST /release HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999999999999999\r\n\r\n",
        "HTTP/1.1 400", ""),
      Rubbish(
        "half a body", "POST /release HTTP/1.1\r\nHost: x\r\nContent-Length: 500\r\n\r\n{\"uniqueid\"", "", "HTTP/1.1 4"
      ),
      Rubbish("brackets ten thousand deep", post(String(repeating: "[", count: 10_000)), "HTTP/1.1 422"),
      Rubbish("objects ten thousand deep", post(String(repeating: #"{"a":"#, count: 10_000)), "HTTP/1.1 422"),
      Rubbish(
        "a number of ten thousand digits", post(#"{"request":\#(String(repeating: "9", count: 10_000))}"#),
        "HTTP/1.1 422"),
      Rubbish("a name that is given twice", post(#"{"uniqueid":"1","uniqueid":"2"}"#), "HTTP/1.1 422"),
      Rubbish(
        "a hundred parameters",
        "GET /next-cid?" + (0..<100).map { "a\($0)=1" }.joined(separator: "&")
          + " HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
        "HTTP/1.1 422"),
      Rubbish(
        "dots in the path", "GET /numbers/../../../etc/passwd HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
        "HTTP/1.1 40"),
      Rubbish("another method", "BREW /next-cid HTTP/1.1\r\nHost: x\r\n\r\n", "HTTP/1.1 400", ""),
      Rubbish(
        "a proxy's request", "CONNECT evil.example:443 HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", "HTTP/1.1 40"),
      Rubbish(
        "WebSocket", pick + "Connection: Upgrade\r\nUpgrade: websocket\r\n\r\n", "HTTP/1.1 200", "HTTP/1.1 40", held: 1),
      Rubbish("HTTP/2", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", "HTTP/1.1 400", "HTTP/1.1 505", ""),
      Rubbish("Asterisk's environment", AsteriskCall().networkInput(["SALES"]), "HTTP/1.1 400", ""),
    ]

    static let agi: [Rubbish] = [
      Rubbish("noise", (0..<50_000).map { UInt8(truncatingIfNeeded: $0 &* 37 ^ $0 >> 3) }, [""]),
      Rubbish("nothing", "", ""),
      Rubbish("half an environment", String(AsteriskCall().networkInput(["SALES"]).dropLast(30)), ""),
      Rubbish("a line of a megabyte", "agi_network: " + String(repeating: "a", count: 1 << 20), ""),
      Rubbish("a megabyte of lines", String(repeating: "agi_x: y\n", count: 1 << 17), ""),
      Rubbish("a request over HTTP", ServerHostileTests.pick + "\r\n", "", "GET VARIABLE"),
      Rubbish(
        "a hundred arguments", AsteriskCall().networkInput((0..<100).map { "a\($0)=1" }),
        "SET VARIABLE CALLERID_STATUS BAD_REQUEST"),
      Rubbish(
        "an argument of a megabyte", AsteriskCall().networkInput([String(repeating: "a", count: 1 << 20)]), "",
        "SET VARIABLE CALLERID_STATUS BAD_REQUEST"),
    ]
  }

  private func end(_ connection: Connection) async throws -> String {
    try await connection.hear(lines: .max).first ?? ""
  }

  @Test(arguments: [true, false])
  func rubbishGetsAnErrorOrNothing(isHTTP: Bool) async throws {
    for rubbish in isHTTP ? Rubbish.http : Rubbish.agi {
      let (callerID, server) = try await start()
      let connection = try Connection(port: isHTTP ? server.httpPort : server.agiPort)
      // The server may have closed the connection before all was said.
      try? connection.say(rubbish.bytes)
      connection.hangUp()
      let answer = try await end(connection)
      #expect(
        rubbish.answers.contains { $0.isEmpty ? answer.isEmpty : answer.hasPrefix($0) }, "\(rubbish): \(answer)")
      #expect(try held(callerID) <= (answer.contains(" 200") ? rubbish.held : 0), "\(rubbish)")
      #expect(server.isRunning, "\(rubbish)")
      #expect(try await server.http("/health").status == 200, "\(rubbish)")
    }
  }

  /// Bodies are refused before they are read.
  @Test func aBodyOfAGigabyteIsRefused() async throws {
    let (callerID, server) = try await start()
    _ = try await server.http("/health")
    let before = try memory(of: server)
    for head in ["Content-Length: 1073741824", "Transfer-Encoding: chunked"] {
      let connection = try Connection(port: server.httpPort)
      try connection.say("POST /release HTTP/1.1\r\nHost: localhost\r\n\(head)\r\n\r\n")
      let piece = String(repeating: "a", count: 65_536)
      // The kernel's buffers take some of it.
      let sent = (0..<16_384).prefix { _ in
        (try? connection.say(head.hasPrefix("T") ? "10000\r\n\(piece)\r\n" : piece)) != nil
      }
      #expect(sent.count < 1024, "\(sent.count) pieces of 64 KB were taken")
    }
    #expect(try memory(of: server) - before < 16_384)
    #expect(try await server.http("/health").status == 200)
    #expect(try held(callerID) == 0)
  }

  /// Kilobytes that it has resident.
  private func memory(of server: Server) throws -> Int {
    let status = try String(contentsOfFile: "/proc/\(server.id)/status", encoding: .utf8)
    let match = try #require(status.firstMatch(of: /VmRSS:\s+(\d+)/))
    return try #require(Int(match.output.1))
  }

  private func openFiles(of server: Server) throws -> Int {
    try FileManager.default.contentsOfDirectory(atPath: "/proc/\(server.id)/fd").count
  }

  @Test func requestsInOnePieceAreAnsweredInTheirOrder() async throws {
    let (callerID, server) = try await start()
    let connection = try Connection(port: server.httpPort)
    let requests = (0..<20).map { Self.pick.replacing("12145551212", with: "1214555\(1200 + $0)") + "\r\n" }
    try connection.say(requests.joined())
    connection.hangUp()
    let numbers = try await connection.hear(lines: .max).compactMap { line in
      line.firstMatch(of: /"caller_id":"(\d+)"/).map { String($0.output.1) }
    }
    #expect(numbers == (0..<20).map { "214555\(1000 + $0)" })
    let asked = try #require(try await callerID.json("requests", "--last", "20") as? [[String: Any]])
    #expect(asked.reversed().map { $0["destination"] as? String } == (0..<20).map { "1214555\(1200 + $0)" })
  }

  /// Neither those who say a byte a second, nor those who never read, nor those who say nothing cost others anything.
  @Test func slowAndSilentClientsAreCutOffAndDelayNobody() async throws {
    let (callerID, server) = try await start(numbers: 900)
    _ = try await callerID.admin("config", "set", "busy_timeout_ms", "1000")
    let token = try #require(try await callerID.admin("token", "add", "board", "--role", "read").lines.first)
    _ = try await server.http("/health")
    try await Task.sleep(for: .milliseconds(1500))
    let files = try openFiles(of: server)
    let before = try memory(of: server)

    let greedy = try (0..<4).map { _ in try Connection(port: server.httpPort) }
    let list = "GET /numbers HTTP/1.1\r\nHost: localhost\r\nx-api-key: \(token)\r\n\r\n"
    for connection in greedy { try connection.say(String(repeating: list, count: 200)) }
    let silent = try (0..<300).map { try Connection(port: $0 % 2 == 0 ? server.agiPort : server.httpPort) }
    let slow = try (0..<200).map { _ in try Connection(port: server.httpPort) }
    for connection in slow { try connection.say("GET /next-cid?to=") }
    for call in 0..<20 {
      let asterisk = try Connection(port: server.agiPort)
      try asterisk.say(AsteriskCall(number: call).networkInput(["SALES"]))
      #expect(try await asterisk.hear(lines: 7).contains { $0.hasPrefix("SET VARIABLE CALLERID(num) ") })
      try asterisk.say("200 result=1\n")
      #expect(try await asterisk.hear(lines: 1).isEmpty)
      #expect(try await server.http("/next-cid?to=12145551212&campaign=S&ttl=0").status == 200)
    }
    #expect(try memory(of: server) - before < 65_536)
    for _ in 0..<150 {
      for connection in slow { try? connection.say("1") }
      if try openFiles(of: server) <= files + 1 { break }
      try await Task.sleep(for: .milliseconds(200))
    }
    #expect(try openFiles(of: server) <= files + 1)
    #expect(try held(callerID) == 20)
    #expect(!silent.isEmpty && !greedy.isEmpty)
  }

  /// At each point of a call: what nobody was told is not held.
  @Test func clientsThatVanishLeaveNothingBehind() async throws {
    let (callerID, server) = try await start()
    _ = try await server.http("/health")
    let files = try openFiles(of: server)
    let environment = AsteriskCall().networkInput(["SALES"])
    for end in [0, 1, environment.count / 2, environment.count - 1, environment.count] {
      for _ in 0..<10 {
        let connection = try Connection(port: server.agiPort)
        connection.vanish()
        try connection.say(String(environment.prefix(end)))
      }
    }
    for _ in 0..<50 {
      let connection = try Connection(port: server.httpPort)
      connection.vanish()
      try connection.say(Self.pick)
    }
    for _ in 0..<400 where try openFiles(of: server) > files || held(callerID) > 0 {
      try await Task.sleep(for: .milliseconds(10))
    }
    #expect(try openFiles(of: server) <= files)
    #expect(try held(callerID) == 0)
    #expect(try await server.http("/metrics").body.contains("\ncallerid_waiting_requests 0\n"))
  }

  @Test func wrongTokensByTheThousandAreRefused() async throws {
    let (callerID, server) = try await start(numbers: 1)
    let token = try #require(try await callerID.admin("token", "add", "board", "--role", "read").lines.first)
    try await Task.sleep(for: .milliseconds(1500))
    let connection = try Connection(port: server.httpPort)
    let wrong = (0..<5000).map {
      "GET /stats HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer \(token.dropLast(4))\($0)x\r\n\r\n"
    }
    var refused: [String: Int] = [:]
    for first in stride(from: 0, to: 5000, by: 50) {
      try connection.say(wrong[first..<first + 50].joined())
      while refused.values.reduce(0, +) < first + 50, let line = try await connection.hear(lines: 1).first {
        if line.hasPrefix("HTTP/1.1 ") { refused[String(line.dropFirst(9).prefix(3)), default: 0] += 1 }
      }
    }
    #expect(refused == ["401": 5000])
    try await Task.sleep(for: .milliseconds(1100))
    #expect(try await server.http("/stats", "-H", "Authorization: Bearer \(token)").status == 200)
    #expect(try !server.log().contains(token.dropLast(4)))
  }

  /// Many requests in one piece would be answered before anybody else's: past the rate the connection ends.
  @Test func whoAsksTooOftenIsNotListenedToAnyMore() async throws {
    let (callerID, server) = try await start(numbers: 1, "--rate", "100")
    for _ in 0..<3 {
      let connection = try Connection(port: server.httpPort)
      try? connection.say(String(repeating: "GET / HTTP/1.1\r\nHost: x\r\n\r\n", count: 2000))
      let lines = try await connection.hear(lines: .max)
      #expect(lines.count { $0.hasPrefix("HTTP/1.1 ") } <= 1000)
      #expect(lines.count { $0.hasPrefix("HTTP/1.1 429") } <= 1)
    }
    try await Task.sleep(for: .milliseconds(1100))
    #expect(try await server.http("/health").status == 200)
    #expect(try held(callerID) == 0)
  }

  // MARK: One request after the other

  /// All loops have a connection besides the one whose requests came in one piece.
  @Test func requestsThatWereSentAheadHoldNobodyElse() async throws {
    let (callerID, server) = try await start(numbers: 1)
    let ahead = try Connection(port: server.httpPort)
    let others = try (0..<8).map { _ in try Connection(port: server.httpPort) }
    try ahead.say(String(repeating: "GET / HTTP/1.1\r\nHost: x\r\n\r\n", count: 2400))
    for other in others { try other.say("GET / HTTP/1.1\r\nHost: x\r\n\r\n") }
    for other in others { #expect(try await other.hear(lines: 1) == ["HTTP/1.1 404 Not Found\r"]) }
    #expect(ahead.heardAlready().count { $0.hasPrefix("HTTP/1.1 404") } < 2400)
    ahead.hangUp()
    let lines = try await ahead.hear(lines: .max)
    #expect(lines.count { $0.hasPrefix("HTTP/1.1 404") } <= 2400)
    #expect(try held(callerID) == 0)
  }

  /// What a client does not read keeps its next requests in the kernel's buffers.
  @Test func whoDoesNotReadIsNotListenedTo() async throws {
    let (callerID, server) = try await start(numbers: 1)
    _ = try await server.http("/health")
    let before = try memory(of: server)
    let connections = try (0..<4).map { _ in try Connection(port: server.httpPort) }
    let requests = Array(String(repeating: "GET / HTTP/1.1\r\nHost: x\r\n\r\n", count: 2000).utf8)
    for _ in 0..<300 {
      for connection in connections { connection.say(asFarAsTaken: requests) }
      try await Task.sleep(for: .milliseconds(10))
    }
    #expect(try memory(of: server) - before < 6144)
    #expect(try await server.http("/health").status == 200)
    #expect(try held(callerID) == 0)
  }

  /// Who is answered and may not ask again need not be waited for.
  @Test(arguments: [
    ("GET / HTTP/1.0\r\n\r\n", "HTTP/1.1 404 Not Found\r"),
    ("GET / HTTP/1.1\r\nHost: x\r\nConnection: TE, Close\r\n\r\n", "HTTP/1.1 404 Not Found\r"),
    ("This is no request.\r\n\r\n", "HTTP/1.1 400 Bad Request\r"),
    ("GET / HTTP/1.1\r\nHost: x\r\n\r\nnor is this\r\n\r\n", "HTTP/1.1 404 Not Found\r"),
  ]) func aConnectionEndsWithItsLastAnswer(said: String, heard: String) async throws {
    let (callerID, server) = try await start(numbers: 1)
    let connection = try Connection(port: server.httpPort)
    try connection.say(said)
    let lines = try await connection.hear(lines: .max)
    #expect(lines.first == heard)
    #expect(lines.last?.hasPrefix(#"{"detail":""#) == true)
    #expect(lines.contains { $0.lowercased() == "connection: close\r" })
    #expect(try held(callerID) == 0)
  }

  @Test func whoWaitsToBeToldSendsABodyThatIsWanted() async throws {
    let (callerID, server) = try await start(numbers: 1)
    let connection = try Connection(port: server.httpPort)
    func head(_ path: String) -> String {
      "POST \(path) HTTP/1.1\r\nHost: localhost\r\nExpect: 100-continue\r\nContent-Length: 18\r\n\r\n"
    }
    try connection.say(head("/release"))
    #expect(try await connection.hear(lines: 2) == ["HTTP/1.1 100 Continue\r", "\r"])
    try connection.say(#"{"uniqueid":"1.1"}"#)
    #expect(try await connection.hear(lines: 1) == ["HTTP/1.1 200 OK\r"])
    // One that is not wanted is not waited for.
    let refused = try Connection(port: server.httpPort)
    try refused.say(head("/add-number"))
    #expect(try await refused.hear(lines: .max).first == "HTTP/1.1 401 Unauthorized\r")
    #expect(try held(callerID) == 0)
  }

  @Test func nothingIsLostByThousandsOfThem() async throws {
    let (callerID, server) = try await start()
    let all =
      Rubbish.http.filter { $0.held == 0 && $0.bytes.count < 4096 }.map { (server.httpPort, $0.bytes) }
      + Rubbish.agi.filter { $0.bytes.count < 4096 }.map { (server.agiPort, $0.bytes) }
    func round(_ count: Int) async throws {
      for index in 0..<count {
        let (port, bytes) = all[index % all.count]
        let connection = try Connection(port: port)
        try? connection.say(bytes)
        connection.hangUp()
        _ = try await end(connection)
      }
    }
    try await round(1000)
    let (files, before) = (try openFiles(of: server), try memory(of: server))
    try await round(3000)
    #expect(try openFiles(of: server) <= files)
    #expect(try memory(of: server) - before < 4096)
    #expect(try held(callerID) == 0)
  }
}

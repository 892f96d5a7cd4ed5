import CallVectors
import Foundation
import TestSupport
import Testing

/// The conversations of the vectors with the server, over sockets; and what only a server is asked.
@Suite(.timeLimit(.minutes(5)))
struct FastAGITests {
  @Test(arguments: CallVector.all)
  func goesAsItShould(vector: CallVector) async throws {
    let callerID = try await AgiConversationTests.installation(for: vector)
    let server = try await Server(store: callerID.store)
    if vector.stock == .missing { try FileManager.default.removeItem(atPath: callerID.store) }
    let holder = vector.stock == .locked ? try LockHolder(path: callerID.store) : nil
    let asterisk = try Connection(port: server.agiPort)
    try asterisk.say(opening(of: vector))
    // Asterisk that hangs up has said everything before.
    if vector.end == .hangsUp {
      try asterisk.say(last: vector.turns.flatMap(\.replies).map { $0 + vector.lineEnd }.joined())
    }
    for turn in vector.turns {
      let commands = turn.commands.map { $0.replacing(CallVector.storePath, with: callerID.store) }
      let heard = try await asterisk.hear(lines: commands.count)
      let log = server.isRunning ? "" : try server.log()
      try #require(heard == commands, "\(heard) \(log)")
      if vector.end != .hangsUp { try asterisk.say(turn.replies.map { $0 + vector.lineEnd }.joined()) }
    }
    #expect(try await asterisk.hear(lines: 1).isEmpty)
    holder?.release()
    if vector.stock == .missing { return }
    // What is given back waits for the store as everything does.
    let held = vector.isHeld ? 1 : 0
    for _ in 0..<1000 where try callerID.sql("SELECT count(*) FROM number WHERE holds <> ''") != held {
      try await Task.sleep(for: .milliseconds(5))
    }
    #expect(try callerID.sql("SELECT count(*) FROM number WHERE holds <> ''") == held)
  }

  /// The arguments stand before the blank line, where there is one.
  private func opening(of vector: CallVector) -> String {
    var lines = vector.environment
    if lines.last == "" {
      lines.insert(contentsOf: vector.arguments.enumerated().map { "agi_arg_\($0 + 1): \($1)" }, at: lines.count - 1)
    }
    return lines.map { $0 + vector.lineEnd }.joined()
  }

  private func answer(of server: Server, script: String, _ arguments: [String], _ call: AsteriskCall = .init())
    async throws -> [String]
  {
    let asterisk = try Connection(port: server.agiPort)
    try asterisk.say(call.networkInput(script: script, arguments) + String(repeating: "200 result=1\n", count: 12))
    return try await asterisk.hear(lines: 20)
  }

  @Test func theAddressSaysWhatIsAsked() async throws {
    let callerID = try await Installation(numbers: ["2145550101"])
    let server = try await Server(store: callerID.store)
    #expect(
      try await answer(of: server, script: "callerid", ["SALES", "1001"]).contains(
        "SET VARIABLE CALLERID(num) 2145550101"))
    #expect(
      try await answer(of: server, script: "release", ["", "", "status=ANSWER", "answered=12"])
        == ["SET VARIABLE CALLERID_STATUS OK", #"VERBOSE "Released Caller-ID: 2145550101" 1"#])
    #expect(
      try callerID.sql("SELECT count(*) FROM request WHERE dial_status = 'ANSWER' AND answered_seconds = 12") == 1)
    #expect(
      try await answer(of: server, script: "relase", [])[0] == "SET VARIABLE CALLERID_STATUS BAD_REQUEST")
    #expect(
      try await answer(of: server, script: "callerid", ["SALES", "", "db=/tmp/other.db"])[0]
        == "SET VARIABLE CALLERID_STATUS BAD_REQUEST")
    #expect(try callerID.sql("SELECT count(*) FROM number WHERE holds <> ''") == 0)
  }

  /// A rush of calls gets each its own number, in the order of the store.
  @Test func manyAtOnceGetNumbersOfTheirOwn() async throws {
    let numbers = (0..<300).map { "214555\(1000 + $0)" }
    let callerID = try await Installation(numbers: numbers)
    _ = try await callerID.admin("config", "set", "busy_timeout_ms", "10000")
    let server = try await Server(store: callerID.store)
    let calls = try (0..<300).map { index in
      let asterisk = try Connection(port: server.agiPort)
      try asterisk.say(AsteriskCall(number: index).networkInput(["SALES"]))
      return asterisk
    }
    var shown: Set<String> = []
    for call in calls {
      let line = try await call.hear(lines: 7).first { $0.hasPrefix("SET VARIABLE CALLERID(num) ") }
      shown.insert(try #require(line))
    }
    #expect(shown.count == 300)
    #expect(try callerID.sql("SELECT count(*) FROM request WHERE status = 'OK'") == 300)
  }

  @Test func itEndsOnceWhatIsInFlightIsAnswered() async throws {
    let callerID = try await Installation(numbers: ["2145550101"])
    let server = try await Server(store: callerID.store)
    let asterisk = try Connection(port: server.agiPort)
    try asterisk.say(AsteriskCall().networkInput(["SALES"]))
    #expect(try await asterisk.hear(lines: 7).count == 7)
    server.send(SIGTERM)
    try asterisk.say("200 result=1\n")
    #expect(try await asterisk.hear(lines: 1).isEmpty)
    #expect(try await server.status() == 0)
    #expect(throws: Failure.self) { try Connection(port: server.agiPort) }
    #expect(try callerID.sql("SELECT count(*) FROM number WHERE holds <> ''") == 1)
  }

  /// The call has ended: nobody would release the number any more.
  @Test func aHangUpThatComesWithTheReplyReleasesTheNumber() async throws {
    let callerID = try await Installation(numbers: ["2145550101"])
    _ = try await callerID.admin("config", "set", "busy_timeout_ms", "10000")
    let server = try await Server(store: callerID.store)
    for call in 1...3 {
      let asterisk = try Connection(port: server.agiPort)
      try asterisk.say(AsteriskCall(number: call).networkInput(["SALES"]))
      #expect(try await asterisk.hear(lines: 7).count == 7)
      try asterisk.say(last: "200 result=1\n")
      #expect(try await asterisk.hear(lines: 1).isEmpty)
      for _ in 0..<400 where try callerID.sql("SELECT count(*) FROM number WHERE holds <> ''") > 0 {
        try await Task.sleep(for: .milliseconds(5))
      }
      #expect(try callerID.sql("SELECT count(*) FROM number WHERE holds <> ''") == 0)
    }
  }

  /// What comes while the store is waited for is no sign that the call has ended.
  @Test func whatAsteriskSaysTooEarlyWaitsForTheStoresAnswer() async throws {
    let callerID = try await Installation(numbers: ["2145550101"])
    _ = try await callerID.admin("config", "set", "busy_timeout_ms", "10000")
    let server = try await Server(store: callerID.store)
    let holder = try LockHolder(path: callerID.store)
    let asterisk = try Connection(port: server.agiPort)
    try asterisk.say(AsteriskCall().networkInput(["SALES"]))
    try await Task.sleep(for: .milliseconds(100))
    try asterisk.say(String(repeating: "200 result=1\n", count: 7))
    try await Task.sleep(for: .milliseconds(100))
    asterisk.hangUp()
    try await Task.sleep(for: .milliseconds(100))
    holder.release()
    #expect(try await asterisk.hear(lines: 7).contains("SET VARIABLE CALLERID(num) 2145550101"))
  }
}

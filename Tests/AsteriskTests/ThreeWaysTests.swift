import Foundation
import TestSupport
import Testing

/// Calls that ask in all three ways, on one store: callerid-agi, FastAGI and CURL().
extension ExampleTests {
  private static let ways = ["outbound", "outbound-fastagi", "outbound-curl"]
  private static let numbers = (0..<12).map { "21455501\($0 + 10)" }

  /// The extension's last digit says which way.
  private static let threeWays = """
    #include "EXAMPLES/plain-asterisk.conf"
    #include "EXAMPLES/fastagi.conf"
    #include "EXAMPLES/curl.conf"
    [globals]
    TECHNOLOGY=Local
    TRUNK=default

    [default]
    exten => _X.,1,Log(NOTICE,TEST called ${EXTEN} ${CALLERID(num)})
     same => n,Answer()
     same => n,Hangup()

    """
    + ways.enumerated().map {
      "[way\($0.offset)]\nexten => _X.,1,Set(CALLERID(num)=8005550100)\n same => n,Goto(\($0.element),${EXTEN},1)\n"
    }.joined()

  private func start(
    _ version: AsteriskVersion, _ dialplan: String, numbers: [String]
  ) async throws -> (Asterisk, Server) {
    let asterisk = try await Asterisk(version, dialplan: dialplan)
    _ = try await asterisk.installation.importCSV("caller_id\n" + numbers.joined(separator: "\n") + "\n")
    for (setting, value) in [
      ("busy_timeout_ms", "10000"), ("agent_calls_per_minute", "none"), ("reservation_ttl", "3600"),
    ] {
      _ = try await asterisk.installation.admin("config", "set", setting, value)
    }
    let server = try await Server(store: asterisk.installation.store)
    try await asterisk.cli("dialplan set global CALLERID_SERVER 127.0.0.1:\(server.agiPort)")
    try await asterisk.cli("dialplan set global CALLERID_HTTP http://127.0.0.1:\(server.httpPort)")
    return (asterisk, server)
  }

  /// The numbers come in one strict order, whoever is asked for the next one.
  @Test(arguments: AsteriskVersion.tested)
  func allThreeTakeTheNumberThatComesNext(version: AsteriskVersion) async throws {
    let (asterisk, server) = try await start(version, Self.threeWays, numbers: Self.numbers)
    let order = [0, 1, 2, 2, 1, 0, 1, 1, 0, 2, 0, 2]
    for (call, way) in order.enumerated() {
      try await asterisk.originate("1214555\(1200 + call)", in: "way\(way)")
      #expect(try await asterisk.lines(call + 1).last == "called 1214555\(1200 + call) \(Self.numbers[call])")
    }
    let metrics = try await server.http("/metrics").body
    for way in ["fastagi", "http"] {
      #expect(metrics.contains(#"callerid_requests_total{way="\#(way)",status="OK"} 4"#), "\(metrics)")
    }
    #expect(try asterisk.installation.sql("SELECT count(*) FROM request WHERE status = 'OK'") == order.count)
    #expect(try asterisk.installation.sql("SELECT max(used_today) FROM number") == 1)
  }

  private static let rush = ProcessInfo.processInfo.environment["TORTURE"] == "full" ? 300 : 60

  /// All at once, and the server is killed in their midst: each call shows a number of its own.
  @Test(arguments: AsteriskVersion.tested)
  func aRushInAllThreeWaysOutlivesTheServer(version: AsteriskVersion) async throws {
    let gate = """
      [gate]
      exten => _X.,1,Set(CALLERID(num)=8005550100)
       same => n(closed),Wait(0.1)
       same => n,GotoIf($["${GO}" = ""]?closed)
       same => n,Goto(${WAY${EXTEN:-1}},${EXTEN},1)
      [globals]

      """ + (0..<10).map { "WAY\($0)=\(Self.ways[$0 % 3])\n" }.joined()
    let (asterisk, server) = try await start(
      version, Self.threeWays + gate, numbers: (0..<Self.rush * 2).map { "214555\($0 + 2000)" })
    try await originate((0..<Self.rush).map { "1214555\(3000 + $0)" }, on: asterisk)
    try await asterisk.cli("dialplan set global GO 1")
    try await asterisk.wait("a call that the server has answered") {
      try await server.http("/metrics").body.contains(/callerid_requests_total\{way="fastagi",status="OK"\}/)
    }
    server.send(SIGKILL)
    let lines = try await asterisk.lines(Self.rush)
    #expect(lines.count == Self.rush)
    let shown = lines.compactMap { $0.split(separator: " ").last }
    #expect(Set(shown).count == Self.rush, "a number was shown twice")
    #expect(!shown.contains("8005550100"), "\(asterisk.log.suffix(4000))")
    // What the server had picked for a call that it could not tell any more ends with the call.
    #expect(try asterisk.installation.sql("SELECT count(*) FROM request WHERE status = 'OK'") >= Self.rush)
    #expect(try asterisk.installation.sql("SELECT integrity_check = 'ok' FROM pragma_integrity_check") == 1)
  }

  private func originate(_ extensions: [String], on asterisk: Asterisk) async throws {
    try await withThrowingTaskGroup(of: Void.self) { group in
      for lane in 0..<4 {
        group.addTask {
          for call in stride(from: lane, to: extensions.count, by: 4) {
            try await asterisk.originate(extensions[call], in: "gate", application: "Wait 60")
          }
        }
      }
      try await group.waitForAll()
    }
  }

  /// Two hundred calls over FastAGI: some before the server is killed, some while it has them, some after.
  @Test(arguments: AsteriskVersion.tested)
  func noCallIsLostWithTheServerThatAnswersIt(version: AsteriskVersion) async throws {
    Asterisk.allowManyFiles()
    // The eighth digit of what is dialled says when a call asks.
    let gate = """
      [gate]
      exten => _X.,1,Set(CALLERID(num)=8005550100)
       same => n(closed),Wait(0.1)
       same => n,GotoIf($["${GO${EXTEN:7:1}}" = ""]?closed)
       same => n,Goto(outbound-fastagi,${EXTEN},1)

      """
    let (asterisk, server) = try await start(
      version, Self.threeWays + gate, numbers: (0..<600).map { "214555\($0 + 2000)" })
    let store = asterisk.installation
    let (before, during, after) = (60, 80, 60)
    try await originate(
      (0..<before).map { "12145553\(100 + $0)" } + (0..<during).map { "12145554\(100 + $0)" }
        + (0..<after).map { "12145555\(100 + $0)" }, on: asterisk)

    try await asterisk.cli("dialplan set global GO3 1")
    _ = try await asterisk.lines(before)
    try await asterisk.wait("the end of those") {
      try store.sql("SELECT count(*) FROM request WHERE released_at IS NOT NULL") == before
    }
    let told = #"callerid_requests_total{way="fastagi",status="OK"} \#(before)"#
    #expect(try await server.http("/metrics").body.contains(told + "\n"))

    let holder = try LockHolder(path: store.store)
    try await asterisk.cli("dialplan set global GO4 1")
    try await asterisk.wait("the server to have all of them") {
      try await server.http("/metrics").body.contains("callerid_connections{way=\"fastagi\"} \(during)\n")
    }
    // What it picks now it commits for some, and tells fewer.
    holder.release()
    server.send(SIGKILL)
    try await asterisk.cli("dialplan set global GO5 1")

    let lines = try await asterisk.lines(before + during + after)
    let shown = lines.compactMap { $0.split(separator: " ").last }
    #expect(Set(shown).count == before + during + after, "a number was shown twice")
    #expect(!shown.contains("8005550100"), "\(asterisk.log.suffix(4000))")
    // Each call that ends frees all that it held, also what it was never told of.
    try await asterisk.wait("the end of all calls") {
      try store.sql("SELECT count(*) FROM number WHERE holds <> ''") == 0
    }
    #expect(try store.sql("SELECT count(*) FROM request WHERE status <> 'OK'") == 0)
    #expect(try store.sql("SELECT count(*) FROM request WHERE released_at IS NULL") == 0)
    #expect(try store.sql("SELECT count(DISTINCT uniqueid) FROM request") == before + during + after)
    #expect(try store.sql("SELECT integrity_check = 'ok' FROM pragma_integrity_check") == 1)
  }
}

import Foundation
import TestSupport
import Testing

/// The description of the HTTP interface, and the interface held against it by programs that know only the description.
@Suite(.timeLimit(.minutes(5)))
struct ServerDescriptionTests {
  private static let tools =
    ProcessInfo.processInfo.environment["SCHEMATHESIS"] ?? FileManager.default.currentDirectoryPath
    + "/.build/schemathesis/bin"

  private func tool(_ name: String, _ arguments: [String], in folder: String) async throws -> Finished {
    let path = Self.tools + "/" + name
    guard FileManager.default.isExecutableFile(atPath: path) else {
      throw Failure("\(path) is missing; bring it with: make schemathesis")
    }
    return try await run("/usr/bin/env", ["-C", folder, path] + arguments)
  }

  private func start() async throws -> (Installation, Server, token: String) {
    let callerID = try await Installation()
    _ = try await callerID.importCSV("caller_id,carrier,name\n2145550101,Acme,Dallas\n3125550101,Bell,Chicago\n")
    for (setting, value) in [
      ("busy_timeout_ms", "10000"), ("default_hourly_limit", "none"), ("default_daily_limit", "none"),
    ] {
      _ = try await callerID.admin("config", "set", setting, value)
    }
    _ = try await callerID.admin("campaign", "set", "SALES", "daily_limit=1000000")
    let token = try #require(try await callerID.admin("token", "add", "tests", "--role", "write").lines.first)
    return (callerID, try await Server(store: callerID.store), token)
  }

  @Test func itIsAValidDescriptionForWhoeverHasAToken() async throws {
    let (callerID, server, token) = try await start()
    #expect(try await server.http("/openapi.json").status == 401)
    let answer = try await server.http("/openapi.json", "-H", "Authorization: Bearer \(token)")
    #expect(answer.status == 200)
    try answer.body.write(toFile: callerID.folder + "/openapi.json", atomically: true, encoding: .utf8)
    let validated = try await tool("openapi-spec-validator", ["openapi.json"], in: callerID.folder)
    #expect(validated.status == 0, "\(validated.output)")
  }

  /// Made-up requests, right and wrong ones: each gets an answer that is described, and none breaks the server.
  @Test func requestsMadeUpFromItGetTheAnswersThatItDescribes() async throws {
    let (callerID, server, token) = try await start()
    let tried = try await tool(
      "schemathesis",
      [
        "run", "http://127.0.0.1:\(server.httpPort)/openapi.json", "--header", "Authorization: Bearer \(token)",
        "--exclude-path", "/events", "--checks", "all", "--exclude-checks", "positive_data_acceptance",
        "--max-examples", "30", "--seed", "1",
        "--generation-deterministic", "--no-color",
      ], in: callerID.folder)
    #expect(tried.status == 0, "\(tried.output.suffix(6000))")
    #expect(try await server.http("/health").status == 200)
    #expect(try await callerID.admin("doctor", "--json").output.contains(#""check":"#))
  }
}

import Foundation
import TestSupport
import Testing

/// A thousand calls through a real Asterisk on 20,000 numbers, counted three ways.
@Suite(.serialized, .timeLimit(.minutes(5)))
struct VolumeTests {
  @Test(arguments: AsteriskVersion.tested)
  func everyCallIsCountedOnceEverywhere(version: AsteriskVersion) async throws {
    let asterisk = try await Asterisk(version, dialplan: ExampleTests.dialplan(.plain, callerName: "Sales"))
    let installation = asterisk.installation
    let areas = AreaCodes.some
    let numbers = (0..<20_000).map { "\(areas[$0 % 300])555\(String($0 / 300 + 1000))" }
    _ = try await installation.importCSV("caller_id\n" + numbers.joined(separator: "\n") + "\n")
    // Two processors carry Asterisk, the programs and this test: patience, so that what is counted is 1,000 picks.
    _ = try await installation.admin("config", "set", "busy_timeout_ms", "10000")
    _ = try await installation.admin("config", "set", "agent_calls_per_minute", "none")

    try await withThrowingTaskGroup(of: Void.self) { group in
      for lane in 0..<4 {
        group.addTask {
          for call in 0..<250 {
            try await asterisk.originate("1\(areas[(lane * 250 + call) % 300])5551212", in: "test")
          }
        }
      }
      try await group.waitForAll()
    }
    let lines = try await asterisk.lines(2000)
    #expect(lines.count { $0 == "caller SUCCESS OK area  \($0.suffix(3))" } == 1000)
    #expect(lines.count { $0.hasPrefix("called") && !$0.contains("num=8005550100") } == 1000)

    let stats = try #require(try await installation.json("stats") as? [String: Any])
    #expect(stats["numbers"] as? Int == 20_000)
    #expect(stats["requests"] as? Int == 1000)
    #expect(stats["granted"] as? Int == 1000)
    #expect(stats["refused"] as? Int == 0)
    #expect(stats["reserved"] as? Int == 1000)
    let byCampaign = try #require((stats["by_campaign"] as? [[String: Any]])?.first)
    #expect(byCampaign["used_today"] as? Int == 1000)
    let requests = try #require(try await installation.json("requests", "--last", "5000") as? [[String: Any]])
    #expect(requests.count == 1000)
    #expect(Set(requests.compactMap { $0["caller_id"] as? String }).count == 1000)
    #expect(try installation.sql("SELECT count(*) FROM request WHERE status = 'OK'") == 1000)
    #expect(try installation.sql("SELECT sum(used_today) FROM number") == 1000)
    #expect(try installation.sql("SELECT count(*) FROM number WHERE used_today = 1") == 1000)
  }
}

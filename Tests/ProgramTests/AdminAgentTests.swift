import TestSupport
import Testing

/// `agent list`, `agent set`.
@Suite(.timeLimit(.minutes(2)))
struct AdminAgentTests {
  @Test func anAgentHasALimitOfItsOwnOrTheSettings() async throws {
    let callerID = try await Installation(numbers: ["2145550101"])
    #expect(try await callerID.agi(["SALES", "1001", "ttl=0"]).status == 0)
    let lines = try await callerID.admin("agent").lines
    #expect(lines[0] == "AGENT  MINUTE  HOUR  DAY  LIMIT")
    #expect(lines[1].hasPrefix("1001 "))
    #expect(lines[1].hasSuffix(" the setting"))
    #expect(
      try await callerID.admin("agent", "set", "1001", "--calls-per-minute", "1").output
        == "calls a minute of 1001: 1\n")
    #expect(
      try await callerID.admin("agent", "set", "1002", "--calls-per-minute", "none").output
        == "calls a minute of 1002: none\n")
    let rows = try await callerID.rows("agent", "list")
    let keys: Set = ["name", "calls_per_minute", "own_limit", "used_this_minute", "used_this_hour", "used_today"]
    #expect(rows.map { Set($0.keys) } == [keys, keys])
    #expect(rows.map { $0["name"] as? String } == ["1001", "1002"])
    #expect(rows.map { $0["calls_per_minute"] as? Int } == [1, nil])
    #expect(rows.map { $0["own_limit"] as? Bool } == [true, true])
    #expect(try await callerID.admin("agent", "list", "--csv").lines.first?.hasPrefix("name,calls_per_minute,") == true)
    _ = try await callerID.admin("agent", "set", "1001", "--calls-per-minute", "0")
    let refused = try await callerID.agi(["SALES", "1001", "ttl=0"])
    #expect(refused.output.contains("RATE_LIMITED"))
    #expect(
      try await callerID.admin("agent", "set", "1001", "--calls-per-minute", "default").output
        == "calls a minute of 1001: 60 (the setting)\n")
    #expect(try await callerID.agi(["SALES", "1001", "ttl=0"]).status == 0)
  }

  @Test func whatIsNoLimitIsRefused() async throws {
    let callerID = try await Installation()
    for limit in ["-1", "ten", "1000001", "1.5"] {
      try await callerID.expectRefusal(
        of: ["agent", "set", "1001", "--calls-per-minute=\(limit)"], saying: "--calls-per-minute is a whole number")
    }
    try await callerID.expectRefusal(
      of: ["agent", "set", "", "--calls-per-minute=1"], saying: "the agent needs a name")
    #expect(try await callerID.admin("agent", "set", "1001").status == 64)
  }
}

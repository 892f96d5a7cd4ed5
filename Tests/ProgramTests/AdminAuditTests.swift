import Foundation
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(2)))
struct AdminAuditTests {
  @Test func everyChangeIsWrittenDownOnce() async throws {
    let callerID = try await Installation()
    var expected = ["init"]
    func change(_ arguments: [String], _ what: String?, input: String = "") async throws {
      let finished = try await callerID.admin(arguments, input: input)
      #expect(finished.status == 0, "\(arguments) \(finished.errors)")
      if let what { expected.append(what) }
      let entries = try callerID.dump().filter { $0.hasPrefix("audit ") }
      try #require(entries.count == expected.count, "\(arguments)")
      #expect(entries.last?.hasPrefix("audit " + (expected.last ?? "")) == true, "\(arguments) \(entries.last ?? "")")
    }
    let csv = "caller_id,pool\n2145550101,\n2145550102,sales\nbad,\n"
    try await change(["import", "-", "--dry-run"], nil, input: csv)
    try await change(["import", "-"], "import standard input: 2 added, 0 updated, 0 unchanged, 1 rejected", input: csv)
    try await change(["import", "-"], nil, input: csv)
    try await change(["add", "3125550103", "--carrier", "Acme"], "add 3125550103 carrier=Acme")
    try await change(["set", "3125550103", "--daily-limit", "60"], "set 3125550103 daily_limit=60")
    try await change(["disable", "3125550103", "2145550102"], "disable 3125550103 2145550102")
    try await change(["enable", "3125550103", "2145550102"], "enable 3125550103 2145550102")
    try await change(["retire", "3125550103"], "retire 3125550103")
    try await change(["rest", "2145550102", "--for", "7d", "--reason", "flagged"], "rest until 20")
    try await change(
      ["rest", "--from", "-", "--for", "7d"], "rest until 20", input: "number\n2145550102\n3125550103\n")
    try await change(["wake", "2145550102"], "wake 2145550102")
    try await change(["next", "--to", "12145551212"], nil)
    try await change(["next", "--to", "12145551212", "--reserve"], nil)
    try await change(["release", "2145550101", "2145550102"], "release 2145550101 2145550102")
    try await change(["release", "2145550101"], nil)
    _ = try await callerID.agi(["SALES"])
    try await change(["release", "--uniqueid", "1790000000.1"], "release --uniqueid 1790000000.1")
    _ = try await callerID.agi(["SALES"])
    try await change(["release", "--all"], "release --all")
    try await change(["release", "--all"], nil)
    try await change(["remove", "3125550103"], "remove 3125550103")
    try await change(["remove", "2145550101", "--force"], "remove 2145550101 --force")
    try await change(["config", "set", "match", "area"], "config set match area")
    try await change(["config", "unset", "match"], "config unset match")
    try await change(
      ["campaign", "set", "SALES", "pools=sales", "sticky=agent"], "campaign set SALES pools=sales sticky=agent")
    try await change(["campaign", "unset", "SALES", "sticky"], "campaign unset SALES sticky")
    try await change(["campaign", "remove", "SALES"], "campaign remove SALES")
    try await change(["agent", "set", "1001", "--calls-per-minute", "none"], "agent set 1001 --calls-per-minute none")
    try await change(
      ["agent", "set", "1001", "--calls-per-minute", "default"], "agent set 1001 --calls-per-minute default")
    try await change(["reset-usage", "--daily"], "reset-usage --daily")
    // Cron's, and what only looks.
    for arguments in [
      ["reset-usage", "--past"], ["reset-usage", "--dry-run"], ["init"], ["stats"], ["list"],
      ["explain", "--to", "12145551212"], ["export"],
    ] {
      try await change(arguments, nil)
    }
    #expect(try await callerID.agi(["SALES", "", "action=release", "status=BUSY"]).status == 0)
    try await change(["campaign"], nil)
  }

  @Test func whatIsRefusedIsNotWrittenDown() async throws {
    let callerID = try await Installation(numbers: ["2145550101"])
    for arguments in [
      ["add", "2145550101"], ["set", "2145559999", "--name", "x"], ["disable", "2145559999"],
      ["release", "2145559999"],
      ["config", "set", "match", "near"], ["campaign", "set", "S", "pools=x"], ["release", "--uniqueid", "1"],
    ] {
      // Every row of the store is as it was, the audit's among them.
      try await callerID.expectRefusal(of: arguments, saying: "")
    }
  }

  @Test func itTellsWhoAndWhenTheNewestFirst() async throws {
    let callerID = try await Installation(numbers: ["2145550101"])
    let changed = try await run(
      Program.admin.path, ["disable", "2145550101"],
      environment: ["CALLERID_DB": callerID.store, "SUDO_USER": "jo\u{1B}[31m"])
    #expect(changed.status == 0)
    let rows = try await callerID.rows("audit")
    #expect(rows.map { Set($0.keys) } == Array(repeating: ["at", "who", "what"], count: 3))
    #expect(rows[0]["who"] as? String == "jo [31m")
    #expect(rows[0]["what"] as? String == "disable 2145550101")
    let at = try Date(try #require(rows[0]["at"] as? String), strategy: .iso8601)
    #expect(abs(at.timeIntervalSinceNow) < 60)
    #expect(try await callerID.rows("audit", "--last", "1").count == 1)
    #expect(try await callerID.admin("audit", "--csv").lines.first == "at,who,what")
    #expect(try await callerID.admin("audit", "--last", "0").status == 64)
  }

  @Test func aLongChangeIsKeptInFull() async throws {
    let numbers = (100..<400).map { "2145550\($0)" }
    let callerID = try await Installation(numbers: numbers)
    #expect(try await callerID.admin(["disable"] + numbers).status == 0)
    let what = try #require(try await callerID.rows("audit").first?["what"] as? String)
    #expect(what == "disable " + numbers.joined(separator: " "))
    #expect(try await callerID.admin("audit").lines.allSatisfy { $0.count < 220 })
  }
}

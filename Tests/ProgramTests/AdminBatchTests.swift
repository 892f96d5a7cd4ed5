import Foundation
import TestSupport
import Testing

/// No command keeps the store for as long as it takes: calls are served between short transactions.
@Suite(.timeLimit(.minutes(3)))
struct AdminBatchTests {
  /// How often a command takes the store's lock.
  private enum Work {
    /// It changes one row, or so many as its caller names in one option: once or a few times.
    case short
    /// It changes as many rows as the store has. These arguments make it do that.
    case long([String])
    /// It only reads.
    case reading
  }

  private static let count = 3000
  private static let numbers = (0..<count).map { "1214\(2_000_000 + $0)" }
  /// A batch begins with a few numbers and at most doubles, so that so many numbers need so many batches.
  private static let leastBatches = 8

  private func work(_ command: String, file: String) throws -> Work {
    switch command {
    case "import": .long([file])
    case "rest": .long(["--from", file, "--for", "7d"])
    case "wake", "disable", "enable", "retire": .long(Self.numbers)
    case "remove": .long(["--force"] + Self.numbers)
    case "release": .long(["--all"])
    case "campaign set": .long(["S", "number_daily_limit=5"])
    case "campaign unset": .long(["S", "number_daily_limit"])
    case "campaign remove": .long(["S"])
    case "config set": .long(["default_daily_limit", "7"])
    case "config unset": .long(["default_daily_limit"])
    case "reset-usage", "maintain", "undo": .long([])
    case "import-outcomes": .long([file + ".causes"])
    case "add", "set", "agent set", "init", "next", "token add", "token revoke": .short
    // The old store is out of use while another one takes its place.
    case "restore": .short
    // It mends what maintain mends.
    case "doctor": .short
    case "export", "list", "show", "explain", "why", "burnt", "forecast", "reservations", "requests", "stats", "top",
      "audit", "backup",
      "campaign list", "campaign show", "agent list", "config list", "config get", "campaign", "agent", "config",
      "token", "token list", "cluster", "cluster status":
      .reading
    // Calls get nothing before the server of a new dialer runs, nor after it has left.
    case "cluster init", "cluster join", "cluster leave", "cluster evict": .short
    default: throw Failure("\(command) is in no group of this test: say here how long it may keep the store")
    }
  }

  @Test func everyCommandIsInAGroup() async throws {
    for command in try await AdminCommand.all() {
      _ = try work(command.name, file: "")
    }
  }

  @Test(arguments: [
    "import", "rest", "wake", "disable", "enable", "retire", "remove", "release", "campaign set", "campaign unset",
    "campaign remove", "config set", "config unset", "reset-usage", "maintain", "import-outcomes",
    "undo",
  ])
  func aCommandWhoseWorkGrowsWithTheStoreDoesALittleAtATime(command: String) async throws {
    let callerID = try await Installation()
    let file = callerID.folder + "/numbers.csv"
    try Data(("caller_id\n" + Self.numbers.joined(separator: "\n") + "\n").utf8).write(to: URL(fileURLWithPath: file))
    if command != "import" { try await prepare(callerID, file: file, for: command) }
    guard case .long(let arguments) = try work(command, file: file) else { throw Failure("not long: \(command)") }
    let words = command.split(separator: " ").map(String.init) + arguments
    let (finished, trace) = try await callerID.trace(.admin, words, seeing: ["flock"])
    #expect(finished.status == 0, "\(finished.errors)")
    let turns = trace.calls(of: ["flock"]).count { $0.contains("-lock>, LOCK_EX") && $0.hasSuffix("= 0") }
    #expect(turns >= Self.leastBatches, "\(turns) transactions")
    #expect(try callerID.sql("SELECT integrity_check = 'ok' FROM pragma_integrity_check") == 1)
  }

  /// Whether its lanes have room is found out before: under the lock it reads no more of a large pool than of a small one.
  @Test func aCampaignThatBeginsToLimitReadsNotThePoolUnderTheLock() async throws {
    let callerID = try await Installation()
    let rows = "caller_id\n" + Self.numbers.joined(separator: "\n") + "\n"
    _ = try await callerID.importCSV(rows)
    #expect(try await callerID.agi(["S"]).status == 0)
    let (finished, trace) = try await callerID.trace(
      .admin, ["campaign", "set", "S", "number_daily_limit=5"], seeing: ["flock", "pread64"])
    #expect(finished.status == 0, "\(finished.errors)")
    var reads: [Int] = []
    var isHeld = false
    for call in trace.calls(of: ["flock", "pread64"]) {
      if call.contains("-lock>, LOCK_EX") {
        isHeld = true
        reads.append(0)
      } else if call.contains("-lock>, LOCK_UN") {
        isHeld = false
      } else if isHeld, call.contains(" pread64(") {
        reads[reads.count - 1] += 1
      }
    }
    // The first turns open the store and change the campaign; those of the first small batches follow.
    try #require(reads.count > 6)
    #expect(reads.prefix(6).allSatisfy { $0 < 150 }, "\(reads)")
  }

  /// Until a campaign's own lanes are filled, its calls get numbers by its new limit all the same.
  @Test func aCampaignIsServedWhileItsLanesAreFilled() async throws {
    let callerID = try await Installation()
    _ = try await callerID.admin("config", "set", "busy_timeout_ms", "10000")
    _ = try await callerID.admin("config", "set", "match", "area")
    let file = callerID.folder + "/numbers.csv"
    // Those that the calls are for are the last ones to get into the lanes.
    let others = (0..<20_000).map { "1312\(2_000_000 + $0)" }
    let numbers = others + (0..<40).map { "1214\(2_000_000 + $0)" }
    try Data(("caller_id\n" + numbers.joined(separator: "\n") + "\n").utf8).write(to: URL(fileURLWithPath: file))
    #expect(try await callerID.admin("import", file).status == 0)
    var shown: [String] = []
    func call() async throws {
      let finished = try await callerID.agi(["S", "", "ttl=0"], AsteriskCall(number: shown.count))
      #expect(finished.status == 0, "\(finished.output)")
      shown += finished.lines.filter { $0.contains("CALLERID(num)") }
    }
    try await call()
    // It is killed when some hundred numbers are in the lanes.
    let cutOff = try await run(
      stracePath,
      [
        "-f", "-o", "/dev/null", "-e", "trace=flock", "-e", "inject=flock:signal=KILL:when=24", Program.admin.path,
        "campaign", "set", "S", "number_daily_limit=1",
      ], environment: ["CALLERID_DB": callerID.store])
    #expect(cutOff.status == 128 + Int(SIGKILL))
    #expect(try callerID.sql("SELECT count(*) FROM setting WHERE key = 'refiled_to'") == 1)
    for _ in 0..<10 { try await call() }
    for _ in 0..<10 { try await call() }
    // Others use the numbers that the campaign may still use, so that those at its limit come first.
    for index in 0..<19 {
      var other = AsteriskCall(number: 1000 + index)
      other.extension = "12145551213"
      #expect(try await callerID.agi(["OTHER", "", "ttl=0"], other).status == 0)
    }
    for _ in 0..<5 { try await call() }
    // Any command of the operator's goes on with it.
    #expect(try await callerID.admin("set", "2142000000", "--name", "x").status == 0)
    #expect(try callerID.sql("SELECT count(*) FROM setting WHERE key = 'refiled_to'") == 0)
    for _ in 0..<13 { try await call() }
    // The first call came before the limit, which counts from then on.
    #expect(Set(shown.dropFirst()).count == shown.count - 1, "\(shown)")
    let maintained = try await callerID.admin("maintain", "--no-backup")
    #expect(maintained.status == 0, "\(maintained.errors)")
    #expect(!maintained.output.contains("corrected"), "\(maintained.output)")
  }

  /// Fills the store with what the command is to change.
  private func prepare(_ callerID: Installation, file: String, for command: String) async throws {
    #expect(try await callerID.admin("import", file).status == 0)
    #expect(try await callerID.agi(["S"]).status == 0)
    switch command {
    case "campaign unset", "campaign remove":
      #expect(try await callerID.admin("campaign", "set", "S", "number_daily_limit=5").status == 0)
    case "config unset":
      #expect(try await callerID.admin("config", "set", "default_daily_limit", "7").status == 0)
    case "wake": #expect(try await callerID.admin("rest", "--from", file, "--for", "7d").status == 0)
    case "release":
      try execute(
        "UPDATE number SET holds = id || ':' || \(Self.now) || ':' || \(Self.now + 9000)", on: callerID.store)
      try execute(
        """
        INSERT INTO request (id, at, status, number_id, reserved_until)
        SELECT id + 10, \(Self.now), 'OK', id, \(Self.now + 9000) FROM number
        """, on: callerID.store)
    case "import-outcomes":
      try execute(
        """
        INSERT INTO request (id, at, status, number_id, reserved_until, uniqueid)
        SELECT id + 10, \(Self.now), 'OK', id, 0, 'call ' || id FROM number
        """, on: callerID.store)
      let rows = (1...Self.count).map { "call \($0),603,Network Blocked\n" }.joined()
      try Data(("uniqueid,sip_hangup_cause,sip_hangup_reason\n" + rows).utf8).write(
        to: URL(fileURLWithPath: file + ".causes"))
    case "reset-usage": try execute("UPDATE number SET day = 86400, used_today = 3", on: callerID.store)
    case "maintain":
      // A million agents would take longer to make than the test has.
      try execute(
        """
        WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < \(Self.count))
        INSERT INTO agent (name, day, used_today, hour, used_this_hour, minute, used_this_minute)
        SELECT 'agent ' || i, 86400, 1, 86400, 1, 86400, 1 FROM n
        """, on: callerID.store)
    default: break
    }
  }

  private static let now = Int(Date.now.timeIntervalSince1970)
}

import Foundation
import TestSupport
import Testing

/// Two dialers as operators set them up: the programs, a real engine, and calls.
@Suite struct ClusterProgramTests {
  /// A dialer of the cluster on this machine.
  private struct Dialer {
    let installation: Installation
    let file: String

    init(_ name: String, _ node: EngineNode, numbers: [String] = []) async throws {
      installation = try await Installation(numbers: numbers)
      file = installation.folder + "/cluster.conf"
      let lines = [
        "# where the engine is", "engine = 127.0.0.1:\(node.port)", "user = \(EngineNode.user)",
        "password = \(EngineNode.password)", "database = \(EngineNode.database)", "dialer = \(name)",
      ]
      try lines.joined(separator: "\n").write(toFile: file, atomically: true, encoding: .utf8)
    }

    func admin(_ arguments: String...) async throws -> Finished {
      try await run(
        Program.admin.path, ["--db", installation.store] + arguments, environment: ["CALLERID_CLUSTER": file])
    }

    func server() async throws -> Server {
      try await Server(store: installation.store, environment: ["CALLERID_CLUSTER": file])
    }

    /// The number that a call of callerid-agi gets; nil: none.
    func call(to destination: String = "12145551212") async throws -> String? {
      let finished = try await installation.agi(["SALES", "", "to=\(destination)", "ttl=0"])
      return finished.output.firstMatch(of: /SET VARIABLE CALLERID\(num\) "?(\d+)/).map { String($0.output.1) }
    }

    var held: Int { get throws { try installation.sql("SELECT count(*) FROM number WHERE lease > 0") } }
  }

  private func numbers(_ area: String, _ count: Int) -> [String] {
    (0..<count).map { area + "555" + String(format: "%04d", $0) }
  }

  private func eventually(_ what: Comment, within seconds: Int = 60, _ isSo: () async throws -> Bool) async throws {
    for _ in 0..<(seconds * 10) {
      if try await isSo() { return }
      try await Task.sleep(for: .milliseconds(100))
    }
    Issue.record(what)
  }

  @Test("the guide's commands make a cluster of two dialers, and calls on both get numbers that are nobody else's")
  func guide() async throws {
    let node = try await EngineNode()
    let one = try await Dialer("dialer1", node, numbers: numbers("214", 40) + ["4155550001"])
    let made = try await one.admin("cluster", "init")
    #expect(made.status == 0, "\(made.errors)")
    #expect(made.output.contains("41 numbers brought"))
    let alone = try await one.call()
    #expect(alone == nil, "until the server runs there is no lease")
    let first = try await one.server()
    try await eventually("dialer1 gets no lease") { try await one.call() != nil }

    let two = try await Dialer("dialer2", node)
    let joined = try await two.admin("cluster", "join")
    #expect(joined.status == 0, "\(joined.errors)")
    let second = try await two.server()
    // Shares are worked out once a minute; a call that finds nothing here asks at once.
    try await eventually("the numbers of dialer1 do not come to dialer2", within: 15) {
      try two.installation.sql("SELECT count(*) FROM number") == 41
    }

    // An operator's change on one is on the other within ten seconds.
    let set = try await two.admin("config", "set", "default_hourly_limit", "7")
    #expect(set.status == 0, "\(set.errors)")
    try await eventually("the setting does not come to dialer1", within: 12) {
      try await one.admin("config", "get", "default_hourly_limit").output == "7\n"
    }

    let status = try await two.admin("cluster", "status", "--json")
    #expect(status.output.contains("\"dialer1\"") && status.output.contains("\"dialer2\""), "\(status.errors)")

    // Without the engine calls go on, and operators are told that nothing can be changed.
    node.kill()
    #expect(try await one.call() != nil)
    let refused = try await one.admin("config", "set", "default_hourly_limit", "8")
    #expect(refused.status == 1)
    #expect(refused.errors.contains("engine"), "\(refused.errors)")
    #expect(try await one.admin("config", "get", "default_hourly_limit").output == "7\n")
    let read = try await one.admin("list", "--json")
    #expect(read.status == 0)
    withExtendedLifetime((first, second, node)) {}
  }

  @Test("a call whose area has one number gets it from the engine, in each way to ask and on either dialer")
  func scarce() async throws {
    let node = try await EngineNode()
    let one = try await Dialer("dialer1", node, numbers: numbers("214", 1) + numbers("415", 30))
    #expect(try await one.admin("config", "set", "default_hourly_limit", "none").status == 0)
    #expect(try await one.admin("cluster", "init").status == 0)
    let two = try await Dialer("dialer2", node)
    #expect(try await two.admin("cluster", "join").status == 0)
    let first = try await one.server()
    let second = try await two.server()
    try await eventually("dialer2 does not follow") { try two.installation.sql("SELECT count(*) FROM number") == 31 }
    // The first shares were worked out when dialer1 was alone in having numbers; the next are so in a minute.
    try await eventually("the one number is not given back", within: 90) {
      try one.installation.sql("SELECT count(*) FROM number WHERE e164 = '12145550000' AND lease > 0") == 0
    }
    for dialer in [two, one, two] {
      try await eventually("callerid-agi does not get it") { try await dialer.call() == "2145550000" }
    }
    try await eventually("HTTP does not get it") {
      try await first.http("/next-cid?to=12145551212&campaign=SALES&ttl=0").body.contains("\"2145550000\"")
    }
    try await eventually("FastAGI does not get it") {
      let connection = try Connection(port: second.agiPort)
      try connection.say(AsteriskCall().networkInput(["SALES", "", "ttl=0"]))
      try await Task.sleep(for: .milliseconds(200))
      return connection.heardAlready().contains { $0.contains("2145550000") }
    }
    withExtendedLifetime((first, second, node)) {}
  }

  @Test("a dialer that leaves gives its numbers back; the last one has them all")
  func leaving() async throws {
    let node = try await EngineNode()
    let one = try await Dialer("dialer1", node, numbers: numbers("214", 12))
    #expect(try await one.admin("cluster", "init").status == 0)
    let two = try await Dialer("dialer2", node)
    #expect(try await two.admin("cluster", "join").status == 0)
    let others = try await one.admin("cluster", "leave", "--all")
    #expect(others.status == 1 && others.errors.contains("dialer2"))
    let left = try await two.admin("cluster", "leave")
    #expect(left.status == 0, "\(left.errors)")
    let all = try await one.admin("cluster", "leave", "--all")
    #expect(all.status == 0, "\(all.errors)")
    #expect(all.output.contains("12 numbers"))
    #expect(try await one.call() != nil)
    withExtendedLifetime(node) {}
  }

  @Test("what two dialers have otherwise is listed, and nothing is changed")
  func contradictions() async throws {
    let node = try await EngineNode()
    let one = try await Dialer("dialer1", node, numbers: ["2145550001"])
    #expect(try await one.admin("set", "2145550001", "--daily-limit", "5").status == 0)
    #expect(try await one.admin("cluster", "init").status == 0)
    let two = try await Dialer("dialer2", node, numbers: ["2145550001"])
    let refused = try await two.admin("cluster", "join")
    #expect(refused.status == 1)
    #expect(refused.errors.contains("daily_limit=5"), "\(refused.errors)")
    #expect(try await two.call() == "2145550001", "it is a single machine still")
    #expect(try await two.admin("cluster", "join", "--as-there").status == 0)
    #expect(try await two.call() == nil)
    withExtendedLifetime(node) {}
  }
}

import Foundation
import TestSupport
import Testing

/// The words of a file for whether a number is in use.
@Suite(.timeLimit(.minutes(2)))
struct AdminStatusWordTests {
  static let enabled = [
    "Inservice", "in_service", "in-service", "In Service", "InService", "Assigned", "Active - Voice", "active",
    "ACTIVE",
    "Live", "enabled", "Y", "yes", "1", "true", "in-use", "Provisioned", "'Active", "Active\u{A0}", "Ported In",
  ]
  static let disabled = [
    "Aging", "reserved", "ported out", "ported-out", "port_out_pending", "suspended", "Suspended (non-payment)",
    "disconnected", "pending", "Pending Activation", "N", "no", "0", "false", "inactive", "Cancelled", "Released",
    "expired",
    "Not in service", "Out of Service", "emergency-only", "requirement-info-exception", "InAccount", "deleted",
  ]

  @Test func theWordsOfCarriersAreKnown() async throws {
    let callerID = try await Installation()
    let rows = (Self.enabled + Self.disabled).enumerated().map { "\(2_145_550_100 + $0),\"\($1)\"" }
    let finished = try await callerID.importCSV("FullNumber,Status\n" + rows.joined(separator: "\n"))
    #expect(finished.lines.first == "\(rows.count) added, 0 updated, 0 unchanged, 0 rejected")
    #expect(finished.lines[1].hasPrefix("\(Self.disabled.count) disabled, as the file says: 1 by \""))
    let states = try await callerID.exportedNumbers().map { $0.hasSuffix(",enabled") }
    #expect(states == Self.enabled.map { _ in true } + Self.disabled.map { _ in false })
  }

  static let unknown = "DID,Status\n2145550101,Active\n2145550102,Billable\n2145550103,billable\n2145550104,Dormant\n"

  @Test func aWordThatIsNotKnownIsNeitherYesNorNo() async throws {
    let callerID = try await Installation(numbers: ["2145550199"])
    let path = callerID.folder + "/numbers of ours.csv"
    try Data(Self.unknown.utf8).write(to: URL(fileURLWithPath: path))
    for options in [[], ["--dry-run"], ["--strict"], ["--json"], ["--enabled-word", "billable"]] {
      try await callerID.expectRefusal(of: ["import", path] + options, saying: "\"Dormant\" (1 row, line 5)")
      try await callerID.expectRefusal(
        of: ["import", path] + options,
        saying:
          "Say it for each, with --enabled-word or --disabled-word: callerid-admin import '\(path)' --enabled-word ")
    }
    let finished = try await callerID.admin(
      "import", path, "--enabled-word", "billable", "--disabled-word=dormant", "--json")
    #expect(finished.status == 0)
    let report = try #require(try finished.json() as? [String: Any])
    #expect(report["added"] as? Int == 4)
    let words = try #require(report["disabled"] as? [[String: Any]])
    #expect(words.map { $0["word"] as? String } == ["Dormant"])
    #expect(words.map { $0["numbers"] as? Int } == [1])
    #expect(try callerID.sql("SELECT count(*) FROM number WHERE state = 'enabled'") == 4)
  }

  @Test func atATerminalItIsAskedAbout() async throws {
    let callerID = try await Installation()
    let path = callerID.folder + "/numbers.csv"
    try Data(Self.unknown.utf8).write(to: URL(fileURLWithPath: path))
    let terminal = try PseudoTerminal(callerID, "import \(path)", rows: 24, columns: 120)
    try await terminal.wait { $0.contains("Status is \"Billable\" in 2 rows. Are these numbers in use? (yes/no)") }
    try terminal.type("perhaps\n")
    try terminal.type("yes\n")
    try await terminal.wait { $0.contains("Status is \"Dormant\"") }
    try terminal.type("n\n")
    #expect(try await terminal.end() == 0)
    #expect(try callerID.sql("SELECT count(*) FROM number WHERE state = 'enabled'") == 3)
    #expect(try callerID.sql("SELECT count(*) FROM number WHERE state = 'disabled'") == 1)
  }

  @Test func whatSaysBothIsAskedAbout() async throws {
    let callerID = try await Installation(numbers: ["2145550199"])
    for word in ["active, port-out pending", "not assigned", "ported", "available", "unassigned", "ok?"] {
      try await callerID.expectRefusal(
        of: ["import", "-"], input: "did,status\n2145550101,\"\(word)\"\n", saying: "\"\(word)\" (1 row, line 2)")
    }
  }

  @Test func aFlagThatBarsANumberIsSaidByItsName() async throws {
    let callerID = try await Installation()
    let finished = try await callerID.importCSV(
      "number,status,suspended\n2145550101,active,yes\n2145550102,active,no\n")
    #expect(finished.lines.last == "1 disabled, as the file says: 1 by \"suspended yes\"")
    #expect(
      try await callerID.exportedNumbers() == [
        "2145550101,,214,,,,default,disabled", "2145550102,,214,,,,default,enabled",
      ])
  }
}

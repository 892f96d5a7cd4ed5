import Foundation
import TestSupport
import Testing

/// What is not known is told together with what was probably meant.
@Suite(.timeLimit(.minutes(2)))
struct AdminNearestTests {
  @Test(arguments: [
    ("lsit", "list"), ("imprt numbers.csv", "import"), ("imprt numbers.csv --dry-run", "import"),
    ("--db /nowhere lsit", "list"), ("--db=/nowhere lsit", "list"),
    ("campaign shwo SALES", "campaign show"), ("token revok x", "token revoke"),
    ("config --db /nowhere unst match", "config unset"),
    ("reset-usgae --daily --past", "reset-usage"),
  ])
  func aMisspeltCommandIsNamedRight(line: String, meant: String) async throws {
    let finished = try await run(Program.admin.path, line.split(separator: " ").map(String.init))
    #expect(finished.status == 64, "\(line)")
    #expect(finished.output.isEmpty)
    #expect(finished.errors.hasPrefix("Error: there is no command \""), "\(finished.errors)")
    #expect(finished.errors.contains("\"; did you mean \(meant)?\nUsage: callerid-admin"), "\(finished.errors)")
  }

  @Test(arguments: ["bogus", "list bogus", "show 2145550101 extra", "config set a b c", "campaign bogus"])
  func whatResemblesNoCommandIsToldAsBefore(line: String) async throws {
    let finished = try await run(Program.admin.path, line.split(separator: " ").map(String.init))
    #expect(finished.status == 64)
    #expect(finished.errors.contains("nexpected argument"), "\(finished.errors)")
    #expect(!finished.errors.contains("did you mean"), "\(finished.errors)")
  }

  @Test func aMisspeltOptionIsNamedOnce() async throws {
    let finished = try await run(Program.admin.path, ["list", "--poool", "sales"])
    #expect(finished.status == 64)
    #expect(finished.errors.lowercased().components(separatedBy: "did you mean").count == 2, "\(finished.errors)")
  }

  @Test func aMisspeltNameIsRefusedWithTheOneThatIsThere() async throws {
    let callerID = try await Installation()
    _ = try await callerID.importCSV("caller_id,pool,carrier\n2145550101,florida,Acme\n")
    #expect(try await callerID.admin("campaign", "set", "SALES", "pools=florida").status == 0)
    #expect(try await callerID.admin("token", "add", "grafana", "--role", "read").status == 0)
    for (arguments, said) in [
      ("config set busy_timout_ms 5", "there is no setting \"busy_timout_ms\"; did you mean busy_timeout_ms?"),
      ("config get timezome", "there is no setting \"timezome\"; did you mean timezone?"),
      ("campaign set SALES stiky=off", "there is no campaign setting \"stiky\"; did you mean sticky?"),
      ("campaign unset SALES pool", "there is no campaign setting \"pool\"; did you mean pools?"),
      ("campaign set SALES pools=flroida", "there is no pool flroida; did you mean florida?"),
      ("campaign set SALES carrier=Amce", "no number is of the carrier Amce; did you mean Acme?"),
      ("campaign show SALSE", "there is no campaign SALSE; did you mean SALES?"),
      ("campaign remove SALE", "there is no campaign SALE; did you mean SALES?"),
      ("token revoke grafna", "there is no token named grafna; did you mean grafana?"),
      ("export --pool flroida", "no number is in the pool \"flroida\"; did you mean florida?"),
    ] {
      try await callerID.expectRefusal(
        of: arguments.split(separator: " ").map(String.init), saying: "callerid-admin: \(said)\n")
    }
  }

  /// A script that filters by a name goes on getting an empty report.
  @Test func aReportThatFindsNothingSaysWhichNameIsThere() async throws {
    let callerID = try await Installation(numbers: ["2145550101"])
    #expect(try await callerID.agi(["SALES", "agent-seven"]).status == 0)
    for (arguments, said) in [
      ("requests --campaign SALSE --csv", "there is no campaign SALSE; did you mean SALES?"),
      ("requests --agent agent-sevn --json", "there is no agent agent-sevn; did you mean agent-seven?"),
      ("list --pool defualt --csv", "there is no pool defualt; did you mean default?"),
      ("explain 12145551212 --campaign SALSE --json", "there is no campaign SALSE; did you mean SALES?"),
    ] {
      let finished = try await callerID.admin(arguments.split(separator: " ").map(String.init))
      #expect(finished.status == 0)
      #expect(finished.errors == "callerid-admin: \(said)\n")
      #expect(!finished.output.isEmpty)
    }
    for arguments in ["requests --campaign sales", "requests --campaign OTHER", "list --pool default"] {
      #expect(try await callerID.admin(arguments.split(separator: " ").map(String.init)).errors.isEmpty)
    }
  }
}

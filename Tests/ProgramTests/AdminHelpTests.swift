import Foundation
import TestSupport
import Testing

/// What every command of callerid-admin has in common.
@Suite(.timeLimit(.minutes(2)))
struct AdminHelpTests {
  /// The words that call each command, read from the help, so that a new command is tested without being named here.
  private func commands(under words: [String] = []) async throws -> [[String]] {
    let help = try await run(Program.admin.path, words + ["--help"]).output
    var found: [[String]] = []
    var isListed = false
    for line in help.split(separator: "\n", omittingEmptySubsequences: false) {
      if line.hasSuffix("SUBCOMMANDS:") { isListed = true } else if line.isEmpty { isListed = false }
      // Deeper lines carry on a description.
      guard isListed, line.hasPrefix("  "), !line.hasPrefix("   ") else { continue }
      let command = words + [String(line.split(separator: " ")[0])]
      found.append(command)
      found += try await commands(under: command)
    }
    return found
  }

  @Test func everyCommandHasHelpWithAnExample() async throws {
    let commands = try await commands()
    #expect(commands.contains(["config", "unset"]))
    #expect(commands.count >= 21)
    for command in commands {
      let help = try await run(Program.admin.path, command + ["--help"])
      #expect(help.status == 0)
      #expect(help.errors.isEmpty)
      #expect(help.output.hasPrefix("OVERVIEW: "), "\(command)")
      #expect(help.output.contains("  callerid-admin " + command.joined(separator: " ")), "an example of \(command)")
    }
  }

  @Test func theVersionIsOneNumber() async throws {
    let version = try await run(Program.admin.path, ["--version"])
    #expect(version.lines.count == 1)
    #expect(version.output.contains(/^\d+\.\d+\.\d+\n$/))
  }

  @Test(arguments: [
    ["list"], ["show", "2145550101"], ["add", "2145550101"], ["set", "2145550101", "--name", "x"],
    ["enable", "2145550101"], ["disable", "2145550101"], ["retire", "2145550101"], ["remove", "2145550101"],
    ["next", "--to", "12145551212"], ["reservations"], ["release", "--all"], ["requests"], ["stats"], ["reset-usage"],
    ["config"], ["config", "list"], ["config", "get", "match"], ["config", "set", "match", "any"],
    ["config", "unset", "match"], ["import", "-"], ["explain", "--to", "12145551212"], ["audit"],
    ["rest", "2145550101", "--for", "7d"], ["wake", "2145550101"], ["campaign"], ["campaign", "show", "S"],
    ["campaign", "set", "S", "sticky=off"], ["campaign", "unset", "S", "sticky"], ["campaign", "remove", "S"],
    ["agent"], ["agent", "set", "1", "--calls-per-minute", "1"],
  ])
  func aMissingStoreIsNamedAndNotMade(command: [String]) async throws {
    let folder = FileManager.default.temporaryDirectory.path + "/callerid-\(UUID().uuidString)"
    let finished = try await run(Program.admin.path, ["--db", folder + "/a.db"] + command, input: "caller_id\n1\n")
    #expect(finished.status == 1)
    #expect(finished.output.isEmpty)
    #expect(
      finished.errors
        == "callerid-admin: there is no store at \(folder)/a.db. Make one: callerid-admin --db \(folder)/a.db init\n")
    #expect(!FileManager.default.fileExists(atPath: folder))
  }

  @Test func theStoreIsNamedBeforeOrAfterTheCommandOrByTheEnvironment() async throws {
    let named = try await Installation(numbers: ["2145550101"])
    let other = try await Installation(numbers: ["3125550101"])
    for arguments in [
      ["--db", named.store, "list", "--csv"], ["list", "--db", named.store, "--csv"],
      ["--db", other.store, "list", "--csv", "--db", named.store],
    ] {
      let finished = try await other.admin(arguments)
      #expect(finished.lines.dropFirst().first?.hasPrefix("2145550101,") == true)
    }
    for arguments in [
      ["--db", named.store, "config", "get", "match"], ["config", "--db", named.store, "get", "match"],
      ["config", "get", "match", "--db", named.store],
    ] {
      #expect(try await run(Program.admin.path, arguments).output == "any\n")
    }
  }

  @Test(arguments: [
    ["bogus"], ["list", "--bogus"], ["list", "--json", "--csv"], ["list", "--state", "sleeping"], ["show"], ["next"],
    ["next", "--to", "1", "--ttl", "-1"], ["next", "--to", "1", "--ttl", "86401"],
    ["next", "--to", "1", "--area", "x"],
    ["release"], ["release", "2145550101", "--all"], ["release", "--all", "--uniqueid", "1"], ["set", "2145550101"],
    ["requests", "--last", "0"], ["requests", "--status", "FINE"], ["config", "set", "match"], ["import"], ["enable"],
  ])
  func misuseIsToldFromRefusal(arguments: [String]) async throws {
    let callerID = try await Installation()
    let finished = try await callerID.admin(arguments)
    #expect(finished.status == 64)
    #expect(finished.output.isEmpty)
    #expect(finished.errors.contains("Usage: callerid-admin"))
  }

  @Test func aReportThatCannotBeWrittenIsAFailure() async throws {
    let callerID = try await Installation(numbers: ["2145550101"])
    let finished = try await run(
      "/bin/sh", ["-c", "exec \"$0\" list >/dev/full", Program.admin.path], environment: ["CALLERID_DB": callerID.store]
    )
    #expect(finished.status == 1)
    #expect(finished.errors.hasPrefix("callerid-admin: the output could not be written"))
  }
}

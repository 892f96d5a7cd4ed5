import Foundation
import TestSupport
import Testing

/// What every command of callerid-admin has in common.
@Suite(.timeLimit(.minutes(2)))
struct AdminHelpTests {
  @Test func everyCommandHasHelpWithAnExample() async throws {
    let commands = try await AdminCommand.all()
    #expect(commands.contains { $0.words == ["config", "unset"] })
    #expect(commands.count >= 39)
    for command in commands {
      let help = try await run(Program.admin.path, command.words + ["--help"])
      #expect(help.status == 0)
      #expect(help.errors.isEmpty)
      #expect(help.output.hasPrefix("OVERVIEW: "), "\(command.name)")
      #expect(help.output.contains("  callerid-admin \(command.name)"), "an example of \(command.name)")
      #expect(command.abstract?.hasSuffix(".") == true, "\(command.name): \(command.abstract ?? "")")
      for argument in command.arguments ?? [] {
        let help = argument.abstract ?? ""
        #expect(help.hasSuffix(".") || help.hasSuffix(")"), "\(command.name) \(argument.valueName ?? ""): \(help)")
      }
    }
  }

  @Test func theVersionIsOneNumber() async throws {
    let version = try await run(Program.admin.path, ["--version"])
    #expect(version.lines.count == 1)
    #expect(version.output.contains(/^\d+\.\d+\.\d+\n$/))
  }

  /// `init` makes the store, `doctor` reports that there is none, and `restore` reads the backup first.
  private static let commandsWithoutAStore = ["init", "doctor", "restore"]

  @Test func aMissingStoreIsNamedAndNotMade() async throws {
    let commands = try await AdminCommand.all()
    #expect(Self.commandsWithoutAStore.allSatisfy { name in commands.contains { $0.name == name } })
    for command in commands where !Self.commandsWithoutAStore.contains(command.name) {
      let folder = FileManager.default.temporaryDirectory.path + "/callerid-\(UUID().uuidString)"
      let arguments = ["--db", folder + "/a.db"] + (try command.example())
      let finished = try await run(Program.admin.path, arguments, input: "caller_id\n1\n")
      #expect(finished.status == 1, "\(arguments)")
      #expect(finished.output.isEmpty, "\(arguments)")
      #expect(
        finished.errors
          == "callerid-admin: there is no store at \(folder)/a.db. Make one: callerid-admin --db \(folder)/a.db init\n",
        "\(arguments)")
      #expect(!FileManager.default.fileExists(atPath: folder))
    }
  }

  @Test func everyCommandRefusesAnOptionThatItDoesNotHave() async throws {
    for command in try await AdminCommand.all() {
      let finished = try await run(Program.admin.path, try command.example() + ["--no-such-option"])
      #expect(finished.status == 64, "\(command.name)")
      #expect(finished.output.isEmpty)
      #expect(finished.errors.contains("Usage: callerid-admin \(command.name)"), "\(finished.errors)")
    }
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

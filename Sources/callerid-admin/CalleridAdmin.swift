import ArgumentParser
import Foundation
import Rotation

/// The operator's program.
@main
struct CalleridAdmin: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "callerid-admin",
    abstract: "Manage the numbers that callerid-agi rotates, and see how they are used.",
    discussion: """
      Start with:
        callerid-admin init --owner asterisk:asterisk
        callerid-admin import numbers.csv
        callerid-admin next --to 12145551212
      """,
    version: Version.text.description,
    groupedSubcommands: [
      CommandGroup(
        name: "Numbers",
        subcommands: [
          Import.self, Export.self, List.self, Show.self, Add.self, SetFields.self, Rest.self, Wake.self, Enable.self,
          Disable.self, Retire.self, Remove.self,
        ]),
      CommandGroup(
        name: "Calls",
        subcommands: [
          Next.self, Explain.self, Reservations.self, Release.self, Requests.self, Why.self, ImportOutcomes.self,
          Stats.self, Burnt.self, Forecast.self, Top.self,
        ]),
      CommandGroup(name: "Callers", subcommands: [Campaigns.self, Agents.self]),
      CommandGroup(
        name: "The store",
        subcommands: [
          Init.self, Config.self, Audit.self, Undo.self, ResetUsage.self, Backup.self, Restore.self, Maintain.self,
          Doctor.self,
          Tokens.self, Clusters.self,
        ]),
    ])

  @OptionGroup var storeOptions: StoreOptions

  static func main() {
    // A reader that has seen enough, such as head, ends the program without a message.
    signal(SIGPIPE, SIG_DFL)
    ChildProcess.becomeProgram()
    let wasRoot = geteuid() == 0
    Store.useOneThread()
    do {
      var command = try parseAsRoot()
      try command.run()
    } catch let error as StoreError {
      Terminal.fail(error.description + (wasRoot ? StoreUser.hint(for: error).map { ". " + $0 } ?? "" : ""))
    } catch {
      guard exitCode(for: error) == .validationFailure else { exit(withError: error) }
      exit(withError: MisspeltCommand.error(in: Array(CommandLine.arguments.dropFirst())) ?? error)
    }
  }
}

import Foundation
import TestSupport
import Testing

/// A command of callerid-admin as the program itself describes it, so that a new command is tested without being named.
struct AdminCommand: Decodable, Sendable {
  struct Argument: Decodable, Sendable {
    struct Name: Decodable, Sendable {
      let kind: String
      let name: String
    }

    let kind: String
    let isOptional: Bool
    let valueName: String?
    let abstract: String?
    let preferredName: Name?
  }

  let commandName: String
  let superCommands: [String]?
  let abstract: String?
  let subcommands: [AdminCommand]?
  let arguments: [Argument]?

  /// The words after `callerid-admin` that call it.
  var words: [String] { ((superCommands ?? []) + [commandName]).dropFirst().map(\.self) }
  var name: String { words.joined(separator: " ") }

  /// All commands, those with subcommands among them.
  static func all() async throws -> [AdminCommand] {
    struct Tool: Decodable { let command: AdminCommand }
    let dump = try await run(Program.admin.path, ["--experimental-dump-help"])
    return try JSONDecoder().decode(Tool.self, from: Data(dump.output.utf8)).command.below
  }

  private var below: [AdminCommand] {
    (subcommands ?? []).filter { $0.commandName != "help" }.flatMap { [$0] + $0.below }
  }

  /// What each required argument may be, by the name that help gives its value.
  private static let values = [
    "number": "2145550101", "numbers": "2145550101", "name": "S", "to": "12145551212", "file": "-", "key": "match",
    "value": "any", "key=value": "sticky=off", "calls": "1", "role": "read",
  ]

  /// What commands want that is optional by itself: one of several options.
  private static let choices = [
    "set": ["--name", "x"], "rest": ["2145550101", "--for", "7d"], "release": ["--all"], "next": ["12145551212"],
    "explain": ["12145551212"], "why": ["1"],
  ]

  /// The command with as few arguments as it takes.
  func example() throws -> [String] {
    let required = try (subcommands == nil ? arguments ?? [] : []).filter { !$0.isOptional }.flatMap { argument in
      let value = try #require(
        Self.values[argument.valueName ?? ""], "\(name): add a value of \(argument.valueName ?? "") to `values`")
      return argument.kind == "option" ? ["--" + (argument.preferredName?.name ?? ""), value] : [value]
    }
    return words + required + (Self.choices[name] ?? [])
  }
}

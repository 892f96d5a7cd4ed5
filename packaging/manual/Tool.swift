/// What `callerid-admin --experimental-dump-help` says of the program, as far as a manual needs it.
struct Tool: Decodable {
  let command: Command
}

struct Command: Decodable {
  let commandName: String
  let abstract: String?
  let discussion: String?
  let superCommands: [String]?
  let shouldDisplay: Bool
  let subcommands: [Command]?
  let arguments: [Argument]?

  var name: String { ((superCommands ?? []) + [commandName]).joined(separator: " ") }

  /// Those a reader is to see; `help` needs no page.
  var listed: [Command] { (subcommands ?? []).filter { $0.shouldDisplay && $0.commandName != "help" } }
}

struct Argument: Decodable, Equatable {
  struct Name: Decodable, Equatable {
    let kind: String
    let name: String

    var text: String { (kind == "long" ? "--" : "-") + name }
  }

  let kind: String
  let isOptional: Bool
  let isRepeating: Bool
  let shouldDisplay: Bool
  let names: [Name]?
  let valueName: String?
  let defaultValue: String?
  let abstract: String?

  /// Bold names and an italic value, as man(7) writes them.
  var usage: String {
    let value = valueName.map { roff("<\($0)>", in: .italic) } ?? ""
    let names = (names ?? []).map { roff($0.text, in: .bold) }.joined(separator: ", ")
    switch kind {
    case "positional": return value
    case "flag": return names
    default: return "\(names) \(value)"
    }
  }

  /// As it stands in the synopsis.
  var synopsis: String { (isOptional ? "[\(usage)]" : usage) + (isRepeating ? "..." : "") }
}

/// callerid-admin(8): every command with its arguments, from what the program says of itself, and docs/settings.md.
func adminPage(_ tool: Tool, settings: String, version: String) throws -> String {
  let root = tool.command
  var page = Page(title: root.commandName, version: version)
  page.section("NAME")
  page.line(roff(root.commandName) + " \\- " + roff(phrase(root.abstract ?? "")))
  page.section("SYNOPSIS")
  let database = roff("--db", in: .bold) + " " + roff("<path>", in: .italic)
  page.line(roff(root.commandName, in: .bold) + " [\(database)]")
  page.line(roff("<command>", in: .italic) + " [" + roff("<argument>", in: .italic) + "...]")
  page.section("DESCRIPTION")
  page.discussion(root.discussion)
  page.section("OPTIONS")
  let common = root.arguments ?? []
  for argument in common { page.argument(argument) }
  page.section("COMMANDS")
  page.commands(of: root, without: common)
  page.section("SETTINGS")
  try page.markdown(settings, from: "docs/settings.md")

  page.section("FILES")
  page.tagged(roff("/var/lib/callerid/callerid.db", in: .italic), ["The store."])
  page.tagged(roff("/etc/cron.d/callerid", in: .italic), ["Starts this program every hour and every night."])
  page.section("ENVIRONMENT")
  page.tagged(roff("CALLERID_DB", in: .bold), [roff("The store, where --db does not name one.")])
  page.section("EXIT STATUS")
  page.line("0: done. 1: refused or failed, and nothing was changed. Standard error says why. 64: called wrongly.")
  page.section("SEE ALSO")
  page.line(roff("callerid-agi", in: .bold) + "(8)")
  return page.text
}

/// A sentence as the NAME section has it: in small letters, without its full stop.
func phrase(_ sentence: String) -> String {
  let words = sentence.hasSuffix(".") ? sentence.dropLast() : sentence[...]
  return words.prefix(1).lowercased() + words.dropFirst()
}

extension Page {
  fileprivate mutating func commands(of command: Command, without common: [Argument]) {
    for command in command.listed {
      macro(".SS " + roff(command.name.split(separator: " ").dropFirst().joined(separator: " ")))
      let arguments = (command.arguments ?? []).filter { $0.shouldDisplay && !common.contains($0) }
      if command.listed.isEmpty {
        line(([roff(command.name, in: .bold)] + arguments.map(\.synopsis)).joined(separator: " "))
        macro(".PP")
      }
      line(roff(command.abstract ?? ""))
      discussion(command.discussion)
      for argument in arguments { self.argument(argument) }
      commands(of: command, without: common)
    }
  }

  mutating func argument(_ argument: Argument) {
    let fallback = argument.defaultValue.map { " (default: \($0))" } ?? ""
    tagged(argument.usage, [roff((argument.abstract ?? "") + fallback)])
  }

  /// What help shows below the usage: prose and indented examples. The indented lines `key: meaning` are settings, which
  /// have a section of their own.
  mutating func discussion(_ text: String?) {
    var examples: [String] = []
    var startsParagraph = true
    var listsSettings = false
    for text in (text ?? "").split(separator: "\n", omittingEmptySubsequences: false).map(String.init) + [""] {
      let key = text.hasPrefix("  ") ? text.dropFirst(2).prefix { $0.isLowercase || $0 == "_" } : ""
      let isDefinition = !key.isEmpty && text.dropFirst(2 + key.count).hasPrefix(": ")
      if text.hasPrefix("  "), !isDefinition {
        examples.append(String(text.dropFirst(2)))
        continue
      }
      if !examples.isEmpty { literal(examples) }
      startsParagraph = startsParagraph || !examples.isEmpty || text.isEmpty
      examples = []
      if isDefinition {
        listsSettings = true
      } else if !text.isEmpty {
        if startsParagraph { macro(".PP") }
        startsParagraph = false
        line(roff(text))
      }
    }
    if listsSettings {
      macro(".PP")
      line("SETTINGS, below, explains each setting.")
    }
  }
}

import Access
import ArgumentParser
import Output
import Rotation

struct Tokens: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "token",
    abstract: "Show, add or revoke tokens for callerid-server.",
    discussion: """
      A token is a long random text that a program sends with each HTTP request. Its role says what it may do:
        pick   ask for caller-IDs, release them, and tell how calls ended
        read   see numbers, campaigns, requests and statistics
        write  change them as well, and all of the above

      The store keeps only a hash of the token.
        callerid-admin token add grafana --role read
        callerid-admin token revoke grafana
      """,
    subcommands: [TokenList.self, TokenAdd.self, TokenRevoke.self],
    defaultSubcommand: TokenList.self)
}

struct TokenList: StoreCommand {
  static let configuration = CommandConfiguration(
    commandName: "list", abstract: "List the tokens by name.", discussion: "  callerid-admin token list")

  @ParentCommand var root: CalleridAdmin
  @OptionGroup var storeOptions: StoreOptions
  @OptionGroup var format: RowFormat

  func run(on store: Store) throws {
    let calendar = store.settings.calendar
    try Report(
      rows: store.tokens(), fields: Fields.tokens,
      columns: [
        Column("NAME") { $0.name },
        Column("ROLE") { $0.role.rawValue },
        Column("SINCE") { Time.local($0.createdAt, in: calendar) },
      ]
    ).print(as: format)
  }
}

struct TokenAdd: StoreCommand {
  static let configuration = CommandConfiguration(
    commandName: "add", abstract: "Make a token, and print it once.",
    discussion: """
      The token is printed this one time only. Whoever loses it gets a new one.
        callerid-admin token add wallboard --role read
      """)

  static let isForCluster = true

  @ParentCommand var root: CalleridAdmin
  @OptionGroup var storeOptions: StoreOptions
  @Argument(help: "A name for whoever uses it, by which it is listed and revoked.") var name: String
  @Option(help: "What it may do: read, write or pick.") var role: Token.Role
  @OptionGroup var format: ObjectFormat

  func run(on store: Store) throws {
    guard let name = try CallerText(name: name, of: "the token's name") else {
      throw StoreError(.refused, "the token needs a name")
    }
    let token = TokenText.random()
    try store.addToken(named: name, role: role, hash: token.hash)
    if format.json {
      Terminal.print(
        .object([("name", .text(name.text)), ("role", .text(role.rawValue)), ("token", .text(token.text))]))
    } else {
      Terminal.print(token.text)
      Terminal.note("this token is not shown again. A server that runs knows it within a second")
    }
  }
}

struct TokenRevoke: StoreCommand {
  static let configuration = CommandConfiguration(
    commandName: "revoke", abstract: "Take a token's rights away, for good.",
    discussion: """
      A server that runs refuses it within a second. On a terminal it asks first. In a script nothing is asked.
        callerid-admin token revoke wallboard
      """)

  static let isForCluster = true

  @ParentCommand var root: CalleridAdmin
  @OptionGroup var storeOptions: StoreOptions
  @Argument(help: "The token's name.") var name: String
  @OptionGroup var confirmation: Confirmation

  func run(on store: Store) throws {
    let token = try store.tokens().first { $0.name.isSameName(as: name) }
    if let token {
      try confirmation.ask {
        "Whoever uses the token \(token.name) (\(token.role.rawValue)) will be refused, and it cannot be brought back: "
          + "revoke it?"
      }
    }
    try store.revokeToken(named: name)
    Terminal.print("\(name) is revoked")
  }
}

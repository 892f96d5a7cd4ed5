import ArgumentParser
import Output
import Rotation

struct Config: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Show or change the settings.",
    discussion: """
      A change takes effect with the next call.
        callerid-admin config
        callerid-admin config set default_daily_limit 75
      """,
    subcommands: [ConfigList.self, ConfigGet.self, ConfigSet.self, ConfigUnset.self],
    defaultSubcommand: ConfigList.self)
}

struct ConfigList: StoreCommand {
  static let configuration = CommandConfiguration(
    commandName: "list", abstract: "List the settings with their values, defaults and meanings.",
    discussion: "  callerid-admin config list")

  @ParentCommand var root: CalleridAdmin
  @OptionGroup var storeOptions: StoreOptions
  @OptionGroup var format: RowFormat

  func run(on store: Store) throws {
    Report(
      rows: Setting.allCases, fields: Fields.settings(in: store.settings),
      columns: [
        Column("KEY") { $0.rawValue },
        Column("VALUE") { $0.value(in: store.settings) },
        Column("DEFAULT") { $0.defaultValue },
        Column("MEANING") { $0.help },
      ]
    ).print(as: format)
  }
}

struct ConfigGet: StoreCommand {
  static let configuration = CommandConfiguration(
    commandName: "get", abstract: "Show the value of one setting.", discussion: "  callerid-admin config get timezone")

  @ParentCommand var root: CalleridAdmin
  @OptionGroup var storeOptions: StoreOptions
  @Argument(help: "The key of the setting.") var key: String

  func run(on store: Store) throws {
    Terminal.print(try Setting(key: key).value(in: store.settings))
  }
}

struct ConfigSet: StoreCommand {
  static let configuration = CommandConfiguration(
    commandName: "set", abstract: "Change a setting.",
    discussion: "  callerid-admin config set timezone America/Chicago\n\nThe settings are:\n"
      + Setting.allCases.map { "  \($0.rawValue): \($0.help)" }.joined(separator: "\n"))

  static let isForCluster = true

  @ParentCommand var root: CalleridAdmin
  @OptionGroup var storeOptions: StoreOptions
  @Argument(help: "The key of the setting.") var key: String
  @Argument(help: "The new value.") var value: String

  func run(on store: Store) throws { try change(key, to: value, in: store) }
}

struct ConfigUnset: StoreCommand {
  static let configuration = CommandConfiguration(
    commandName: "unset", abstract: "Set a setting back to its default.",
    discussion: "  callerid-admin config unset timezone")

  static let isForCluster = true

  @ParentCommand var root: CalleridAdmin
  @OptionGroup var storeOptions: StoreOptions
  @Argument(help: "The key of the setting.") var key: String

  func run(on store: Store) throws { try change(key, to: nil, in: store) }
}

/// Changes a setting, and prints the value that it has then. Nil is the default.
private func change(_ key: String, to text: String?, in store: Store) throws {
  let setting = try Setting(key: key)
  try store.set(setting, to: text)
  Terminal.print("\(setting.rawValue) is \(setting.value(in: store.settings))")
}

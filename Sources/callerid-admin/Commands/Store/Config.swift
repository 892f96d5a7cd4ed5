import ArgumentParser
import Rotation

struct Config: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Show or change the settings.",
    discussion: """
      They hold from the next call on.
        callerid-admin config
        callerid-admin config set default_daily_limit 75
      """,
    subcommands: [ConfigList.self, ConfigGet.self, ConfigSet.self, ConfigUnset.self],
    defaultSubcommand: ConfigList.self)
}

struct ConfigList: StoreCommand {
  static let configuration = CommandConfiguration(
    commandName: "list", abstract: "Show all settings.", discussion: "  callerid-admin config list")

  @ParentCommand var root: CalleridAdmin
  @OptionGroup var storeOptions: StoreOptions
  @OptionGroup var format: RowFormat

  func run(on store: Store) throws {
    Report(
      rows: Setting.allCases, fields: settingFields(in: store.settings),
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
    commandName: "get", abstract: "Show one setting.", discussion: "  callerid-admin config get timezone")

  @ParentCommand var root: CalleridAdmin
  @OptionGroup var storeOptions: StoreOptions
  @Argument(help: "Its key.") var key: String

  func run(on store: Store) throws {
    Terminal.print(try Setting(key: key).value(in: store.settings))
  }
}

struct ConfigSet: StoreCommand {
  static let configuration = CommandConfiguration(
    commandName: "set", abstract: "Change a setting.",
    discussion: "  callerid-admin config set timezone America/Chicago\n\n"
      + Setting.allCases.map { "  \($0.rawValue): \($0.help)" }.joined(separator: "\n"))

  @ParentCommand var root: CalleridAdmin
  @OptionGroup var storeOptions: StoreOptions
  @Argument(help: "Its key.") var key: String
  @Argument(help: "Its new value.") var value: String

  func run(on store: Store) throws {
    let setting = try Setting(key: key)
    try store.set(setting, to: value)
    Terminal.print("\(setting.rawValue) is \(setting.value(in: store.settings))")
  }
}

struct ConfigUnset: StoreCommand {
  static let configuration = CommandConfiguration(
    commandName: "unset", abstract: "Bring back a setting's default.",
    discussion: "  callerid-admin config unset timezone")

  @ParentCommand var root: CalleridAdmin
  @OptionGroup var storeOptions: StoreOptions
  @Argument(help: "Its key.") var key: String

  func run(on store: Store) throws {
    let setting = try Setting(key: key)
    try store.set(setting, to: nil)
    Terminal.print("\(setting.rawValue) is \(setting.value(in: store.settings))")
  }
}

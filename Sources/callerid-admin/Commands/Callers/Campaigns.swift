import ArgumentParser
import Output
import Rotation

struct Campaigns: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "campaign",
    abstract: "Show or change the settings of single campaigns.",
    discussion: """
      A campaign without settings of its own uses the numbers of the pool default and the settings of the store. Its \
      calls are counted too.
        callerid-admin campaign list
        callerid-admin campaign set SALES pools=sales,default number_daily_limit=10 dial_prefix=91
      """,
    subcommands: [CampaignList.self, CampaignShow.self, CampaignSet.self, CampaignUnset.self, CampaignRemove.self],
    defaultSubcommand: CampaignList.self)
}

/// The campaign that a command is about.
struct CampaignArgument: ParsableArguments {
  @Argument(help: "The campaign's name, as the dialer gives it.") var name: String

  /// - Throws: `refused` for a name that is empty or too long.
  func campaign() throws(StoreError) -> CallerText {
    guard let name = try CallerText(name: name, of: "the campaign's name") else {
      throw StoreError(.refused, "the campaign needs a name")
    }
    return name
  }
}

struct CampaignList: StoreCommand {
  static let configuration = CommandConfiguration(
    commandName: "list", abstract: "List the campaigns with their usage.",
    discussion: "  callerid-admin campaign list")

  @ParentCommand var root: CalleridAdmin
  @OptionGroup var storeOptions: StoreOptions
  @OptionGroup var format: RowFormat

  func run(on store: Store) throws {
    let moment = store.moment
    let windows = moment.windows
    // These have a column of their own.
    let shown: [CampaignSetting] = [.pools, .hourlyLimit, .dailyLimit, .dialPrefix]
    try Report(
      rows: store.campaigns(), fields: Fields.campaigns(at: moment),
      columns: [
        Column("CAMPAIGN") { $0.name.text },
        Column("HOUR", isNumber: true) {
          Limit.usage($0.thisHour.calls(in: windows.hour), of: $0.terms.hourlyLimit)
        },
        Column("DAY", isNumber: true) { Limit.usage($0.today.calls(in: windows.day), of: $0.terms.dailyLimit) },
        Column("PREFIX") { $0.terms.dialPrefix },
        Column("POOLS") { $0.terms.pools.joined(separator: ",") },
        Column("OTHER SETTINGS") { campaign in
          CampaignSetting.allCases.filter { !shown.contains($0) }.compactMap { setting in
            let value = setting.value(in: campaign.terms)
            return value == setting.defaultValue ? nil : "\(setting.rawValue)=\(value)"
          }.joined(separator: " ")
        },
      ]
    ).print(as: format)
  }
}

struct CampaignShow: StoreCommand {
  static let configuration = CommandConfiguration(
    commandName: "show", abstract: "Show everything about one campaign.",
    discussion: "  callerid-admin campaign show SALES")

  @ParentCommand var root: CalleridAdmin
  @OptionGroup var storeOptions: StoreOptions
  @OptionGroup var argument: CampaignArgument
  @OptionGroup var format: ObjectFormat

  func run(on store: Store) throws {
    let campaign = try store.campaign(named: argument.campaign())
    let moment = store.moment
    if format.json { return Terminal.print(Fields.campaigns(at: moment).object(of: campaign)) }
    Terminal.print([
      ("Campaign", campaign.name.text),
      ("Calls today", "\(campaign.today.calls(in: moment.windows.day))"),
      ("Calls this hour", "\(campaign.thisHour.calls(in: moment.windows.hour))"),
    ])
    Terminal.print("")
    Terminal.print(
      Table(
        titles: ["KEY", "VALUE", "DEFAULT", "MEANING"], isNumber: [false, false, false, false],
        rows: CampaignSetting.allCases.map { [$0.rawValue, $0.value(in: campaign.terms), $0.defaultValue, $0.help] }))
  }
}

struct CampaignSet: StoreCommand {
  static let configuration = CommandConfiguration(
    commandName: "set", abstract: "Change settings of a campaign.",
    discussion: """
      If one of the settings is refused, none is changed. A campaign that is not known yet is created, with the name \
      that the dialer gives it. Calls made before a limit was set do not count towards it.
        callerid-admin campaign set SALES pools=sales,default number_daily_limit=10 sticky=destination

      The settings are:

      """ + CampaignSetting.allCases.map { "  \($0.rawValue): \($0.help)" }.joined(separator: "\n"))

  static let isForCluster = true

  @ParentCommand var root: CalleridAdmin
  @OptionGroup var storeOptions: StoreOptions
  @OptionGroup var argument: CampaignArgument
  @Argument(help: ArgumentHelp("The settings to change.", valueName: "key=value")) var assignments: [Assignment]
  @OptionGroup var format: ObjectFormat

  func run(on store: Store) throws {
    let values = try assignments.map { (setting: try CampaignSetting(key: $0.key), text: Optional($0.value)) }
    try change(values, of: argument.campaign(), in: store, as: format)
  }
}

struct CampaignUnset: StoreCommand {
  static let configuration = CommandConfiguration(
    commandName: "unset", abstract: "Set settings of a campaign back to their defaults.",
    discussion: "  callerid-admin campaign unset SALES number_daily_limit sticky")

  static let isForCluster = true

  @ParentCommand var root: CalleridAdmin
  @OptionGroup var storeOptions: StoreOptions
  @OptionGroup var argument: CampaignArgument
  @Argument(help: ArgumentHelp("The settings to set back.", valueName: "key")) var keys: [String]
  @OptionGroup var format: ObjectFormat

  func run(on store: Store) throws {
    let name = try argument.campaign()
    let values = try keys.map { (setting: try CampaignSetting(key: $0), text: String?.none) }
    // A campaign that does not exist must not be created only to have no settings.
    _ = try store.campaign(named: name)
    try change(values, of: name, in: store, as: format)
  }
}

struct CampaignRemove: StoreCommand {
  static let configuration = CommandConfiguration(
    commandName: "remove", abstract: "Remove all settings of a campaign.",
    discussion: """
      The campaign can go on calling with the settings of the store. Its requests stay in the request log. On a \
      terminal it says what would be forgotten, and asks. In a script nothing is asked.
        callerid-admin campaign remove SALES
      """)

  static let isForCluster = true

  @ParentCommand var root: CalleridAdmin
  @OptionGroup var storeOptions: StoreOptions
  @OptionGroup var argument: CampaignArgument
  @OptionGroup var confirmation: Confirmation

  func run(on store: Store) throws {
    let name = try argument.campaign()
    let campaign = try store.campaign(named: name)
    try confirmation.ask {
      let settings = campaign.settings.map { "\($0.key.rawValue)=\($0.value)" }
      return settings.isEmpty
        ? "\(name.text) has no settings of its own: remove it all the same?"
        : "\(name.text) has \(settings.joined(separator: " ")): forget "
          + (settings.count == 1 ? "this setting?" : "these settings?")
    }
    try store.remove(campaign: name)
    Terminal.print("\(name.text) has no settings of its own")
  }
}

/// A setting and its new value, written as `key=value`.
struct Assignment: ExpressibleByArgument {
  let key: String
  let value: String

  init?(argument: String) {
    guard let (key, value) = argument.cut(at: "="), !key.isEmpty else { return nil }
    self.key = key
    self.value = value
  }
}

/// Changes settings of a campaign, and prints them as they are then.
private func change(
  _ values: [(setting: CampaignSetting, text: String?)], of name: CallerText, in store: Store, as format: ObjectFormat
) throws {
  for (index, value) in values.enumerated() where values[..<index].contains(where: { $0.setting == value.setting }) {
    throw StoreError(.refused, "\(value.setting.rawValue) is given twice")
  }
  let campaign = try store.set(values, of: name)
  if format.json { return Terminal.print(Fields.campaigns(at: store.moment).object(of: campaign)) }
  for (setting, _) in values { Terminal.print("\(setting.rawValue) is \(setting.value(in: campaign.terms))") }
}

import ArgumentParser
import Rotation

struct Campaigns: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "campaign",
    abstract: "Show or change what is decided for single campaigns.",
    discussion: """
      A campaign that nobody configured calls with the store's settings, from the pool default, and is counted.
        callerid-admin campaign list
        callerid-admin campaign set SALES pools=sales,default number_daily_limit=10 dial_prefix=91
      """,
    subcommands: [CampaignList.self, CampaignShow.self, CampaignSet.self, CampaignUnset.self, CampaignRemove.self],
    defaultSubcommand: CampaignList.self)
}

struct CampaignList: StoreCommand {
  static let configuration = CommandConfiguration(
    commandName: "list", abstract: "List the campaigns with their usage.",
    discussion: "  callerid-admin campaign list")

  @ParentCommand var root: CalleridAdmin
  @OptionGroup var storeOptions: StoreOptions
  @OptionGroup var format: RowFormat

  func run(on store: Store) throws {
    let windows = store.moment.windows
    func used(_ calls: Int, of limit: Int?) -> String { "\(calls)/" + (limit.map(String.init) ?? "-") }
    // Those with a column of their own.
    let shown: [CampaignSetting] = [.pools, .hourlyLimit, .dailyLimit, .dialPrefix]
    try Report(
      rows: store.campaigns(), fields: campaignFields(at: store.moment),
      columns: [
        Column("CAMPAIGN") { $0.name.text },
        Column("HOUR", isNumber: true) { used($0.thisHour.calls(in: windows.hour), of: $0.terms.hourlyLimit) },
        Column("DAY", isNumber: true) { used($0.today.calls(in: windows.day), of: $0.terms.dailyLimit) },
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
    commandName: "show", abstract: "Show all about one campaign.",
    discussion: "  callerid-admin campaign show SALES")

  @ParentCommand var root: CalleridAdmin
  @OptionGroup var storeOptions: StoreOptions
  @Argument(help: "Its name, as the dialer gives it.") var name: String
  @OptionGroup var format: ObjectFormat

  func run(on store: Store) throws {
    let campaign = try store.campaign(named: label(name, of: "campaign"))
    let moment = store.moment
    if format.json { return campaignFields(at: moment).object(of: campaign).print() }
    Terminal.print([
      ("Campaign", campaign.name.text),
      ("Calls today", "\(campaign.today.calls(in: moment.windows.day))"),
      ("Calls this hour", "\(campaign.thisHour.calls(in: moment.windows.hour))"),
    ])
    Terminal.print("")
    Table(
      titles: ["KEY", "VALUE", "DEFAULT", "MEANING"], isNumber: [false, false, false, false],
      rows: CampaignSetting.allCases.map { [$0.rawValue, $0.value(in: campaign.terms), $0.defaultValue, $0.help] }
    ).print()
  }
}

struct CampaignSet: StoreCommand {
  static let configuration = CommandConfiguration(
    commandName: "set", abstract: "Change settings of a campaign, all of those given or none.",
    discussion: """
      A campaign that is not known yet is made; its name is the one that the dialer gives it. A limit counts from when it
      is set.
        callerid-admin campaign set SALES pools=sales,default number_daily_limit=10 sticky=destination


      """ + CampaignSetting.allCases.map { "  \($0.rawValue): \($0.help)" }.joined(separator: "\n"))

  @ParentCommand var root: CalleridAdmin
  @OptionGroup var storeOptions: StoreOptions
  @Argument(help: "Its name, as the dialer gives it.") var name: String
  @Argument(help: ArgumentHelp("The settings.", valueName: "key=value")) var assignments: [Assignment]
  @OptionGroup var format: ObjectFormat

  func run(on store: Store) throws {
    let values = try assignments.map { (setting: try CampaignSetting(key: $0.key), text: Optional($0.value)) }
    try change(values, of: label(name, of: "campaign"), in: store, as: format)
  }
}

struct CampaignUnset: StoreCommand {
  static let configuration = CommandConfiguration(
    commandName: "unset", abstract: "Bring back the defaults of a campaign's settings.",
    discussion: "  callerid-admin campaign unset SALES number_daily_limit sticky")

  @ParentCommand var root: CalleridAdmin
  @OptionGroup var storeOptions: StoreOptions
  @Argument(help: "Its name, as the dialer gives it.") var name: String
  @Argument(help: ArgumentHelp("The settings.", valueName: "key")) var keys: [String]
  @OptionGroup var format: ObjectFormat

  func run(on store: Store) throws {
    let name = try label(name, of: "campaign")
    let values = try keys.map { (setting: try CampaignSetting(key: $0), text: String?.none) }
    // One that is not there is not made for it.
    _ = try store.campaign(named: name)
    try change(values, of: name, in: store, as: format)
  }
}

struct CampaignRemove: StoreCommand {
  static let configuration = CommandConfiguration(
    commandName: "remove", abstract: "Forget all that was decided for a campaign.",
    discussion: """
      It can go on calling, with the defaults; what it did stays in the request log.
        callerid-admin campaign remove SALES
      """)

  @ParentCommand var root: CalleridAdmin
  @OptionGroup var storeOptions: StoreOptions
  @Argument(help: "Its name, as the dialer gives it.") var name: String

  func run(on store: Store) throws {
    let name = try label(name, of: "campaign")
    try store.remove(campaign: name)
    Terminal.print("\(name.text) has no settings of its own")
  }
}

/// `key=value`.
struct Assignment: ExpressibleByArgument {
  let key: String
  let value: String

  init?(argument: String) {
    guard let (key, value) = argument.cut(at: "="), !key.isEmpty else { return nil }
    self.key = key
    self.value = value
  }
}

private func change(
  _ values: [(setting: CampaignSetting, text: String?)], of name: CallerText, in store: Store, as format: ObjectFormat
) throws {
  for (index, value) in values.enumerated() where values[..<index].contains(where: { $0.setting == value.setting }) {
    throw StoreError(.refused, "\(value.setting.rawValue) is given twice")
  }
  let campaign = try store.set(values, of: name)
  if format.json { return campaignFields(at: store.moment).object(of: campaign).print() }
  for (setting, _) in values { Terminal.print("\(setting.rawValue) is \(setting.value(in: campaign.terms))") }
}

/// A campaign's or an agent's name as an argument.
func label(_ text: String, of what: String) throws -> CallerText {
  guard let label = CallerText(text) else { throw StoreError(.refused, "the \(what) needs a name") }
  return label
}

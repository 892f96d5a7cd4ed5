import ArgumentParser
import Rotation

struct Requests: StoreCommand {
  static let configuration = CommandConfiguration(
    abstract: "Show the request log, the newest first.",
    discussion: "  callerid-admin requests --last 50 --status NONE_AVAILABLE")

  @ParentCommand var root: CalleridAdmin
  @OptionGroup var storeOptions: StoreOptions
  @Option(help: ArgumentHelp("How many.", valueName: "n")) var last = 20
  @Option(help: "Only those of this campaign.") var campaign: String?
  @Option(help: "Only those with this status.") var status: Status?
  @Option(help: "Only those that got this number.") var number: String?
  @OptionGroup var format: RowFormat

  func validate() throws {
    if last < 1 { throw ValidationError("--last is 1 or more.") }
  }

  func run(on store: Store) throws {
    let calendar = store.settings.calendar
    try Report(
      rows: store.requests(
        last: last, campaign: campaign, status: status, number: number.map { try phone($0, in: store) }),
      fields: requestFields,
      columns: [
        Column("AT") { Time.local($0.at, in: calendar) },
        Column("DESTINATION") { $0.destination ?? "" },
        Column("CAMPAIGN") { $0.campaign ?? "" },
        Column("AGENT") { $0.agent ?? "" },
        Column("STATUS") { $0.status },
        Column("CALLER ID") { $0.callerID ?? "" },
        Column("MATCH") { $0.match ?? "" },
        Column("REASON") { $0.reason ?? "" },
      ]
    ).print(as: format)
  }
}

extension Status: ExpressibleByArgument {}

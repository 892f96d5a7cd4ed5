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
    let requests = try store.requests(
      last: last, campaign: campaign, status: status, number: number.map { try phone($0, in: store) })
    // The table has what the contract's keys do not: the reason of a refusal, and local time.
    if format.json || format.csv {
      return try Report(rows: requests.map(RequestRow.init), columns: []).print(as: format)
    }
    Table(
      titles: ["AT", "DESTINATION", "CAMPAIGN", "AGENT", "STATUS", "CALLER ID", "MATCH", "REASON"],
      rightAligned: Array(repeating: false, count: 8),
      rows: requests.map {
        [
          Time.local($0.at, in: store.settings.calendar), $0.destination ?? "", $0.campaign ?? "", $0.agent ?? "",
          $0.status, $0.callerID ?? "", $0.match ?? "", $0.reason ?? "",
        ]
      }
    ).print()
  }
}

extension Status: ExpressibleByArgument {}

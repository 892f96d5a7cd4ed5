import ArgumentParser
import Rotation

struct Requests: StoreCommand {
  static let configuration = CommandConfiguration(
    abstract: "Show the request log, the newest first.",
    discussion: """
        callerid-admin requests --last 50 --status NONE_AVAILABLE
        callerid-admin requests --destination 2145551212 --since 7d
        callerid-admin requests --last 100000 --since yesterday --csv

      The CSV has VICIdial's call code and lead ID, by which it can be joined with VICIdial's own reports.
      """)

  @ParentCommand var root: CalleridAdmin
  @OptionGroup var storeOptions: StoreOptions
  @Option(help: ArgumentHelp("How many.", valueName: "n")) var last = 20
  @Option(help: "Only those of this campaign.") var campaign: String?
  @Option(help: "Only those of this agent.") var agent: String?
  @Option(help: "Only those with this status.") var status: Status?
  @Option(help: "Only those that got this number.") var number: String?
  @Option(help: ArgumentHelp("Only those to this number.", valueName: "number")) var destination: String?
  @Option(help: ArgumentHelp("Only those since then: \(Since.help).", valueName: "time")) var since: Since?
  @OptionGroup var format: RowFormat

  func validate() throws {
    if last < 1 { throw ValidationError("--last is 1 or more.") }
  }

  func run(on store: Store) throws {
    let calendar = store.settings.calendar
    let rows = try store.requests(
      last: last, campaign: campaign, agent: agent, status: status, number: number.map { try phone($0, in: store) },
      destination: destination, since: since?.moment(in: store) ?? 0)
    Report(
      rows: rows,
      fields: requestFields,
      columns: [
        Column("AT") { Time.local($0.at, in: calendar) },
        Column("DESTINATION") { $0.destination ?? "" },
        Column("CAMPAIGN") { $0.campaign ?? "" },
        Column("AGENT") { $0.agent ?? "" },
        Column("STATUS") { $0.status },
        Column("CALLER ID") { $0.callerID ?? "" },
        Column("MATCH") { $0.match ?? "" },
        Column("OUTCOME") { $0.outcome },
        Column("REASON") { $0.reason ?? "" },
      ]
    ).print(as: format)
    if since != nil, rows.count == last { Terminal.note("there may be more: raise --last") }
  }
}

extension LoggedRequest {
  /// `ANSWER 35 s`, `BUSY`; empty where nobody reported it.
  var outcome: String {
    guard let dialStatus else { return "" }
    guard dialStatus == "ANSWER", let answeredSeconds else { return dialStatus }
    return "\(dialStatus) \(answeredSeconds) s"
  }
}

extension Status: ExpressibleByArgument {}

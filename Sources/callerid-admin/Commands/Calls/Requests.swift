import ArgumentParser
import NumberFiles
import Output
import Rotation

struct Requests: StoreCommand {
  static let configuration = CommandConfiguration(
    abstract: "Show the request log, the newest first.",
    discussion: """
      It lists the requests that match all of the options:
        callerid-admin requests --last 50 --status NONE_AVAILABLE
        callerid-admin requests --destination 2145551212 --since 7d
        callerid-admin requests --lead 1234 --since 7d
        callerid-admin requests --last 100000 --since yesterday --csv
      The command why tells everything about one request.

      The CSV contains VICIdial's call code and lead ID, so that it can be joined with VICIdial's own reports.
      """)

  @ParentCommand var root: CalleridAdmin
  @OptionGroup var storeOptions: StoreOptions
  @OptionGroup var count: LastOption
  @Option(help: "List only requests of this campaign.") var campaign: String?
  @Option(help: "List only requests of this agent.") var agent: String?
  @Option(help: "List only requests that were answered with this status.") var status: Status?
  @Option(help: "List only requests that got this number.") var number: String?
  @Option(help: ArgumentHelp("List only requests for calls to this number.", valueName: "number"))
  var destination: String?
  @Option(help: ArgumentHelp("List only requests of calls to this lead of VICIdial's.", valueName: "id"))
  var lead: Int?
  @Option(help: ArgumentHelp("List only requests whose VICIdial call code begins so.", valueName: "code"))
  var callCode: String?
  @Option(help: ArgumentHelp("List only requests since then: \(TimePoint.pastHelp).", valueName: "time"))
  var since: TimePoint?
  @OptionGroup var format: RowFormat

  func validate() throws {
    if let lead, !(1...9_999_999_999).contains(lead) {
      throw ValidationError("--lead is VICIdial's ID of a lead, from 1 to 9999999999.")
    }
  }

  func run(on store: Store) throws {
    let calendar = store.settings.calendar
    let rows = try store.requests(
      last: count.last, campaign: campaign, agent: agent, status: status, number: number.map(store.phone),
      destination: destination, lead: lead, callCode: callCode, since: since?.past(at: store.moment) ?? 0)
    Report(
      rows: rows, fields: Fields.requests,
      columns: [
        Column("AT") { Time.local($0.at, in: calendar) },
        Column("REQUEST", isNumber: true) { "\($0.request)" },
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
    try Terminal.noteDoubts([(campaign, .campaign), (agent, .agent)], in: store)
    if since != nil, rows.count == count.last { Terminal.note("there may be more requests. Raise --last to see them") }
  }
}

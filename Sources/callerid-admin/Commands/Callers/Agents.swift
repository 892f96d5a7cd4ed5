import ArgumentParser
import Output
import Rotation

struct Agents: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "agent",
    abstract: "Show agents, or change how often one of them may call.",
    discussion: """
      The setting agent_calls_per_minute applies to an agent that has no limit of its own.
        callerid-admin agent list
        callerid-admin agent set 1001 --calls-per-minute 30
      """,
    subcommands: [AgentList.self, AgentSet.self], defaultSubcommand: AgentList.self)
}

struct AgentList: StoreCommand {
  static let configuration = CommandConfiguration(
    commandName: "list", abstract: "List the agents with their usage.", discussion: "  callerid-admin agent list")

  @ParentCommand var root: CalleridAdmin
  @OptionGroup var storeOptions: StoreOptions
  @OptionGroup var format: RowFormat

  func run(on store: Store) throws {
    let moment = store.moment
    try Report(
      rows: store.agents(), fields: Fields.agents(at: moment),
      columns: [
        Column("AGENT") { $0.name.text },
        Column("MINUTE", isNumber: true) {
          Limit.usage($0.thisMinute.calls(in: moment.minute), of: $0.effectiveCallsPerMinute(moment))
        },
        Column("HOUR", isNumber: true) { "\($0.thisHour.calls(in: moment.windows.hour))" },
        Column("DAY", isNumber: true) { "\($0.today.calls(in: moment.windows.day))" },
        Column("LIMIT") { $0.callsPerMinute == nil ? "the setting" : "its own" },
      ]
    ).print(as: format)
  }
}

struct AgentSet: StoreCommand {
  static let configuration = CommandConfiguration(
    commandName: "set", abstract: "Change how often an agent may call.",
    discussion: "  callerid-admin agent set 1001 --calls-per-minute 30")

  static let isForCluster = true

  @ParentCommand var root: CalleridAdmin
  @OptionGroup var storeOptions: StoreOptions
  @Argument(help: "The agent's name, as the dialer gives it.") var name: String
  @Option(
    help: ArgumentHelp(
      "The most calls in a minute, or none for no limit, or default for the setting.", valueName: "calls"))
  var callsPerMinute: String

  func run(on store: Store) throws {
    guard let name = try CallerText(name: name, of: "the agent's name") else {
      throw StoreError(.refused, "the agent needs a name")
    }
    let limit = callsPerMinute == "default" ? nil : try Limit(callsPerMinute, name: "--calls-per-minute")
    try store.setCallsPerMinute(limit, of: name)
    let calls = limit.map(\.calls) ?? store.settings.agentCallsPerMinute
    Terminal.print("calls a minute of \(name.text): \(Limit.text(calls))" + (limit == nil ? " (the setting)" : ""))
  }
}

import ArgumentParser
import Rotation

/// The options of `next` and `explain`, which describe a call.
struct RequestOptions: ParsableArguments {
  @Argument(help: ArgumentHelp("The number that is dialled.", valueName: "number")) var number: String?
  @Option(help: ArgumentHelp("The same.", valueName: "number")) var to: String?
  @Option(help: "The campaign that makes the call.") var campaign: String?
  @Option(help: "The agent who makes the call.") var agent: String?
  @Option(help: "Use only numbers of this pool.") var pool: String?
  @Option(help: "Use only numbers of this carrier.") var carrier: String?
  @Option(help: "Match numbers with this area code instead of the destination's.") var area: String?

  /// The number that is dialled.
  var destination: String { number ?? to ?? "" }

  /// Whom and what it names, which the store may not know.
  var names: [(name: String?, thing: NamedThing)] {
    [(campaign, .campaign), (agent, .agent), (pool, .pool), (carrier, .carrier)]
  }

  func validate() throws {
    if (number == nil) == (to == nil) {
      throw ValidationError(
        number == nil
          ? "Give the number that is dialled, such as 12145551212." : "Give one number: as it is, or with --to.")
    }
    if let area, !AreaCode.isDigits(area) { throw ValidationError("--area must be 1 to 6 digits.") }
  }

  /// - Throws: `refused` for a name that is too long.
  func request() throws -> Request {
    var request = Request(destination: destination)
    request.campaign = try campaign.flatMap { try CallerText(name: $0, of: "the campaign's name") }
    request.agent = try agent.flatMap { try CallerText(name: $0, of: "the agent's name") }
    request.pool = pool
    request.carrier = carrier
    request.areaCode = area
    return request
  }
}

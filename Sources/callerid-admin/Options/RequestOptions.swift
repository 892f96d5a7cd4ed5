import ArgumentParser
import Rotation

/// The options of `next` and `explain`, which describe a call.
struct RequestOptions: ParsableArguments {
  @Option(help: "The number that is dialled.") var to: String
  @Option(help: "The campaign that makes the call.") var campaign: String?
  @Option(help: "The agent who makes the call.") var agent: String?
  @Option(help: "Use only numbers of this pool.") var pool: String?
  @Option(help: "Use only numbers of this carrier.") var carrier: String?
  @Option(help: "Match numbers with this area code instead of the destination's.") var area: String?

  func validate() throws {
    if let area, !AreaCode.isDigits(area) { throw ValidationError("--area must be 1 to 6 digits.") }
  }

  /// - Throws: `refused` for a name that is too long.
  func request() throws -> Request {
    var request = Request(destination: to)
    request.campaign = try campaign.flatMap { try CallerText(name: $0, of: "the campaign's name") }
    request.agent = try agent.flatMap { try CallerText(name: $0, of: "the agent's name") }
    request.pool = pool
    request.carrier = carrier
    request.areaCode = area
    return request
  }
}

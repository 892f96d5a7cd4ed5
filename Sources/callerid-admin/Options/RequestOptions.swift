import ArgumentParser
import Rotation

/// A call as `next` and `explain` are told of it.
struct RequestOptions: ParsableArguments {
  @Option(help: "The number being dialled.") var to: String
  @Option(help: "The campaign that calls.") var campaign: String?
  @Option(help: "The agent that calls.") var agent: String?
  @Option(help: "Draw only from this pool.") var pool: String?
  @Option(help: "Draw only from numbers of this carrier.") var carrier: String?
  @Option(help: "Match this area code instead of the destination's.") var area: String?

  func validate() throws {
    if let area, !AreaCode.isDigits(area) { throw ValidationError("--area is 1 to 6 digits.") }
  }

  var request: Request {
    var request = Request(destination: to)
    request.campaign = campaign.flatMap { CallerText($0) }
    request.agent = agent.flatMap { CallerText($0) }
    request.pool = pool
    request.carrier = carrier
    request.areaCode = area
    return request
  }
}

extension Match {
  /// Why a number is picked.
  func reason(areaCode: String?) -> String {
    switch self {
    case .area: "serves area code \(areaCode ?? "")"
    case .region: "serves another area code of the destination's state or province"
    case .any: "no number nearer to the destination was free"
    case .sticky: "it was shown before"
    case .exhausted: "none was free: the least used of those that calls hold"
    }
  }
}

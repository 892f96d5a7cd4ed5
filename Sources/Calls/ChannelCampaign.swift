internal import AGI

/// The campaign by the channel's variables, for a dialplan that gives none.
struct ChannelCampaign {
  /// VICIdial's, which its `call_log` sets; then what other dialplans call it.
  private static let variables: [StaticString] = ["CAMPCUST", "campaign_id"]

  /// The first variable that has a value.
  private(set) var name: String?
  /// Which variable is asked for.
  private var index = 0

  var question: [UInt8] {
    var bytes: [UInt8] = []
    Command.getVariable(name: Self.variables[index].description).write(to: &bytes)
    return bytes
  }

  /// - Returns: the next question; nil where that was the last.
  mutating func take(_ reply: Reply) -> [UInt8]? {
    if case .result(1, let value?) = reply, !value.isEmpty {
      name = value
      return nil
    }
    index += 1
    return index < Self.variables.count ? question : nil
  }
}

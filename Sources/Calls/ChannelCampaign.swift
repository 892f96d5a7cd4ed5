internal import AGI

/// The campaign by the channel's variables, for a dialplan that gives none.
///
/// They are asked for together: a channel has one of them or none, and Asterisk is quicker at a second command than at a
/// second turn.
struct ChannelCampaign {
  /// VICIdial's, which its `call_log` sets; then what other dialplans call it.
  private static let variables: [StaticString] = ["CAMPCUST", "campaign_id"]

  /// The first variable that has a value.
  private(set) var name: String?
  private var replies = 0

  static var questions: [UInt8] {
    var bytes: [UInt8] = []
    for variable in variables { Command.getVariable(name: variable.description).write(to: &bytes) }
    return bytes
  }

  /// - Returns: whether that was the last of the replies.
  mutating func take(_ reply: Reply) -> Bool {
    if name == nil, case .result(1, let value?) = reply, !value.isEmpty { name = value }
    replies += 1
    return replies == Self.variables.count
  }
}

internal import AGI
internal import Rotation

/// What the channel's variables say of a call, where the dialplan does not say it.
struct ChannelVariables {
  private enum Wanted { case outgoing, destination, campaign }

  /// Dial() sets it on the channel that it calls out with, before that channel runs what `b()` names.
  private static let outgoing: StaticString = "DIALEDPEERNUMBER"

  /// FreePBX's number as it goes to the trunk, and as it was dialled; then the extension that called a macro, whose own
  /// is `s`.
  private static let destinations: [StaticString] = ["OUTNUM", "DIAL_NUMBER", "MACRO_EXTEN"]
  /// VICIdial's, which its `call_log` sets; then what other dialplans call it.
  private static let campaigns: [StaticString] = ["CAMPCUST", "campaign_id"]

  /// Whether it is a channel that Dial() calls out with: what the trunk shows is then its connected line.
  private(set) var isOutgoing = false
  /// The first of its variables that holds a number.
  private(set) var destination: String?
  /// The first of its variables that has a value.
  private(set) var campaign: String?
  /// What is still to be asked.
  private var open: [(wanted: Wanted, variable: StaticString)]

  init(outgoing: Bool, destination: Bool, campaign: Bool) {
    open =
      (outgoing ? [(.outgoing, Self.outgoing)] : []) + (destination ? Self.destinations.map { (.destination, $0) } : [])
      + (campaign ? Self.campaigns.map { (.campaign, $0) } : [])
  }

  /// Nil where there is nothing left to ask.
  var question: [UInt8]? {
    open.first.map { Command.getVariable(name: $0.variable.description).line }
  }

  /// - Returns: the next question; nil where that was the last.
  mutating func take(_ reply: Reply) -> [UInt8]? {
    let wanted = open.removeFirst().wanted
    if case .result(1, let value?) = reply, !value.isEmpty {
      switch wanted {
      case .outgoing:
        isOutgoing = true
        guard Destination.isNumber(value), open.first?.wanted == .destination else { return question }
        destination = value
        open.removeAll { $0.wanted == .destination }
      case .destination where !Destination.isNumber(value): return question
      case .destination: destination = value
      case .campaign: campaign = value
      }
      open.removeAll { $0.wanted == wanted }
    }
    return question
  }
}

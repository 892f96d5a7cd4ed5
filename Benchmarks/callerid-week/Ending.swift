import Foundation
import Rotation

/// How a call ends, and when.
struct Ending {
  /// Seconds from the request to the release; nil: nobody releases the number.
  let after: Int?
  let dialStatus: String
  let answered: Int?
  let cause: Int?
  let technology: String?

  var outcome: Outcome {
    var outcome = Outcome()
    outcome.dialStatus = CallerText(dialStatus)
    outcome.answeredSeconds = answered
    outcome.hangUpCause = cause
    outcome.technologyCause = technology.flatMap { CallerText($0) }
    return outcome
  }

  /// Of all calls, those whose release never comes: a channel that was masqueraded, a dialplan that ends early.
  private static let unreleased = 0.03

  /// - Parameters:
  ///   - hour: by the local clock of the floor.
  ///   - isBlocked: whether carriers' analytics have come to know the number.
  init(of campaign: FloorCampaign, number: String, hour: Double, isBlocked: Bool, _ random: inout SplitMix) {
    guard !random.happens(Self.unreleased) else {
      self.init(after: nil, dialStatus: "")
      return
    }
    // Whoever works comes home by six. Numbers differ a little, for reasons that nobody knows.
    let ofHour = 0.9 + 0.35 * exp(-pow((hour - 18.5) / 2, 2)) - 0.15 * exp(-pow((hour - 8.5) / 1.2, 2))
    var ofNumber = SplitMix(seed: 5, of: Int(number.filter(\.isNumber)) ?? 0)
    let chance = campaign.answerRate * ofHour * (0.93 + 0.14 * ofNumber.fraction())
    if random.happens(isBlocked ? chance / 5 : chance) {
      let ring = 4 + random.below(18)
      let seconds = Self.seconds(campaign, &random)
      self.init(after: ring + seconds, dialStatus: "ANSWER", answered: seconds, cause: 16, technology: "SIP 200 OK")
      return
    }
    if random.happens(isBlocked ? 0.75 : 0.002) {
      let told = random.happens(0.8) ? "SIP 603 Network Blocked" : "SIP 608 Rejected"
      self.init(after: 1 + random.below(3), dialStatus: "CONGESTION", cause: 21, technology: told)
      return
    }
    self = Self.failure(&random)
  }

  /// The same, but over sooner.
  func cut(to seconds: Int) -> Ending {
    guard let after, after > seconds else { return self }
    return Ending(
      after: seconds, dialStatus: dialStatus, answered: answered.map { max(1, $0 - after + seconds) }, cause: cause,
      technology: technology)
  }

  private init(
    after: Int?, dialStatus: String, answered: Int? = nil, cause: Int? = nil, technology: String? = nil
  ) {
    self.after = after
    self.dialStatus = dialStatus
    self.answered = answered
    self.cause = cause
    self.technology = technology
  }

  /// Many hang up at once, most talk for a minute or two, and some for an hour.
  private static func seconds(_ campaign: FloorCampaign, _ random: inout SplitMix) -> Int {
    if random.happens(0.14) { return 1 + random.below(5) }
    return min(3600, max(6, Int(campaign.talkSeconds * exp(random.normal()))))
  }

  private static func failure(_ random: inout SplitMix) -> Ending {
    switch random.fraction() {
    case ..<0.62:
      Ending(after: 20 + random.below(15), dialStatus: "NOANSWER", cause: 19, technology: "SIP 487 Request Terminated")
    case ..<0.74: Ending(after: 2 + random.below(4), dialStatus: "BUSY", cause: 17, technology: "SIP 486 Busy Here")
    case ..<0.84: Ending(after: 5 + random.below(20), dialStatus: "CANCEL", cause: 16)
    case ..<0.92:
      Ending(after: 1 + random.below(5), dialStatus: "CONGESTION", cause: 34, technology: "SIP 503 Service Unavailable")
    case ..<0.96:
      Ending(after: 1 + random.below(3), dialStatus: "CHANUNAVAIL", cause: 1, technology: "SIP 404 Not Found")
    default: Ending(after: 3 + random.below(9), dialStatus: "CONGESTION", cause: 21, technology: "SIP 603 Decline")
    }
  }
}

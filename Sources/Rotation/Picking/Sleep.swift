/// Why a number is not picked, and until when.
///
/// Every rule that keeps a number from being picked says just this, and the pick knows nothing else of them: a number is
/// eligible when no rule puts it to sleep past now.
package struct Sleep: Equatable, Sendable {
  package let reason: Reason
  /// Seconds since 1970-01-01 UTC.
  package let until: Int

  /// For a number that only its operator wakes: a moment after every other (the year 36812).
  package static let forever = 1 << 40

  /// The rules, by the names that operators and the request log know them by.
  package enum Reason: String, Sendable {
    case disabled, retired, unproven, resting, reserved
    case hourlyLimit = "hourly_limit"
    case dailyLimit = "daily_limit"
    case campaignHourlyLimit = "campaign_hourly_limit"
    case campaignDailyLimit = "campaign_daily_limit"
  }
}

extension Number {
  /// The rule that keeps the number asleep the longest, or nil where it is eligible.
  ///
  /// - Parameter use: its use in a campaign that limits its numbers; nil: for all others.
  package func sleep(at moment: Moment, as use: CampaignUse? = nil) -> Sleep? {
    var longest: Sleep?
    for rule in Rule.all {
      let until = rule.wakes(self, use, moment)
      if until > moment.now, until > longest?.until ?? 0 {
        longest = Sleep(reason: rule.reason, until: until)
      }
    }
    return longest
  }
}

/// One reason for which a number is left alone. A new one is a file in `Rules` and its name in `all`.
struct Rule: Sendable {
  let reason: Sleep.Reason
  /// When it lets the number wake; a moment that is past where it does not apply.
  let wakes: @Sendable (Number, CampaignUse?, Moment) -> Int

  static let all: [Rule] = [
    .disabled, .retired, .unproven, .resting, .reserved, .hourlyLimit, .dailyLimit, .campaignHourlyLimit,
    .campaignDailyLimit,
  ]
}

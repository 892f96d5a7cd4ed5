/// Why a number is not picked, and until when.
///
/// A rule that keeps a number from being picked says only this. A number is eligible when no rule keeps it asleep past
/// now.
package struct Sleep: Equatable, Sendable {
  package let reason: Reason
  /// Seconds since 1970-01-01 UTC.
  package let until: Int

  /// For a number that only the operator can make eligible again: a moment later than any other (in the year 36812).
  package static let forever = 1 << 40

  /// The rules, by the names that operators and the request log know them by.
  package enum Reason: String, Sendable {
    case disabled, retired, unproven, away, resting, reserved
    case hourlyLimit = "hourly_limit"
    case dailyLimit = "daily_limit"
    case campaignHourlyLimit = "campaign_hourly_limit"
    case campaignDailyLimit = "campaign_daily_limit"
  }
}

extension Number {
  /// The rule that keeps the number asleep the longest, or nil where it is eligible.
  ///
  /// - Parameter use: how often a campaign with limits per number has used it; nil: the number is judged without these
  ///   limits.
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

  /// Every rule that keeps the number asleep, the longest first.
  package func sleeps(at moment: Moment, as use: CampaignUse? = nil) -> [Sleep] {
    Rule.all.map { Sleep(reason: $0.reason, until: $0.wakes(self, use, moment)) }
      .filter { $0.until > moment.now }.sorted { $0.until > $1.until }
  }
}

/// One reason not to pick a number. A new rule is a file in `Rules`, and its name in `all`.
struct Rule: Sendable {
  let reason: Sleep.Reason
  /// When the number wakes; a moment in the past if the rule does not apply.
  let wakes: @Sendable (Number, CampaignUse?, Moment) -> Int

  static let all: [Rule] = [
    .disabled, .retired, .unproven, .away, .resting, .reserved, .hourlyLimit, .dailyLimit, .campaignHourlyLimit,
    .campaignDailyLimit,
  ]
}

/// Why a number is not picked, and until when.
///
/// Every rule that keeps a number from being picked says just this, and the pick knows nothing else of them: a number is
/// eligible when no rule puts it to sleep past now.
package struct Sleep: Equatable, Sendable {
  package enum Reason: String, CaseIterable, Sendable {
    case disabled, retired, resting, reserved
    case hourlyLimit = "hourly_limit"
    case dailyLimit = "daily_limit"
  }

  package let reason: Reason
  /// Seconds since 1970-01-01 UTC.
  package let until: Int

  /// For a number that only its operator wakes: a moment after every other (the year 36812).
  package static let forever = 1 << 40
}

/// What the rules judge by.
package struct Moment: Sendable {
  package let now: Int
  package let windows: Windows
  let dailyLimit: Int?
  let hourlyLimit: Int?

  package init(now: Int, settings: Settings) {
    self.now = now
    windows = settings.calendar.windows(at: now)
    dailyLimit = settings.dailyLimit
    hourlyLimit = settings.hourlyLimit
  }
}

extension Number {
  /// The rule that keeps the number asleep the longest, or nil where it is eligible.
  package func sleep(at moment: Moment) -> Sleep? {
    var longest: Sleep?
    for reason in Sleep.Reason.allCases {
      let until = wakes(from: reason, at: moment)
      if until > moment.now, until > longest?.until ?? 0 {
        longest = Sleep(reason: reason, until: until)
      }
    }
    return longest
  }

  /// When a rule lets the number wake; a moment that is past where it does not apply.
  private func wakes(from reason: Sleep.Reason, at moment: Moment) -> Int {
    switch reason {
    case .disabled: state == .disabled ? Sleep.forever : 0
    case .retired: state == .retired ? Sleep.forever : 0
    case .resting: restingUntil
    case .reserved: reservedUntil
    case .hourlyLimit:
      reaches(effectiveHourlyLimit(moment), thisHour.calls(in: moment.windows.hour))
        ? moment.windows.hour.upperBound : 0
    case .dailyLimit:
      reaches(effectiveDailyLimit(moment), today.calls(in: moment.windows.day)) ? moment.windows.day.upperBound : 0
    }
  }

  package func effectiveDailyLimit(_ moment: Moment) -> Int? { dailyLimit.map(\.calls) ?? moment.dailyLimit }
  package func effectiveHourlyLimit(_ moment: Moment) -> Int? { hourlyLimit.map(\.calls) ?? moment.hourlyLimit }

  private func reaches(_ limit: Int?, _ calls: Int) -> Bool { limit.map { calls >= $0 } ?? false }
}

extension Settings {
  /// Whether numbers sleep for other times under these settings than under `other`.
  func sleepsDiffer(from other: Settings) -> Bool {
    dailyLimit != other.dailyLimit || hourlyLimit != other.hourlyLimit || calendar != other.calendar
  }
}

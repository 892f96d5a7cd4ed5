extension Rule {
  static let hourlyLimit = Rule(reason: "hourly_limit") { number, _, moment in
    let hour = moment.windows.hour
    return reaches(number.effectiveHourlyLimit(moment), number.thisHour.calls(in: hour)) ? hour.upperBound : 0
  }

  static let dailyLimit = Rule(reason: "daily_limit") { number, _, moment in
    let day = moment.windows.day
    return reaches(number.effectiveDailyLimit(moment), number.today.calls(in: day)) ? day.upperBound : 0
  }

  static func reaches(_ limit: Int?, _ calls: Int) -> Bool { limit.map { calls >= $0 } ?? false }
}

extension Number {
  package func effectiveHourlyLimit(_ moment: Moment) -> Int? {
    hourlyLimit.map(\.calls) ?? moment.settings.hourlyLimit
  }

  /// The number's limit or the settings', as far as it has warmed up.
  package func effectiveDailyLimit(_ moment: Moment) -> Int? {
    guard let limit = dailyLimit.map(\.calls) ?? moment.settings.dailyLimit else { return nil }
    return warmedUp(limit, at: moment)
  }

  /// A new number's limit grows in equal steps, a step a day, from the setting `warm_up_start` to its full value.
  /// Whether it still grows: `warmsUp(at:)`.
  private func warmedUp(_ limit: Int, at moment: Moment) -> Int {
    let settings = moment.settings
    guard warmsUp(at: moment), settings.warmUpStart < limit else { return limit }
    return settings.warmUpStart + (limit - settings.warmUpStart) * days(at: moment) / settings.warmUpDays
  }

  package func warmsUp(at moment: Moment) -> Bool {
    moment.settings.warmUpDays > 0 && days(at: moment) < moment.settings.warmUpDays
  }

  /// Calendar days since the one that it was added on, which have 23 to 25 hours each.
  private func days(at moment: Moment) -> Int {
    let first = moment.settings.calendar.windows(at: addedAt).day.lowerBound
    return max(0, (moment.windows.day.lowerBound - first + 43_200) / 86_400)
  }
}

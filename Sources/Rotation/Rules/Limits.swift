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
    let days = (moment.windows.day.lowerBound - firstDay(moment)) / 86_400
    return settings.warmUpStart + (limit - settings.warmUpStart) * max(0, days) / settings.warmUpDays
  }

  package func warmsUp(at moment: Moment) -> Bool {
    moment.settings.warmUpDays > 0
      && moment.windows.day.lowerBound < firstDay(moment) + moment.settings.warmUpDays * 86_400
  }

  /// When the day began in which it was added. Half a day is added against the hour that clocks are put forward by.
  private func firstDay(_ moment: Moment) -> Int {
    let sinceToday = moment.windows.day.lowerBound - addedAt
    guard sinceToday > 0 else { return moment.windows.day.lowerBound }
    return moment.windows.day.lowerBound - (sinceToday + 86_400 - 1) / 86_400 * 86_400
  }
}

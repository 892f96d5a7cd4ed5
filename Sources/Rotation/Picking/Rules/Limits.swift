extension Rule {
  static let hourlyLimit = Rule(reason: .hourlyLimit) { number, _, moment in
    let hour = moment.windows.hour
    return reaches(number.effectiveHourlyLimit(moment), number.thisHour.calls(in: hour)) ? hour.upperBound : 0
  }

  static let dailyLimit = Rule(reason: .dailyLimit) { number, _, moment in
    let day = moment.windows.day
    return reaches(number.effectiveDailyLimit(moment), number.today.calls(in: day)) ? day.upperBound : 0
  }

  static func reaches(_ limit: Int?, _ calls: Int) -> Bool { limit.map { calls >= $0 } ?? false }
}

extension Number {
  package func effectiveHourlyLimit(_ moment: Moment) -> Int? {
    hourlyLimit.map(\.calls) ?? moment.settings.hourlyLimit
  }

  /// The number's own daily limit or the setting's, reduced while the number warms up.
  package func effectiveDailyLimit(_ moment: Moment) -> Int? {
    guard let limit = dailyLimit.map(\.calls) ?? moment.settings.dailyLimit else { return nil }
    return warmedUp(limit, at: moment)
  }

  /// A new number's limit grows in equal steps, a step a day, from the setting `warm_up_start` to its full value.
  private func warmedUp(_ limit: Int, at moment: Moment) -> Int {
    let settings = moment.settings
    guard let day = warmUpDay(at: moment), settings.warmUpStart < limit else { return limit }
    return settings.warmUpStart + (limit - settings.warmUpStart) * (day - 1) / settings.warmUpDays
  }

  /// The day of the number's warm-up: 1 on the day on which it was added; nil if there is no warm-up or it is over.
  ///
  /// A number that was added on a day in the future was added before the clock was set back. It counts as being at its
  /// first day, unless that day is farther away than the warm-up is long; then it has no warm-up.
  package func warmUpDay(at moment: Moment) -> Int? {
    let most = moment.settings.warmUpDays
    guard most > 0 else { return nil }
    // Half a day is added, because calendar days have 23 to 25 hours.
    let first = moment.settings.calendar.windows(at: addedAt).day.lowerBound
    let age = moment.windows.day.lowerBound - first + 43_200
    let day = max(0, age / 86_400) + 1
    return day <= most && age > -most * 86_400 ? day : nil
  }
}

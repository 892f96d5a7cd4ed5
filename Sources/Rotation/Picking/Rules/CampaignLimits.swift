extension Rule {
  /// The campaign has called with the number as often as it may. Other campaigns may still use it.
  static let campaignHourlyLimit = Rule(reason: .campaignHourlyLimit) { _, use, moment in
    guard let use else { return 0 }
    let hour = moment.windows.hour
    return reaches(use.scope.hourlyLimit, use.thisHour.calls(in: hour)) ? hour.upperBound : 0
  }

  static let campaignDailyLimit = Rule(reason: .campaignDailyLimit) { _, use, moment in
    guard let use else { return 0 }
    let day = moment.windows.day
    return reaches(use.scope.dailyLimit, use.today.calls(in: day)) ? day.upperBound : 0
  }
}

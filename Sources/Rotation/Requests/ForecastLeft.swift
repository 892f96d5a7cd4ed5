/// The calls that numbers can still get today, within their limits.
struct ForecastLeft {
  /// Whether some number has neither a daily nor an hourly limit.
  private(set) var isUnlimited = false
  /// Calls until the day ends.
  private(set) var today = 0.0
  /// Calls until the clock hour ends, and in each further one.
  private var thisHour = 0.0
  private var eachHour = 0.0

  init() {}

  /// Of one number.
  init(of number: Number, at moment: Moment) {
    let windows = moment.windows
    let daily = number.effectiveDailyLimit(moment).map { max(0, $0 - number.today.calls(in: windows.day)) }
    let hourly = number.effectiveHourlyLimit(moment)
    let hour = hourly.map { max(0, $0 - number.thisHour.calls(in: windows.hour)) }
    // A day may end within an hour.
    let further = max(0, (windows.day.upperBound - windows.hour.upperBound + 3599) / 3600)
    let byHours = hour.flatMap { hour in hourly.map { hour + further * $0 } }
    guard let most = [daily, byHours].compactMap(\.self).min() else {
      isUnlimited = true
      return
    }
    today = Double(most)
    thisHour = Double(min(most, hour ?? most))
    eachHour = Double(min(most, hourly ?? most))
  }

  /// - Parameter share: which part of the number counts, from 0 to 1.
  mutating func add(_ other: ForecastLeft, share: Double) {
    isUnlimited = isUnlimited || other.isUnlimited
    today += share * other.today
    thisHour += share * other.thisHour
    eachHour += share * other.eachHour
  }

  /// When nothing is left at a rate of calls, in seconds since 1970-01-01 UTC; nil: not before the day ends.
  func dryAt(anHour calls: Int, at moment: Moment) -> Int? {
    guard calls > 0, !isUnlimited else { return nil }
    let rate = Double(calls) / 3600
    let day = moment.windows.day
    var (time, end) = (moment.now, min(moment.windows.hour.upperBound, day.upperBound))
    var left = today
    var ofHour = thisHour
    while time < day.upperBound {
      let wanted = rate * Double(end - time)
      let there = min(left, ofHour)
      if wanted > there + 1e-9 { return time + Int(there / rate) }
      left -= wanted
      (time, end) = (end, min(end + 3600, day.upperBound))
      ofHour = eachHour
    }
    return nil
  }
}

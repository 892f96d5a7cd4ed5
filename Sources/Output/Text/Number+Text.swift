package import Rotation

extension Number {
  /// Whether a call could get the number and, if not, why and until when, such as `at daily limit until 2026-11-25
  /// 00:00:00`.
  package func availability(at moment: Moment) -> String {
    guard let sleep = sleep(at: moment) else { return "available" }
    guard sleep.until != Sleep.forever else { return sleep.reason.word }
    return "\(sleep.reason.word) until \(Time.local(sleep.until, in: moment.settings.calendar))"
  }
}

extension Sleep.Reason {
  /// As a state of a number, such as `at daily limit`.
  package var word: String {
    switch self {
    case .hourlyLimit: "at hourly limit"
    case .dailyLimit: "at daily limit"
    default: rawValue
    }
  }
}

extension Limit {
  /// Calls and their limit, such as `12/100`, or `12/-` where there is no limit.
  package static func usage(_ calls: Int, of limit: Int?) -> String {
    "\(calls)/" + (limit.map(String.init) ?? "-")
  }
}

import Foundation
import Rotation

/// A moment as programs and people read it. 0 is the store's "not".
enum Time {
  /// ISO 8601 in UTC.
  static func utc(_ seconds: Int) -> String? {
    seconds > 0 ? Date(timeIntervalSince1970: TimeInterval(seconds)).formatted(.iso8601) : nil
  }

  /// In the store's own zone.
  static func local(_ seconds: Int, in calendar: Rotation.Calendar) -> String {
    guard seconds > 0 else { return "" }
    let time = calendar.local(seconds)
    return String(
      format: "%04d-%02d-%02d %02d:%02d:%02d", time.year, time.month, time.day, time.hour, time.minute, time.second)
  }
}

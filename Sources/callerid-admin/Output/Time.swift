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
    seconds > 0 ? calendar.text(of: seconds) : ""
  }
}

import Foundation
package import Rotation

/// A moment as programs and people read it. 0 stands for "never" in the store.
package enum Time {
  /// ISO 8601 in UTC; nil for 0.
  package static func utc(_ seconds: Int) -> String? {
    seconds > 0 ? Date(timeIntervalSince1970: TimeInterval(seconds)).formatted(.iso8601) : nil
  }

  /// The date and time in the store's time zone; empty for 0.
  package static func local(_ seconds: Int, in calendar: Rotation.Calendar) -> String {
    seconds > 0 ? calendar.text(of: seconds) : ""
  }
}

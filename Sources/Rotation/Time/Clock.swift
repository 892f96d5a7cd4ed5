internal import Glibc

/// Where the time comes from: the machine, or a test.
package struct Clock: Sendable {
  /// Seconds since 1970-01-01 UTC.
  package let now: @Sendable () -> Int

  package init(now: @escaping @Sendable () -> Int) { self.now = now }

  package static let system = Clock { time(nil) }

  /// Seconds that a clock is corrected by every day. One that was set back by more was wrong before, or is now.
  static let correction = 10

  /// Whether a moment that was the present once is still to come: the clock was set back.
  static func isToCome(_ moment: Int, at now: Int) -> Bool { moment > now + correction }
}

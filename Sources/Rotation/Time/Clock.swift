internal import Glibc

/// The source of the time: the machine, or a test.
package struct Clock: Sendable {
  /// Seconds since 1970-01-01 UTC.
  package let now: @Sendable () -> Int

  package init(now: @escaping @Sendable () -> Int) { self.now = now }

  package static let system = Clock { time(nil) }

  /// A clock that is set back by up to so many seconds was only corrected, as happens every day.
  static let correction = 10

  /// Whether a moment that has already been lies in the future, because the clock was set back.
  static func isToCome(_ moment: Int, at now: Int) -> Bool { moment > now + correction }
}

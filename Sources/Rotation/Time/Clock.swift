internal import Glibc

/// The source of the time: the machine, or a test.
package struct Clock: Sendable {
  /// Seconds since 1970-01-01 UTC.
  package let now: @Sendable () -> Int
  /// The time since the machine was started, which nobody can set; nil: the machine does not tell.
  package let uptime: @Sendable () -> Uptime?

  package init(
    now: @escaping @Sendable () -> Int, uptime: @escaping @Sendable () -> Uptime? = { Uptime.ofMachine }
  ) {
    self.now = now
    self.uptime = uptime
  }

  package static let system = Clock { time(nil) }

  /// A clock that is set back by up to so many seconds was only corrected, as happens every day.
  static let correction = 10

  /// Whether a moment that has already been lies in the future, because the clock was set back.
  static func isToCome(_ moment: Int, at now: Int) -> Bool { moment > now + correction }
}

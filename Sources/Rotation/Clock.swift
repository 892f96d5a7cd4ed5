internal import Glibc

/// Where the time comes from: the machine, or a test.
package struct Clock: Sendable {
  /// Seconds since 1970-01-01 UTC.
  package let now: @Sendable () -> Int

  package init(now: @escaping @Sendable () -> Int) { self.now = now }

  package static let system = Clock { time(nil) }
}

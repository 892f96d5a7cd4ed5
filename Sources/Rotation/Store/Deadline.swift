internal import Glibc

/// A moment on the monotonic clock at which waiting ends.
package struct Deadline: Sendable {
  private let nanoseconds: UInt64

  /// - Parameter milliseconds: from now; negative counts as 0.
  package static func after(milliseconds: Int) -> Deadline {
    Deadline(nanoseconds: Monotonic.now + UInt64(max(0, milliseconds)) * 1_000_000)
  }

  /// Rounded up; 0 once it has passed.
  package var remainingMilliseconds: Int {
    let now = Monotonic.now
    return now >= nanoseconds ? 0 : Int((nanoseconds - now + 999_999) / 1_000_000)
  }
}

/// The clock that setting the time does not change.
package enum Monotonic {
  /// Nanoseconds since some moment.
  package static var now: UInt64 {
    var now = timespec()
    clock_gettime(CLOCK_MONOTONIC, &now)
    return UInt64(now.tv_sec) * 1_000_000_000 + UInt64(now.tv_nsec)
  }
}

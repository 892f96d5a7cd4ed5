import Rotation
import Synchronization

/// What the threads of one dialer know together.
package final class Standing: Sendable {
  struct State {
    /// Nil: the dialer is to be made a member again first.
    var dialer: DialerID?
    var beat = 0
    /// The places whose numbers are leased inside calls; nil: not known yet.
    var scarce: Set<Demand>?
    /// Numbers that were leased inside calls, to be given back when these have ended.
    var brief: Set<String> = []
    /// Whether the engine may have leased a number of which nobody here knows.
    var hasDoubt = false
    /// Why the engine was not reached the last time; nil: it was.
    var failure: String?
  }

  private let state = Mutex(State())

  package init() {}

  func with<Result>(_ body: (inout sending State) -> sending Result) -> sending Result { state.withLock(body) }

  /// Why the engine cannot be reached now; nil: it was, the last time.
  package var failure: String? { state.withLock { $0.failure } }
}

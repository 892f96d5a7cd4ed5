import Rotation
import Synchronization

/// What takes long to find out: it is worked out beside the rest, and what was found last is shown meanwhile.
final class SlowLook<Value: Sendable>: Sendable {
  private struct State {
    var value: Value?
    var began: UInt64 = 0
    var took: UInt64 = 0
    var isUnderWay = false
  }

  private let interval: UInt64
  private let work: @Sendable () async throws -> Value
  private let state = Mutex(State())

  /// - Parameter seconds: how old it may get. It takes a twentieth of the time at most.
  init(every seconds: UInt64, _ work: @escaping @Sendable () async throws -> Value) {
    interval = seconds * 1_000_000_000
    self.work = work
  }

  /// What was found last; nil: nothing yet.
  ///
  /// - Parameter isRenewed: whether it is found out again where that is too old, for whoever asks next.
  func latest(renewing isRenewed: Bool = true) -> Value? {
    let now = Monotonic.now
    let (value, isDue) = state.withLock { state in
      let isOld = state.value == nil || now - state.began > max(interval, 20 * state.took)
      // After a failure it is tried again, but not at once.
      let isDue = isRenewed && !state.isUnderWay && isOld && (state.began == 0 || now - state.began > 1_000_000_000)
      if isDue { (state.isUnderWay, state.began) = (true, now) }
      return (state.value, isDue)
    }
    if isDue { Task { await find(begun: now) } }
    return value
  }

  private func find(begun: UInt64) async {
    let value = try? await work()
    state.withLock { state in
      if let value { state.value = value }
      state.took = Monotonic.now - begun
      state.isUnderWay = false
    }
  }
}

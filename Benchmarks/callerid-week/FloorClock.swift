import Rotation
import Synchronization

/// The time of the floor, which goes as fast as its calls are written.
final class FloorClock: Sendable {
  private let seconds: Atomic<Int>

  init(_ start: Int) { seconds = Atomic(start) }

  var now: Int { seconds.load(ordering: .relaxed) }

  func set(_ moment: Int) { seconds.store(moment, ordering: .relaxed) }

  var clock: Clock { Clock { self.now } }
}

/// The calls of one hour or day. The count of an earlier window does not matter in a later one.
package struct Usage: Equatable, Sendable {
  /// When the window that was counted began.
  package private(set) var window: Int
  package private(set) var calls: Int

  package init(window: Int = 0, calls: Int = 0) {
    self.window = window
    self.calls = calls.counted
  }

  package func calls(in current: Range<Int>) -> Int {
    window == current.lowerBound ? calls : 0
  }

  mutating func count(in current: Range<Int>) {
    // A damaged store may hold the largest integer.
    self = Usage(window: current.lowerBound, calls: min(calls(in: current), .max - 1) + 1)
  }
}

extension Int {
  /// Reads a count from the store. A damaged count is brought back into bounds, so that adding to it cannot overflow and
  /// end the program.
  var counted: Int { Swift.min(Swift.max(self, 0), 1 << 40) }
}

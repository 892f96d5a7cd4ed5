/// Calls counted in one window of time; the count of an earlier window is worth nothing in a later one.
package struct Usage: Equatable, Sendable {
  /// When the window that was counted began.
  var window: Int
  var calls: Int

  init(window: Int = 0, calls: Int = 0) {
    self.window = window
    self.calls = calls.counted
  }

  package func calls(in current: Range<Int>) -> Int {
    window == current.lowerBound ? calls : 0
  }

  mutating func count(in current: Range<Int>) {
    // A damaged store may say the highest number there is.
    self = Usage(window: current.lowerBound, calls: min(calls(in: current), .max - 1) + 1)
  }
}

extension Int {
  /// A count as the store has it. What damage made of one is brought back into bounds, so that counting on from it, or
  /// reckoning with it, cannot overflow and end the program.
  var counted: Int { Swift.min(Swift.max(self, 0), 1 << 40) }
}

/// Calls counted in one window of time; the count of an earlier window is worth nothing in a later one.
package struct Usage: Equatable, Sendable {
  /// When the window that was counted began.
  var window = 0
  var calls = 0

  package func calls(in current: Range<Int>) -> Int {
    window == current.lowerBound ? calls : 0
  }

  mutating func count(in current: Range<Int>) {
    // A damaged store may say the highest number there is.
    self = Usage(window: current.lowerBound, calls: min(calls(in: current), .max - 1) + 1)
  }
}

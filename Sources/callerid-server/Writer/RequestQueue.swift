import Foundation

/// What waits for the store's thread, the oldest first.
///
/// It may be shared between threads because all of its state is used with the condition locked.
final class RequestQueue<Element: Sendable>: @unchecked Sendable {
  private let condition = NSCondition()
  private var waiting: [Element] = []
  private var isClosed = false

  /// - Returns: false where so many wait already, or the queue is closed.
  func add(_ elements: [Element], atMost most: Int) -> Bool {
    condition.lock()
    defer { condition.unlock() }
    guard !isClosed, waiting.count < most else { return false }
    let isAsleep = waiting.isEmpty
    waiting += elements
    if isAsleep { condition.signal() }
    return true
  }

  /// Takes what waits, or waits for something to come.
  ///
  /// - Parameter seconds: how long to wait.
  /// - Returns: nothing where nothing has come; nil where nothing will come any more.
  func take(atMost most: Int, waiting seconds: Double) -> [Element]? {
    condition.lock()
    defer { condition.unlock() }
    if waiting.isEmpty {
      if isClosed { return nil }
      _ = condition.wait(until: Date(timeIntervalSinceNow: seconds))
    }
    let taken = Array(waiting.prefix(most))
    waiting.removeFirst(taken.count)
    return taken
  }

  var count: Int {
    condition.lock()
    defer { condition.unlock() }
    return waiting.count
  }

  /// Nothing more is taken in; what waits can still be taken.
  func close() {
    condition.lock()
    defer { condition.unlock() }
    isClosed = true
    condition.broadcast()
  }
}

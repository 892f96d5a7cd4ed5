import Foundation
import Synchronization
import Testing

/// Everything is made to fail on purpose, and counted; one suite after the other, so that the load of one is not taken
/// for the failure of another.
@Suite(.serialized) struct Torture {}

/// How much is tried: a sample in `make test`, everything in `make torture`.
enum Size {
  static let isFull = ProcessInfo.processInfo.environment["TORTURE"] == "full"

  static func of(short: Int, full: Int) -> Int { isFull ? full : short }
}

/// What was tried in this run, and what was lost; printed when the process ends.
enum Tally {
  private static let state = Mutex((points: 0, losses: 0, isPrinted: false))

  static func add(_ what: String, points: Int, losses: Int) {
    print("\(what): \(points) points, \(losses == 0 ? "nothing lost" : "\(losses) LOST")")
    let isFirst = state.withLock { state in
      state.points += points
      state.losses += losses
      defer { state.isPrinted = true }
      return !state.isPrinted
    }
    if isFirst { atexit { Tally.printTotal() } }
  }

  private static func printTotal() {
    let (points, losses, _) = state.withLock { $0 }
    print("\(points) points tried, \(losses == 0 ? "nothing lost" : "\(losses) LOST")")
    fflush(nil)
  }
}

/// As many of `items` as `count`, evenly spread.
func sample<Item>(_ items: [Item], _ count: Int) -> [Item] {
  guard items.count > count, count > 0 else { return count > 0 ? items : [] }
  return (0..<count).map { items[$0 * items.count / count] }
}

/// Runs `body` on each of `items`, two at a time, and gathers what it finds.
func inPairs<Item: Sendable>(
  _ items: [Item], _ body: @escaping @Sendable (Item) async throws -> [String]
) async throws -> [String] {
  try await withThrowingTaskGroup(of: [String].self) { group in
    var found: [String] = []
    for (index, item) in items.enumerated() {
      if index >= 2, let some = try await group.next() { found += some }
      group.addTask { try await body(item) }
    }
    for try await some in group { found += some }
    return found
  }
}

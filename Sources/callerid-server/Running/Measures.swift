import Calls
import Rotation
import Synchronization

/// What the server has done since it was started, for those who watch it.
final class Measures: Sendable {
  /// How a request has come.
  enum Way: String, CaseIterable {
    case fastAGI = "fastagi"
    case http
  }

  /// A count of values by upper bounds, as Prometheus has it.
  struct Histogram {
    let bounds: [Double]
    private(set) var counts: [Int]
    private(set) var sum = 0.0
    private(set) var count = 0

    init(_ bounds: [Double]) {
      self.bounds = bounds
      counts = Array(repeating: 0, count: bounds.count)
    }

    mutating func add(_ value: Double) {
      count += 1
      sum += value
      if let index = bounds.firstIndex(where: { value <= $0 }) { counts[index] += 1 }
    }
  }

  struct Figures {
    /// Requests by way and answer.
    var requests: [String: [String: Int]] = [:]
    /// Seconds from the request to its answer, by way.
    var durations: [String: Histogram] = [:]
    var groupSizes = Histogram([1, 2, 4, 8, 16, 32, 64])
    /// Seconds that a group waited for the store's lock.
    var lockWaits = Histogram(seconds)
    /// Seconds of a group's transaction, with its commit.
    var groupDurations = Histogram(seconds)
    /// Connections that are open, and those that were turned away, by way.
    var connections: [String: Int] = [:]
    var turnedAway: [String: Int] = [:]
    /// How often the overview of the page was drawn.
    var drawings = 0
    /// Pages that are open and follow it.
    var followers = 0
  }

  static let seconds = [0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1]

  private let figures = Mutex(Figures())

  var now: Figures { figures.withLock { $0 } }

  /// A request has been answered.
  func answered(_ word: String, by way: Way, took nanoseconds: UInt64) {
    figures.withLock {
      $0.requests[way.rawValue, default: [:]][word, default: 0] += 1
      $0.durations[way.rawValue, default: Histogram(Self.seconds)].add(Double(nanoseconds) / 1e9)
    }
  }

  func call(_ answer: StoreAnswer, by way: Way, took nanoseconds: UInt64) {
    let word =
      switch answer {
      case .picked(let answer, _): answer.status.rawValue
      case .released: "RELEASED"
      case .logged: Status.badRequest.rawValue
      case .failed(let error): Status(error).rawValue
      }
    answered(word, by: way, took: nanoseconds)
  }

  func group(of count: Int, waited: UInt64, took: UInt64) {
    figures.withLock {
      $0.groupSizes.add(Double(count))
      $0.lockWaits.add(Double(waited) / 1e9)
      $0.groupDurations.add(Double(took) / 1e9)
    }
  }

  func connections(_ change: Int, by way: Way) {
    figures.withLock { $0.connections[way.rawValue, default: 0] += change }
  }

  func drew() { figures.withLock { $0.drawings += 1 } }

  func followers(_ change: Int) { figures.withLock { $0.followers += change } }

  func turnedAway(by way: Way) {
    figures.withLock { $0.turnedAway[way.rawValue, default: 0] += 1 }
  }
}

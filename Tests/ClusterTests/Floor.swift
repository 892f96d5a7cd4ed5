import Cluster
import Foundation
import MariaDB
import Rotation
import Synchronization
import TestSupport
import Testing

/// A clock that a test sets: a dialer's time of day, and its uptime.
final class TestClock: Sendable {
  private let state: Mutex<(now: Int, uptime: Int)>

  init(now: Int = 1_780_000_000) { state = Mutex((now, 1000)) }

  var clock: Clock {
    Clock(
      now: { self.state.withLock { $0.now } },
      uptime: { Uptime(boot: "boot", seconds: self.state.withLock { $0.uptime }) })
  }

  func pass(_ seconds: Int) { state.withLock { $0 = ($0.now + seconds, $0.uptime + seconds) } }
}

/// A dialer of a test: a store of its own, what its daemon does, and calls.
final class TestDialer {
  let name: String
  let path: String
  let clock: TestClock
  let store: Store
  let standing = Standing()
  let options: ConnectionOptions
  private(set) var dialer: Dialer

  init(_ name: String, in folder: String, _ node: EngineNode, clock: TestClock = TestClock()) throws {
    self.name = name
    self.clock = clock
    path = "\(folder)/\(name).db"
    options = ConnectionOptions(
      hosts: [.init(name: "127.0.0.1", port: node.port)], user: EngineNode.user, password: EngineNode.password,
      database: EngineNode.database)
    try Store.create(path: path, clock: clock.clock)
    store = try Store(path: path, clock: clock.clock)
    try store.set(.timeZone, to: "UTC")
    try store.set(.agentCallsPerMinute, to: "none")
    dialer = Self.daemon(store, options, standing, clock)
  }

  static func daemon(_ store: Store, _ options: ConnectionOptions, _ standing: Standing, _ clock: TestClock) -> Dialer {
    let dialer = Dialer(store: store, options: options, standing: standing, clock: clock.clock, log: log)
    dialer.clockTolerance = .max
    return dialer
  }

  /// What a failed test shows besides.
  static let log: Dialer.Log = { _, text in print("  dialer: \(text)") }

  /// As after its daemon was killed and started again.
  func restart() { dialer = Self.daemon(store, options, standing, clock) }

  func engine() throws -> Engine { try Engine(options) }

  func add(_ numbers: [String], _ set: (inout NumberFields) throws -> Void = { _ in }) throws {
    for number in numbers {
      var fields = NumberFields()
      try set(&fields)
      _ = try store.add(phone(number), fields)
    }
  }

  func phone(_ text: String) throws -> PhoneNumber { try PhoneNumber(text, countryCode: "1") }

  @discardableResult
  func join(asFirst: Bool = false) throws -> ClusterJoining.Result {
    let engine = try engine()
    if asFirst { try engine.createTables(leaseSeconds: 3600, at: 1) }
    return try ClusterJoining(store: store, engine: engine, name: name).join()
  }

  /// Has the daemon do all that is due after so many seconds.
  func work(after seconds: Int = 61) throws {
    clock.pass(seconds)
    try dialer.work()
  }

  var held: Set<String> { get throws { Set(try store.leasedNumbers().map(\.e164)) } }

  func call(_ destination: String, campaign: String? = nil, ttl: Int = 0, asking: Bool = false) throws -> Answer {
    var request = Request(destination: destination)
    request.campaign = campaign.flatMap { CallerText($0) }
    request.reservationTTL = ttl
    request.asksCluster = asking
    return try store.pick(request)
  }
}

extension Answer {
  var number: String? { if case .granted(let grant) = self { grant.number.phone.e164 } else { nil } }
}

/// A folder that goes with the test.
final class TestFolder {
  let path: String

  init() throws {
    path = NSTemporaryDirectory() + "cluster-" + UUID().uuidString
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }
}

/// Runs a test with one node of the engine, on a thread that may block.
func withNode(_ body: @escaping @Sendable (EngineNode, String) throws -> Void) async throws {
  let node = try await EngineNode()
  try await blocking {
    let folder = try TestFolder()
    try body(node, folder.path)
    withExtendedLifetime(folder) {}
  }
  withExtendedLifetime(node) {}
}

func numbers(_ area: String, _ count: Int, from start: Int = 0) -> [String] {
  (start..<start + count).map { area + "555" + String(format: "%04d", $0) }
}

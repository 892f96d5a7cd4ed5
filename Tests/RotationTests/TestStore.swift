import Foundation
import SQLite
import Synchronization
import Testing

@testable import Rotation

/// A store in a folder of its own, and a clock that the test sets.
final class TestStore {
  let folder: String
  let clock: TestClock
  let store: Store

  /// - Parameter start: 2026-03-02 15:00 UTC, a Monday, unless a test needs another.
  init(start: Int = 1_772_463_600, timeZone: String = "UTC") throws {
    folder = FileManager.default.temporaryDirectory.path + "/rotation-\(UUID().uuidString)"
    clock = TestClock(start)
    try Store.create(path: folder + "/callerid.db", clock: clock.clock)
    store = try Store(path: folder + "/callerid.db", clock: clock.clock)
    try store.set(.timeZone, to: timeZone)
  }

  deinit { try? FileManager.default.removeItem(atPath: folder) }

  /// Another connection to the same store.
  func reopened() throws -> Store {
    try Store(path: store.path, clock: clock.clock)
  }

  /// Runs `body` in a transaction of a connection that is opened as callerid-agi opens it.
  func asCall<Result>(_ body: (Transaction) throws -> Result) throws -> Result {
    try Store.call(path: store.path, until: .after(milliseconds: 10_000), clock: clock.clock, body).result
  }

  /// Adds numbers, each written as `2145550101` or `2145550101 pool=sales carrier=Acme daily_limit=5`.
  func add(_ lines: String...) throws {
    for line in lines {
      let words = line.split(separator: " ")
      var fields = NumberFields()
      for word in words.dropFirst() {
        let parts = word.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
        let field = try #require(NumberField(rawValue: String(parts[0])))
        try fields.set(field, to: String(parts[1]))
      }
      _ = try store.add(try PhoneNumber(String(words[0])), fields)
    }
  }

  /// What a call to `destination` gets: the number's written digits, or the status where it gets none.
  func pick(
    _ destination: String = "12145551212", campaign: String? = nil, agent: String? = nil, pool: String? = nil,
    carrier: String? = nil, area: String? = nil, ttl: Int? = nil, uniqueID: String? = nil
  ) throws -> String {
    var request = Request(destination: destination)
    request.campaign = campaign.flatMap { CallerText($0) }
    request.agent = agent.flatMap { CallerText($0) }
    request.pool = pool
    request.carrier = carrier
    request.areaCode = area
    request.reservationTTL = ttl
    request.uniqueID = uniqueID.flatMap { CallerText($0) }
    switch try store.pick(request) {
    case .granted(let grant): return grant.number.phone.written
    case .refused(let status, _): return status.rawValue
    case .kept, .elsewhere: return Status.kept.rawValue
    }
  }

  /// Ends a call, with what Asterisk says of it.
  func release(_ uniqueID: String, dialStatus: String, answered seconds: Int? = nil) throws {
    var outcome = Outcome()
    outcome.answeredSeconds = seconds
    outcome.dialStatus = CallerText(dialStatus)
    _ = try store.release(uniqueID: try #require(CallerText(uniqueID)), outcome: outcome)
  }

  func number(_ digits: String) throws -> Number { try store.find(try PhoneNumber(digits)) }
}

final class TestClock: Sendable {
  private let seconds: Mutex<Int>
  init(_ start: Int) { seconds = Mutex(start) }
  var now: Int { seconds.withLock { $0 } }
  func advance(_ by: Int) { seconds.withLock { $0 += by } }
  func set(_ to: Int) { seconds.withLock { $0 = to } }
  var clock: Clock { Clock { self.now } }
}

extension TestStore {
  /// Every number stands once in each of its lanes, in the place its row says, and nothing else stands in any.
  func checkLanes() throws {
    var expected = 0
    var numbers: [Number] = []
    try store.eachNumber { numbers.append($0) }
    for number in numbers {
      for lane in number.lanes(ofCampaign: 0) {
        expected += 1
        try check(lane, of: number, asleepUntil: number.place.asleepUntil)
      }
      for scope in number.pool.scopes {
        let use = try store.read { try $0.use(of: number, in: scope) }
        for lane in number.lanes(ofCampaign: scope.campaignID) {
          expected += 1
          try check(lane, of: number, asleepUntil: use.asleepUntil)
        }
      }
    }
    #expect(try store.database.value("SELECT count(*) FROM lane") == expected)
    #expect(try store.database.value("SELECT total(numbers) = (SELECT count(*) FROM number) FROM pool") == 1)
    #expect(try store.database.value("PRAGMA integrity_check") == "ok")
  }

  private func check(_ lane: String, of number: Number, asleepUntil: Int) throws {
    let found: Int? = try store.database.value(
      "SELECT count(*) FROM lane WHERE name = ? AND asleep_until = ? AND last_request = ? AND number_id = ?",
      lane, asleepUntil, number.lastRequest, number.id)
    #expect(found == 1, "lane \(lane) of \(number.phone.written)")
  }
}

import SQLite
import Testing

@testable import Rotation

/// A store that is called until a barrier keeps the calls out, whatever its clock does.
final class ClockWorld {
  let test: TestStore
  let barrier: Barrier
  private var calls = 0
  /// The calls of the window that was counted last: a clock that comes back to an earlier one begins it anew.
  private var run = Usage()

  init(start: Int, zone: String, _ barrier: Barrier) throws {
    self.barrier = barrier
    test = try TestStore(start: start, timeZone: zone)
    for (setting, text) in barrier.settings { try test.store.set(setting, to: text) }
    for line in barrier.numbers { try test.add(line) }
    if !barrier.terms.isEmpty {
      _ = try test.store.set(barrier.terms.map { ($0.0, $0.1) }, of: try #require(CallerText("SALES")))
    }
  }

  var windows: Windows { test.store.moment.windows }

  /// One call, for which the store is opened as callerid-agi opens it, and its end.
  ///
  /// - Returns: whether it got a number.
  func call() throws -> Bool {
    var request = Request(destination: "12145551212")
    request.campaign = CallerText("SALES")
    request.agent = CallerText("1001")
    request.reservationTTL = barrier.terms.contains { $0.0 == .reservationTTL } ? nil : barrier.ttl
    calls += 1
    request.uniqueID = CallerText("\(calls)")
    let isAnswered = try test.asCall { try $0.pick(request) }.isGranted
    if isAnswered { count() }
    if let ending = barrier.ending {
      var outcome = Outcome()
      outcome.dialStatus = CallerText(ending)
      _ = try test.asCall { try $0.release(uniqueID: try #require(CallerText("\(calls)")), outcome: outcome) }
    }
    return isAnswered
  }

  private func count() {
    switch barrier.bound {
    case .hour: run.count(in: windows.hour)
    case .day: run.count(in: windows.day)
    case .seconds: return
    }
    #expect(run.calls <= barrier.most, "a limit is passed at \(test.clock.now)")
  }

  /// Calls at one moment until one is refused, and tells how many were not.
  func callUntilRefused() throws -> Int {
    var answered = 0
    while answered <= barrier.most, try call() { answered += 1 }
    return answered
  }

  /// Lets the clock go on until a call gets a number.
  ///
  /// - Returns: for how long none did; nil where that was longer than the barrier may last.
  func wait() throws -> Int? {
    let start = test.clock.now
    let bound = barrier.seconds(in: windows)
    for step in 0...8 {
      test.clock.set(start + bound * step / 8)
      let isAnswered = try call()
      try expectSound()
      if isAnswered { return bound * step / 8 }
    }
    return nil
  }

  func reset() throws {
    _ = try test.reopened().resetUsage(.init(hourly: true, daily: true, pastOnly: false))
    run = Usage()
  }

  // MARK: Whether all is right

  func expectSound() throws {
    let least = try test.store.database.value(Self.leastCounterSQL) ?? 0
    #expect(least >= 0, "a counter is negative at \(test.clock.now)")
    try test.store.eachNumber { number in
      #expect(number.reservations.allSatisfy { $0.from <= $0.until })
      #expect(number.reservations(at: test.clock.now).count <= barrier.most)
    }
  }

  /// As cron runs it every night.
  func expectNothingToMend() throws {
    try test.checkLanes()
    let report = try test.reopened().maintain(backupFolder: nil, keep: 1)
    #expect(report.lanes.isRight)
    try test.checkLanes()
    try expectSound()
  }

  private static let leastCounterSQL: StaticString = """
    SELECT min(least) FROM (
      SELECT min(used_today, used_this_hour, last_request, last_used_at, resting_until, asleep_until) AS least FROM number
      UNION ALL SELECT min(used_today, used_this_hour) FROM campaign
      UNION ALL SELECT min(used_today, used_this_hour, used_this_minute) FROM agent
      UNION ALL SELECT min(used_today, used_this_hour, asleep_until) FROM campaign_number
      UNION ALL SELECT min(calls, answered, answered_seconds) FROM daily_usage
      UNION ALL SELECT min(calls, answered, short) FROM outcome
      UNION ALL SELECT min(numbers) FROM pool
      UNION ALL SELECT min(until) FROM sticky
      UNION ALL SELECT min(id, at, reserved_until) FROM request)
    """
}

extension Answer {
  var isGranted: Bool { if case .granted = self { true } else { false } }
}

import SQLite
import Testing

@testable import Rotation

/// A store with many numbers, all but each hundredth of which can be put to sleep for one reason.
///
/// They are written as rows, since adding and using them one by one would take minutes; `checkLanes()` tells whether they
/// are what the store would have written.
struct Crowd {
  let test: TestStore
  let count: Int
  var store: Store { test.store }

  /// Numbers of four area codes in two regions, none with a limit of its own.
  init(_ count: Int) throws {
    test = try TestStore()
    self.count = count
    // Rows like that of the first number, which the store itself has written.
    try test.add("2145550101 daily_limit=none hourly_limit=none")
    try store.write { _ in
      try store.database.run(
        """
        WITH RECURSIVE each(n) AS (SELECT 2 UNION ALL SELECT n + 1 FROM each WHERE n < ?)
        INSERT INTO number (id, e164, written, name, pool_id, carrier_id, area_codes, state, daily_limit, hourly_limit,
          max_concurrent, added_at, attestation, authorized_by, verified_at, callback, day, used_today, hour,
          used_this_hour, last_request, last_used_at, holds, resting_until, rest_reason, asleep_until)
        SELECT n, '1' || area || (6000000 + n), area || (6000000 + n), name, pool_id, carrier_id, area,
          state, daily_limit, hourly_limit, max_concurrent, added_at, attestation, authorized_by, verified_at, callback,
          day, used_today, hour, used_this_hour, n, last_used_at, holds, resting_until, rest_reason, asleep_until
        FROM (
          SELECT n, CASE n % 4 WHEN 0 THEN '214' WHEN 1 THEN '972' WHEN 2 THEN '415' ELSE '510' END AS area FROM each
        ), (SELECT * FROM number WHERE id = 1)
        """, count)
      try store.database.run("UPDATE pool SET numbers = ?", count)
      // Requests as the numbers say that they have had.
      try store.database.run(
        """
        INSERT INTO request (id, at, status, number_id, reserved_until) SELECT id, ?, 'OK', id, 0 FROM number
        WHERE id > 1
        """, test.clock.now)
      try fileAll()
    }
  }

  enum Reason: String, CaseIterable, Sendable {
    case disabled, reserved, hourlyLimit, campaign
  }

  /// Puts all to sleep but each hundredth: a number of 214 each.
  func sleep(_ reason: Reason) throws {
    let (now, windows) = (test.clock.now, store.moment.windows)
    try store.write { _ in
      switch reason {
      case .disabled:
        try store.database.run(
          "UPDATE number SET state = 'disabled', asleep_until = ? WHERE id % 100 <> 0", Sleep.forever)
      case .reserved:
        try store.database.run(
          """
          UPDATE number SET holds = id || ':' || ?1 || ':' || (?1 + 60 + id % 600), asleep_until = ?1 + 60 + id % 600
          WHERE id % 100 <> 0
          """, now)
      case .hourlyLimit:
        try store.database.run(
          """
          UPDATE number SET hourly_limit = 5, hour = ?, used_this_hour = 5, asleep_until = ? WHERE id % 100 <> 0
          """, windows.hour.lowerBound, windows.hour.upperBound)
      case .campaign: break
      }
      try fileAll()
    }
    if reason == .campaign { try sleepForCampaign(windows) }
  }

  /// The campaign SALES has reached its limit with each.
  private func sleepForCampaign(_ windows: Windows) throws {
    _ = try store.set([(.numberDailyLimit, "90")], of: try #require(CallerText("SALES")))
    try store.write { transaction in
      let id = try transaction.campaign(try #require(CallerText("SALES"))).id
      try store.database.run(
        "UPDATE lane SET asleep_until = ? WHERE name LIKE ? AND number_id % 100 <> 0", windows.day.upperBound, "\(id):%"
      )
      try store.database.run(
        """
        INSERT INTO campaign_number (campaign_id, number_id, day, used_today, hour, used_this_hour, asleep_until)
        SELECT ?, id, ?, 90, 0, 0, ? FROM number WHERE id % 100 <> 0
        """, id, windows.day.lowerBound, windows.day.upperBound)
    }
  }

  /// All have reached their daily limit, and wake at midnight.
  func reachDailyLimits() throws {
    let day = store.moment.windows.day
    try store.write { _ in
      try store.database.run(
        "UPDATE number SET daily_limit = 50, day = ?, used_today = 50, asleep_until = ?", day.lowerBound, day.upperBound
      )
      try fileAll()
    }
  }

  /// All were reserved, one a second, `seconds` of them, and have been free again for `pause` seconds.
  func wereReserved(seconds: Int, pause: Int) throws {
    try store.write { _ in
      try store.database.run(
        "UPDATE number SET asleep_until = ?1 - id % ?2 WHERE id > 1", test.clock.now - pause, seconds)
      try fileAll()
    }
  }

  /// Half of the numbers are in the pool `closed`, and were put out of use without being moved to their places: a pick
  /// there meets them one by one, moves them, and is refused.
  func closeHalf() throws {
    try test.add("3125550101 pool=closed state=disabled")
    try store.write { _ in
      try store.database.run(
        """
        UPDATE number SET state = 'disabled', pool_id = (SELECT id FROM pool WHERE name = 'closed')
        WHERE id / 4 % 2 = 0 AND id > 1
        """)
      try store.database.run("UPDATE pool SET numbers = (SELECT count(*) FROM number WHERE pool_id = pool.id)")
      try fileAll()
    }
  }

  private func fileAll() throws {
    try store.database.run("DELETE FROM lane")
    try store.database.run(
      """
      INSERT INTO lane (name, asleep_until, last_request, number_id)
      SELECT '0:' || pool_id || ':' || area || ':' || carrier_id, asleep_until, last_request, id FROM (
        SELECT pool_id, carrier_id, asleep_until, last_request, id, '' AS area FROM number
        UNION ALL SELECT pool_id, carrier_id, asleep_until, last_request, id, area_codes FROM number)
      """)
  }

  /// The steps of SQLite's machine that each of some calls to `destination` takes.
  func steps(_ destination: String, calls: Int = 15, campaign: String? = nil, expecting match: String) throws -> [Int] {
    var request = Request(destination: destination)
    request.reservationTTL = 0
    request.campaign = campaign.flatMap { CallerText($0) }
    return try (0..<calls).map { _ in
      let before = store.database.machineSteps
      let answer = try store.pick(request)
      let steps = store.database.machineSteps - before
      if case .granted(let grant) = answer {
        #expect(grant.match.rawValue == match)
      } else {
        #expect(answer.status.rawValue == match)
      }
      return steps
    }
  }
}

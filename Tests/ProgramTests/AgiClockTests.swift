import Foundation
import TestSupport
import Testing

/// The programs on a machine whose clock was set back.
///
/// A test cannot set the machine's clock, and a time namespace does not shift the one that tells the date. Instead every
/// time that the store holds is put on by as much as the clock is to go back, by whole days so that hours and days begin
/// where they would. Nothing else in it, or beside it, tells the time: the programs find what they would find.
@Suite(.timeLimit(.minutes(2)))
struct AgiClockTests {
  /// Numbers that are at a limit, reserved and at rest by a rule: a call finds none.
  private func exhausted() async throws -> Installation {
    let callerID = try await Installation()
    _ = try await callerID.importCSV(
      "caller_id,hourly_limit,daily_limit,pool\n2145550101,1,none,a\n2145550102,none,1,b\n2145550103,none,none,c\n"
        + "2145550104,none,none,d\n2145550105,none,none,e\n")
    for (setting, value) in [("rest_below_answer_rate", "50"), ("rest_after_calls", "1"), ("rest_pool_share", "100")] {
      #expect(try await callerID.admin("config", "set", setting, value).status == 0)
    }
    #expect(try await callerID.admin("campaign", "set", "LEADS", "pools=e", "number_daily_limit=1").status == 0)
    for (index, pool) in Self.pools.enumerated() { #expect(try await call(callerID, pool, index).status == 0) }
    let released = try await callerID.agi(["", "", "action=release", "status=BUSY"], Self.asterisk(3))
    #expect(released.lines.first == "SET VARIABLE CALLERID_STATUS OK")
    return callerID
  }

  private static let pools = ["a", "b", "c", "d", "e"]

  private func call(_ callerID: Installation, _ pool: String, _ index: Int) async throws -> Finished {
    let campaign = pool == "e" ? "LEADS" : "SALES"
    let ttl = pool == "c" ? "600" : pool == "d" ? "120" : "0"
    return try await callerID.agi([campaign, "100\(index)", "pool=\(pool)", "ttl=\(ttl)"], Self.asterisk(index))
  }

  private static func asterisk(_ index: Int) -> AsteriskCall {
    AsteriskCall(number: index)
  }

  private func setBack(_ callerID: Installation, byDays days: Int) throws {
    let seconds = days * 86_400
    let columns: [(table: String, columns: [String])] = [
      ("number", ["added_at", "verified_at", "day", "hour", "last_used_at", "resting_until", "asleep_until"]),
      ("lane", ["asleep_until"]), ("campaign", ["day", "hour"]), ("agent", ["day", "hour", "minute"]),
      ("campaign_number", ["day", "hour", "asleep_until"]), ("sticky", ["until"]),
      ("request", ["at", "reserved_until", "released_at"]), ("daily_usage", ["day"]), ("audit", ["at"]),
      ("migration", ["applied_at"]),
    ]
    var sql = ""
    for (table, columns) in columns {
      // 0 is "not", and disabled numbers sleep for ever.
      for column in columns {
        sql += "UPDATE \(table) SET \(column) = \(column) + \(seconds) WHERE \(column) BETWEEN 1 AND \(1 << 39);"
      }
    }
    sql += "UPDATE setting SET value = value + \(seconds) WHERE key IN ('latest', 'archived_until');"
    for row in try rows(of: "SELECT id, holds FROM number WHERE holds <> ''", in: callerID.store) {
      let parts = row.split(separator: "|")
      let hold = parts[1].split(separator: ":").compactMap { Int($0) }
      sql += "UPDATE number SET holds = '\(hold[0]):\(hold[1] + seconds):\(hold[2] + seconds)' WHERE id = \(parts[0]);"
    }
    try execute(sql, on: callerID.store)
  }

  @Test(arguments: [1, 365])
  func aClockThatWasSetBackLocksNobodyOut(days: Int) async throws {
    let callerID = try await exhausted()
    try setBack(callerID, byDays: days)
    // All but the one that a call holds, which stands among the awake ones.
    #expect(try callerID.sql("SELECT count(*) FROM lane WHERE asleep_until > unixepoch() + 3600") >= 8)
    for (index, pool) in Self.pools.enumerated() {
      let finished = try await call(callerID, pool, 10 + index)
      #expect(finished.lines.contains("SET VARIABLE CALLERID(num) 214555010\(index + 1)"), "pool \(pool): \(finished)")
    }
  }

  @Test(arguments: [1, 365])
  func theOperatorIsToldAndCanGoOn(days: Int) async throws {
    let callerID = try await exhausted()
    try setBack(callerID, byDays: days)
    let report = try await callerID.object("doctor")
    let findings = try #require(report["findings"] as? [[String: Any]])
    let clock = try #require(findings.first { $0["check"] as? String == "clock" })
    #expect(clock["level"] as? String == "problem")
    #expect((clock["message"] as? String)?.contains("seconds in the future: the clock was wrong") == true)
    #expect(findings.first { $0["check"] as? String == "lanes" }?["level"] as? String == "ok")

    let stats = try await callerID.object("stats")
    #expect(stats["numbers"] as? Int == 5 && stats["available"] as? Int == 5)
    #expect(stats["requests"] as? Int == 0)
    #expect(try await callerID.rows("requests").count == 5)
    #expect(try await callerID.rows("reservations").isEmpty)
    #expect(try await callerID.object("show", "2145550104")["resting_until"] is NSNull)
    for command in [
      ["reset-usage", "--past"], ["maintain", "--no-backup"], ["reset-usage"], ["stats"], ["top", "--once"],
    ] {
      let finished = try await callerID.admin(command)
      #expect(finished.status == 0, "\(command): \(finished.errors)")
      #expect(!finished.output.contains(" -"), "\(command): \(finished.output)")
    }
    for (index, pool) in Self.pools.enumerated() {
      #expect(try await call(callerID, pool, 20 + index).status == 0, "pool \(pool)")
    }
    #expect(try callerID.sql("SELECT min(used_today) FROM number") >= 0)
    #expect(try rows(of: "PRAGMA integrity_check", in: callerID.store) == ["ok"])
  }
}

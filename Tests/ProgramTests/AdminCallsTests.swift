import Foundation
import TestSupport
import Testing

/// `next`, `reservations`, `release`, `requests`, `stats`, `reset-usage`.
@Suite(.timeLimit(.minutes(2)))
struct AdminCallsTests {
  static let nextKeys: Set = [
    "status", "caller_id", "carrier", "area_code", "match", "pool", "reserved_until", "meta",
  ]
  static let metaKeys: Set = [
    "reserved", "reason", "name", "used_today", "used_this_hour", "daily_limit", "hourly_limit",
  ]

  private func pool() async throws -> Installation {
    let callerID = try await Installation()
    _ = try await callerID.importCSV(
      "caller_id,carrier,pool\n2145550101,Verizon,\n3125550101,Acme,\n4155550101,Acme,sales\n")
    return callerID
  }

  /// Calls that take a number, as a dialplan would make them.
  private func call(_ callerID: Installation, _ uniqueID: String, _ arguments: String...) async throws {
    var call = AsteriskCall()
    call.uniqueID = uniqueID
    #expect(try await callerID.agi(arguments, call).status == 0)
  }

  private func time(_ value: Any?) throws -> Date {
    try Date(try #require(value as? String), strategy: .iso8601)
  }

  @Test func nextShowsAndTakesNothing() async throws {
    let callerID = try await pool()
    let before = try callerID.dump()
    let object = try await callerID.object("next", "--to", "12145551212", "--campaign", "SALES", "--agent", "1001")
    #expect(Set(object.keys) == Self.nextKeys)
    #expect(object["status"] as? String == "OK")
    #expect(object["caller_id"] as? String == "2145550101")
    #expect(object["carrier"] as? String == "Verizon")
    #expect(object["area_code"] as? String == "214")
    #expect(object["match"] as? String == "area")
    #expect(object["pool"] as? String == "default")
    #expect(object["reserved_until"] is NSNull)
    let meta = try #require(object["meta"] as? [String: Any])
    #expect(Set(meta.keys) == Self.metaKeys)
    #expect(meta["reserved"] as? Bool == false)
    #expect(meta["reason"] is NSNull)
    // As people type it, and as scripts do.
    for arguments in [["12145551212"], ["--to", "12145551212"]] {
      let text = try await callerID.admin(["next"] + arguments)
      #expect(text.output == "2145550101  serves area code 214, carrier Verizon\n")
    }
    #expect(try callerID.dump() == before)
    for arguments in [[], ["12145551212", "--to", "12145551213"]] {
      let wrong = try await callerID.admin(["next"] + arguments)
      #expect(wrong.status == 64)
      #expect(wrong.errors.contains("Give "), "\(wrong.errors)")
    }
  }

  @Test func nextDrawsFromWhatIsAskedFor() async throws {
    let callerID = try await pool()
    for (arguments, number, match) in [
      (["--area", "312"], "3125550101", "area"), (["--carrier", "Acme"], "3125550101", "any"),
      (["--pool", "sales"], "4155550101", "any"), ([], "2145550101", "area"),
    ] {
      let finished = try await callerID.admin(["next", "--to", "12145551212", "--json"] + arguments)
      let object = try #require(try finished.json() as? [String: Any])
      #expect(object["caller_id"] as? String == number)
      #expect(object["match"] as? String == match)
    }
  }

  @Test func nextTakesTheNumberWhereItIsTold() async throws {
    let callerID = try await pool()
    let object = try await callerID.object(
      "next", "--to", "12145551212", "--campaign", "SALES", "--agent", "1001", "--ttl", "500", "--reserve")
    #expect((object["meta"] as? [String: Any])?["reserved"] as? Bool == true)
    #expect(abs(try time(object["reserved_until"]).timeIntervalSinceNow - 500) < 60)
    let held = try #require(try await callerID.rows("reservations").first)
    #expect(held["caller_id"] as? String == "2145550101")
    #expect(held["campaign"] as? String == "SALES")
    #expect(try await callerID.object("next", "--to", "12145551212")["caller_id"] as? String == "3125550101")
  }

  @Test(arguments: [
    (["--to", "abc"], "BAD_REQUEST", "no usable destination"),
    (["--to", "911"], "BAD_REQUEST", "no usable destination"),
    (["--to", "sip:214555"], "BAD_REQUEST", "no usable destination"),
    (["--to", "12145551212", "--pool", "nowhere"], "BAD_REQUEST", "unknown pool"),
    (["--to", "12145551212", "--carrier", "Nobody"], "NONE_AVAILABLE", "no number of this carrier"),
  ])
  func nextThatGetsNoneIsARefusal(arguments: [String], status: String, reason: String) async throws {
    let callerID = try await pool()
    let before = try callerID.dump()
    let text = try await callerID.admin(["next"] + arguments)
    #expect(text.status == 1)
    #expect(text.output.isEmpty)
    #expect(text.errors == "callerid-admin: \(status): \(reason)\n")
    let json = try await callerID.admin(["next", "--json"] + arguments)
    #expect(json.status == 1)
    #expect(json.errors == text.errors)
    let object = try #require(try json.json() as? [String: Any])
    #expect(Set(object.keys) == Self.nextKeys)
    #expect(object["status"] as? String == status)
    #expect(object["caller_id"] is NSNull)
    let meta = try #require(object["meta"] as? [String: Any])
    #expect(Set(meta.keys) == Self.metaKeys)
    #expect(meta["reason"] as? String == reason)
    #expect(try callerID.dump() == before)
  }

  @Test func reservationsTellWhoHoldsWhat() async throws {
    let callerID = try await pool()
    try await call(callerID, "1790000000.1", "SALES", "1001")
    try await call(callerID, "1790000000.2", "", "")
    let rows = try await callerID.rows("reservations")
    let keys: Set = ["caller_id", "campaign", "agent", "destination", "uniqueid", "reserved_at", "expires_at"]
    #expect(rows.map { Set($0.keys) } == [keys, keys])
    #expect(rows.map { $0["uniqueid"] as? String } == ["1790000000.1", "1790000000.2"])
    #expect(rows.map { $0["campaign"] as? String } == ["SALES", nil])
    #expect(try time(rows[0]["expires_at"]).timeIntervalSince(time(rows[0]["reserved_at"])) == 120)
    let csv = try await callerID.admin("reservations", "--csv").lines
    #expect(csv[0] == "caller_id,campaign,agent,destination,uniqueid,reserved_at,expires_at")
    #expect(csv[1].hasPrefix("2145550101,SALES,1001,12145551212,1790000000.1,"))
    #expect(try await callerID.admin("reservations").lines.count == 3)
  }

  @Test func releaseFreesByNumberByCallOrAll() async throws {
    let callerID = try await pool()
    try await call(callerID, "1790000000.1", "SALES")
    try await call(callerID, "1790000000.2", "SALES")
    #expect(try await callerID.admin("release", "2145550101").output == "2145550101 is released\n")
    #expect(try await callerID.admin("release", "2145550101").output == "2145550101 was not reserved\n")
    #expect(try await callerID.admin("release", "--uniqueid", "1790000000.2").output == "3125550101 is released\n")
    try await callerID.expectRefusal(
      of: ["release", "--uniqueid", "1790000000.2"], saying: "no number is reserved for a call \"1790000000.2\". List")
    try await callerID.expectRefusal(
      of: ["release", "2145550101", "2145559999"], saying: "2145559999 is not in the store")
    try await call(callerID, "1790000000.3", "SALES")
    #expect(try await callerID.admin("release", "--all").output == "1 number released\n")
    #expect(try await callerID.rows("reservations").isEmpty)
  }

  @Test func requestsAreTheLogWithTheNewestFirst() async throws {
    let callerID = try await pool()
    try await call(callerID, "1790000000.1", "SALES", "1001")
    try await call(callerID, "1790000000.2", "OTHER")
    _ = try await callerID.admin("next", "--to", "abc", "--campaign", "SALES", "--reserve")
    let rows = try await callerID.rows("requests")
    let keys = [
      "request", "at", "destination", "campaign", "agent", "status", "caller_id", "match", "reason", "call_code",
      "lead_id", "uniqueid",
      "released_at", "dial_status", "answered_seconds", "hangup_cause", "hangup_tech", "blocked",
    ]
    #expect(rows.map { Set($0.keys) } == [Set(keys), Set(keys), Set(keys)])
    #expect(rows.map { $0["request"] as? Int } == [3, 2, 1])
    #expect(rows.map { $0["status"] as? String } == ["BAD_REQUEST", "OK", "OK"])
    #expect(rows.map { $0["caller_id"] as? String } == [nil, "3125550101", "2145550101"])
    #expect(abs(try time(rows[0]["at"]).timeIntervalSinceNow) < 60)
    #expect(try await callerID.rows("requests", "--last", "1").count == 1)
    #expect(try await callerID.rows("requests", "--campaign", "SALES").count == 2)
    #expect(try await callerID.rows("requests", "--status", "OK").count == 2)
    #expect(try await callerID.rows("requests", "--number", "+13125550101").count == 1)
    #expect(try await callerID.rows("requests", "--number", "3125550101", "--campaign", "SALES").isEmpty)
    let csv = try await callerID.admin("requests", "--csv").lines
    #expect(csv[0] == keys.joined(separator: ","))
    #expect(csv[1].hasSuffix(",abc,SALES,,BAD_REQUEST,,,no usable destination,,,,,,,,,false"))
    #expect(try await callerID.admin("requests").lines[1].hasSuffix("no usable destination"))
  }

  @Test func statsCountNumbersAndTodaysRequests() async throws {
    let callerID = try await pool()
    try await call(callerID, "1790000000.1", "SALES", "1001")
    _ = try await callerID.admin("set", "3125550101", "--daily-limit", "0")
    _ = try await callerID.admin("retire", "4155550101")
    #expect(try await callerID.agi(["SALES", "1002"]).status == 1)
    let object = try await callerID.object("stats")
    let counts = [
      "numbers": 3, "available": 0, "reserved": 1, "at_limit": 1, "resting": 0, "disabled": 1, "requests": 2,
      "granted": 1, "refused": 1, "kept": 0,
    ]
    #expect(Set(object.keys) == Set(counts.keys).union(["by_campaign", "by_agent", "by_number", "warnings"]))
    #expect(object.compactMapValues { $0 as? Int } == counts)
    for (list, key, name) in [
      ("by_campaign", "name", "SALES"), ("by_agent", "name", "1001"), ("by_number", "caller_id", "2145550101"),
    ] {
      let row = try #require((object[list] as? [[String: Any]])?.first)
      #expect(Set(row.keys) == [key, "used_today", "used_this_hour"])
      #expect(row[key] as? String == name)
      #expect(row["used_today"] as? Int == 1)
    }
    let text = try await callerID.admin("stats")
    #expect(text.lines.prefix(2) == ["Numbers         3", "  available     0"])
    #expect(
      text.errors
        == "callerid-admin: no number is available, so calls keep the caller-ID that they have. See why: "
        + "callerid-admin explain --to NUMBER\n")
    #expect(try await Installation().admin("stats").errors.contains("there are no numbers yet"))
  }

  @Test(arguments: [
    (["--hourly"], 1, 0), (["--daily"], 0, 1), ([], 0, 0), (["--hourly", "--daily"], 0, 0), (["--past"], 1, 1),
  ])
  func resetUsageClearsWhatItIsTold(arguments: [String], usedToday: Int, usedThisHour: Int) async throws {
    let callerID = try await pool()
    try await call(callerID, "1790000000.1", "SALES", "1001")
    let before = try callerID.dump()
    let rehearsed = try await callerID.admin(["reset-usage", "--dry-run", "--json"] + arguments)
    let report = try #require(try rehearsed.json() as? [String: Any])
    #expect(Set(report.keys) == ["numbers", "campaigns", "agents", "archived_days", "pruned_requests", "dry_run"])
    #expect(report["numbers"] as? Int == (arguments == ["--past"] ? 0 : 1))
    #expect(report["dry_run"] as? Bool == true)
    #expect(try callerID.dump() == before)

    let cleared = try await callerID.admin(["reset-usage"] + arguments)
    #expect(cleared.status == 0)
    #expect(cleared.errors.isEmpty)
    #expect(try callerID.sql("SELECT used_today FROM number WHERE e164 = '12145550101'") == usedToday)
    #expect(try callerID.sql("SELECT used_this_hour FROM number WHERE e164 = '12145550101'") == usedThisHour)
  }

  @Test func aResetFreesNumbersAtALimitUnlessOnlyPastCountersAreCleared() async throws {
    let callerID = try await Installation()
    _ = try await callerID.importCSV("caller_id,daily_limit\n2145550101,1\n")
    let call = ["SALES", "", "ttl=0"]
    #expect(try await callerID.agi(call).status == 0)
    #expect(try await callerID.agi(call).status == 1)
    _ = try await callerID.admin("reset-usage", "--daily", "--past")
    #expect(try await callerID.agi(call).status == 1)
    #expect(try await callerID.admin("reset-usage", "--daily").lines.count == 2)
    #expect(try await callerID.agi(call).status == 0)
  }

  @Test func programsReadUTCAndPeopleTheStoresOwnTime() async throws {
    let callerID = try await Installation(numbers: ["2145550101"])
    _ = try await callerID.admin("config", "set", "timezone", "Asia/Kolkata")
    _ = try await callerID.agi(["SALES"])
    let at = try #require(try await callerID.rows("requests").first?["at"] as? String)
    #expect(abs(try time(at).timeIntervalSinceNow) < 120)
    #expect(at.contains(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/))
    let local = try #require(try await callerID.admin("requests").lines.last?.prefix(19))
    #expect(try Date(local.replacing(" ", with: "T") + "+05:30", strategy: .iso8601) == time(at))
  }
}

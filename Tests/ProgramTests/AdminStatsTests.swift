import TestSupport
import Testing

/// `stats --by`, and what `requests` shows of outcomes.
@Suite(.timeLimit(.minutes(2)))
struct AdminStatsTests {
  static let groupings = ["number", "pool", "carrier", "area", "region", "campaign", "agent", "hour"]

  /// Three calls, answered, busy and unreported, and one that got no number.
  private func called() async throws -> Installation {
    let callerID = try await Installation()
    _ = try await callerID.importCSV("caller_id,carrier,pool\n2145550101,Verizon,\n3125550101,,sales\n")
    for (index, outcome) in [["status=ANSWER", "answered=35"], ["status=BUSY"], nil].enumerated() {
      var call = AsteriskCall(number: index)
      if index == 0 { call.callerIDName = "V1124150000000012345" }
      let pool = index == 1 ? ["pool=sales"] : []
      #expect(try await callerID.agi(["SALES", "1001"] + pool, call).status == 0)
      let release = ["", "", "action=release"] + (outcome ?? [])
      #expect(try await callerID.agi(release, call).status == 0)
    }
    #expect(try await callerID.agi(["OTHER", "", "carrier=Nobody"]).status == 1)
    return callerID
  }

  @Test func everyGroupingHasItsRows() async throws {
    let callerID = try await called()
    let keys = [
      "granted", "refused", "kept", "reported", "answered", "answer_rate", "average_seconds", "short", "short_share",
      "blocked",
    ]
    for grouping in Self.groupings {
      let rows = try await callerID.rows("stats", "--by", grouping)
      let key = ["number": "caller_id", "area": "area_code"][grouping] ?? grouping
      #expect(rows.allSatisfy { Set($0.keys) == Set(keys + [key]) }, "\(grouping)")
      #expect(rows.compactMap { $0["granted"] as? Int }.reduce(0, +) == 3, "\(grouping)")
      #expect(rows.compactMap { $0["answered"] as? Int }.reduce(0, +) == 1, "\(grouping)")
      let csv = try await callerID.admin("stats", "--by", grouping, "--csv")
      #expect(csv.lines.first == ([key] + keys).joined(separator: ","))
      #expect(csv.lines.count == rows.count + 1)
      let table = try await callerID.admin("stats", "--by", grouping)
      #expect(table.status == 0)
      #expect(table.errors.isEmpty)
      #expect(table.lines.count == rows.count + 1)
    }
  }

  @Test func howWellNumbersSuitIsShownForEachCampaignAndAreaCode() async throws {
    let callerID = try await Installation()
    _ = try await callerID.importCSV("caller_id\n2145550101\n2145550102\n3125550101\n")
    func call(_ campaign: String, _ destination: String) async throws {
      var call = AsteriskCall()
      call.extension = destination
      _ = try await callerID.agi([campaign], call)
    }
    try await call("SALES", "12145551212")
    try await call("SALES", "14695551212")
    try await call("SALES", "12145551213")
    try await call("OTHER", "13125551212")
    #expect(
      try await callerID.admin("stats", "--by", "match").lines == [
        "CAMPAIGN  AREA CODE  REQUESTS  AREA  REGION  ANY  REFUSED  IN AREA",
        "SALES     214               2     1       0    1        0     50 %",
        "OTHER     312               1     0       0    0        1      0 %",
        "SALES     469               1     0       1    0        0      0 %",
      ])
    let rows = try await callerID.rows("stats", "--by", "match")
    #expect(rows.map { $0["area_code"] as? String } == ["214", "312", "469"])
    #expect(rows[0]["any"] as? Int == 1)
    #expect(rows[1]["refused"] as? Int == 1)
    #expect(rows[2]["region"] as? Int == 1)
    #expect(rows[2]["area_share"] as? Int == 0)
    #expect(
      try await callerID.admin("stats", "--by", "match", "--csv").lines.first
        == "campaign,area_code,requests,area,region,country,any,sticky,exhausted,refused,area_share")
    let unknown = try await callerID.admin("stats", "--by", "matches")
    #expect(unknown.status == 64)
    #expect(unknown.errors.contains("match"), "\(unknown.errors)")
  }

  @Test func aTableForPeopleSaysWhatBecameOfTheCalls() async throws {
    let callerID = try await called()
    #expect(
      try await callerID.admin("stats", "--by", "campaign").lines == [
        "CAMPAIGN  GRANTED  REFUSED  ANSWERED  RATE  SECONDS  SHORT  BLOCKED",
        "SALES           3        0         1  50 %       35    0 %",
        "OTHER           0        1         0",
      ])
    #expect(
      try await callerID.admin("stats", "--by", "region").lines.map { $0.prefix(8) } == ["REGION  ", "TX Texas"])
    #expect(
      try await callerID.admin("stats", "--by", "carrier").lines == [
        "CARRIER  GRANTED  ANSWERED   RATE  SECONDS  SHORT  BLOCKED",
        "Verizon        2         1  100 %       35    0 %",
        "none           1         0    0 %",
      ])
  }

  @Test func requestsCarryTheOutcomeAndVICIdialsKeys() async throws {
    let callerID = try await called()
    let rows = try await callerID.rows("requests", "--campaign", "SALES")
    #expect(rows.map { $0["dial_status"] as? String } == [nil, "BUSY", "ANSWER"])
    #expect(rows[2]["answered_seconds"] as? Int == 35)
    #expect(rows[2]["call_code"] as? String == "V1124150000000012345")
    #expect(rows[2]["lead_id"] as? Int == 12345)
    #expect(rows[2]["uniqueid"] as? String == "1790000000.0")
    let table = try await callerID.admin("requests", "--agent", "1001", "--since", "1h")
    #expect(table.lines[0].hasSuffix("MATCH  OUTCOME      REASON"))
    #expect(table.lines.dropFirst().map { $0.contains("ANSWER 35 s") } == [false, false, true])
    #expect(table.lines[2].contains("BUSY"))
    #expect(try await callerID.rows("requests", "--destination", "+12145551212", "--last", "2").count == 2)
    #expect(
      try await callerID.admin("requests", "--since", "today", "--last", "1").errors
        == "callerid-admin: there may be more requests. Raise --last to see them\n")
    try await callerID.expectRefusal(
      of: ["requests", "--destination", "x"], saying: "a destination is a number of 7 to 21 digits, not \"x\"")
  }

  @Test func aTimeIsReadAsItIsWritten() async throws {
    let callerID = try await called()
    for since in [
      "today", "yesterday", "yesterday 15:00", "7d", "2h", "90m", "2026-01-31", "2026-01-31 9:30", "1970-01-01",
    ] {
      #expect(try await callerID.rows("stats", "--by", "pool", "--since", since).count == 2, "\(since)")
    }
    for since in [
      "soon", "0d", "7", "d", "-1d", "2026-13-01", "2026-02-30", "2026-1", "99999d", "7w", "today 24:00", "7d 9:00", "",
    ] {
      #expect(try await callerID.admin("stats", "--by", "pool", "--since=\(since)").status == 64, "\(since)")
    }
    try await callerID.expectRefusal(
      of: ["stats", "--by", "pool", "--since", "2999-01-01"], saying: "2999-01-01 is in the future")
    for misuse in [["--since", "today"], ["--csv"], ["--by", "moon"], ["--by", "pool", "--csv", "--json"]] {
      #expect(try await callerID.admin(["stats"] + misuse).status == 64)
    }
  }

  @Test func whatThePrunedLogCannotTellIsSaid() async throws {
    let callerID = try await called()
    _ = try callerID.sql("UPDATE request SET id = id + 10, at = at - 3 * 86400 RETURNING 1")
    let table = try await callerID.admin("stats", "--by", "campaign", "--since", "7d")
    #expect(table.errors.contains("the request log goes back to "))
    #expect(table.errors.contains("totals are kept by number, pool and carrier only"))
    _ = try callerID.sql(
      """
      INSERT INTO daily_usage
      SELECT at / 86400 * 86400 - 86400, 1, 5, 3, 60 FROM request LIMIT 1 RETURNING 1
      """)
    let numbers = try await callerID.admin("stats", "--by", "number", "--since", "7d")
    #expect(numbers.lines[1].hasPrefix("2145550101        7         4"))
    #expect(numbers.errors.contains("the report uses the daily totals that were kept"))
    #expect(try await callerID.admin("stats", "--by", "number").errors.isEmpty)
  }
}

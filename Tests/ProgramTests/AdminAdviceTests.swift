import Foundation
import TestSupport
import Testing

/// `why`, `burnt` and `forecast`.
@Suite(.timeLimit(.minutes(10)))
struct AdminAdviceTests {
  // MARK: why

  @Test func whyTellsPeopleAboutOneRequest() async throws {
    let callerID = try await Installation()
    _ = try await callerID.importCSV("caller_id,carrier\n2145550101,Acme\n")
    _ = try await callerID.admin("config", "set", "max_concurrent", "0")
    for index in 1...2 { _ = try await callerID.agi(["SALES", "1001"], AsteriskCall(number: index)) }
    let release = ["", "", "action=release", "status=ANSWER", "answered=35", "cause=16"]
    _ = try await callerID.agi(release, AsteriskCall(number: 2))
    let told = try await callerID.admin("why", "2")
    #expect(told.status == 0, "\(told.errors)")
    #expect(told.errors.isEmpty)
    for line in [
      #/Request         2, \d{4}-\d\d-\d\d \d\d:\d\d:\d\d/#,
      #/Destination     12145551212; area code 214, Texas/#,
      #/Campaign        SALES/#,
      #/Number          2145550101, pool default, carrier Acme/#,
      #/Why             The number: serves area code 214\./#,
      #/                Of the numbers that matched equally well and were awake, it was the least recently used: request 1 had it last, at .*, .* s before\./#,
      #/That day        1 call with this number before this one/#,
      #/Outcome         ANSWER 35 s, cause 16/#,
      #/Held            not at all: nothing was reserved/#,
    ] {
      #expect(try told.lines.contains { try line.wholeMatch(in: $0) != nil }, "\(told.output)")
    }
    #expect(try await callerID.admin("why", "--uniqueid", "1790000000.1").lines[0].hasPrefix("Request         1, "))
    let object = try await callerID.object("why", "2")
    #expect(object["request"] as? Int == 2)
    #expect(object["previous_request"] as? Int == 1)
    #expect(object["used_before_that_day"] as? Int == 1)
    #expect(object["now"] is NSNull)
  }

  @Test func whyTellsWhatARefusedRequestWouldGetNow() async throws {
    let callerID = try await Installation(numbers: ["2145550101"])
    _ = try await callerID.admin("disable", "2145550101")
    #expect(try await callerID.agi(["SALES"]).status == 1)
    let refused = try await callerID.admin("why", "1")
    #expect(refused.output.contains("Why             every number that would do is asleep"), "\(refused.output)")
    #expect(refused.output.contains("Now             it would be refused again: NONE_AVAILABLE: "), "\(refused.output)")
    _ = try await callerID.admin("enable", "2145550101")
    let now = try #require(try await callerID.object("why", "1")["now"] as? [String: Any])
    #expect(now["caller_id"] as? String == "2145550101")
    #expect(try await callerID.admin("why", "1").output.contains("it would get 2145550101: serves area code 214"))
    try await callerID.expectRefusal(of: ["why", "99"], saying: "the request log has no request 99")
    try await callerID.expectRefusal(of: ["why", "--uniqueid", "x"], saying: "the request log has no call \"x\"")
    for arguments in [["why"], ["why", "1", "--uniqueid", "x"], ["why", "x"], ["requests", "--lead", "0"]] {
      #expect(try await callerID.admin(arguments).status == 64)
    }
  }

  // MARK: burnt

  /// Thirty numbers that are answered in three of ten calls, and one, 2145550140, in one of ten.
  private func called() async throws -> Installation {
    let callerID = try await Installation(numbers: (10...40).map { "21455501\($0)" })
    _ = try callerID.sql(
      """
      WITH RECURSIVE n (i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i + 1 < 400)
      INSERT INTO request (at, status, number_id, match, reserved_until, dial_status, answered_seconds)
      SELECT strftime('%s', 'now') - 30000 + i * 60, 'OK', id, 'area', 0,
        CASE WHEN i % 10 < CASE id WHEN 31 THEN 1 ELSE 3 END THEN 'ANSWER' ELSE 'NOANSWER' END, 30
      FROM n, number ORDER BY i
      """)
    return callerID
  }

  @Test func burntTellsWhatToType() async throws {
    let callerID = try await called()
    let told = try await callerID.admin("burnt", "--since", "2d")
    #expect(told.status == 0 && told.errors.isEmpty, "\(told.errors)")
    let columns = #/CALLER ID +POOL +VERDICT +SURE +CALLS +RATE +EXPECTED +SHORT +BLOCKED +SINCE +THEN +RESTING UNTIL/#
    #expect(try columns.wholeMatch(in: told.lines[0]) != nil, "\(told.lines[0])")
    #expect(told.lines[1].hasPrefix("2145550140  default  burnt: fewer answers  99.99 %    400  10 %      30 %"))
    #expect(told.lines.last == "1 of 31 numbers with calls likely burnt; too few calls to tell of 0")
    let command = try #require(told.lines.first { $0.hasPrefix("  callerid-admin rest 2145550140 --for 7d --reason ") })
    // What it says can be typed.
    let typed = try await run(
      "/bin/sh", ["-c", command.replacing("callerid-admin", with: Program.admin.path)],
      environment: ["CALLERID_DB": callerID.store])
    #expect(typed.status == 0, "\(typed.errors)")
    #expect(try await callerID.object("show", "2145550140")["rest_reason"] as? String != "")
    let resting = try await callerID.admin("burnt", "--since", "2d")
    #expect(!resting.output.contains("callerid-admin rest"))
    let rows = try await callerID.rows("burnt", "--since", "2d")
    #expect(rows.count == 1)
    #expect(rows[0]["verdict"] as? String == "burnt")
    #expect(rows[0]["sign"] as? String == "answers")
    #expect(rows[0]["sureness"] as? Int == 99)
    #expect(rows[0]["resting_until"] is String)
    let all = try await callerID.rows("burnt", "--since", "2d", "--all")
    #expect(all.count == 31)
    #expect(all.dropFirst().allSatisfy { $0["verdict"] as? String == "not_burnt" && $0["command"] is NSNull })
    #expect(try await callerID.admin("burnt", "--since", "2d", "--all", "--csv").lines.count == 32)
    try await callerID.expectRefusal(of: ["burnt", "--pool", "nowhere"], saying: "there is no pool nowhere")
  }

  @Test func burntSaysWhereNoOutcomesAreReported() async throws {
    let told = try await Installation(numbers: ["2145550101"]).admin("burnt")
    #expect(told.output == "0 of 0 numbers with calls likely burnt; too few calls to tell of 0\n")
    #expect(told.errors.contains("no outcomes were reported in this time"))
  }

  // MARK: forecast

  /// 25 calls to 214 in this moment, for one number that may carry 10 a day.
  private func busy() async throws -> Installation {
    let callerID = try await Installation(numbers: ["2145550101", "3125550101"])
    for setting in [["default_daily_limit", "10"], ["default_hourly_limit", "none"], ["max_concurrent", "0"]] {
      _ = try await callerID.admin(["config", "set"] + setting)
    }
    _ = try await callerID.admin("campaign", "set", "SALES", "match=area")
    _ = try callerID.sql(
      """
      WITH RECURSIVE n (i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i + 1 < 25)
      INSERT INTO request (at, status, destination, area_code, number_id, match, reserved_until)
      SELECT strftime('%s', 'now'), CASE WHEN i < 10 THEN 'OK' ELSE 'NONE_AVAILABLE' END, '12145551212',
        CASE WHEN i < 10 THEN '214' END, CASE WHEN i < 10 THEN 1 END, CASE WHEN i < 10 THEN 'area' END, 0 FROM n
      """)
    return callerID
  }

  @Test func forecastTellsHowManyNumbersToBuy() async throws {
    let callerID = try await busy()
    let told = try await callerID.admin("forecast")
    #expect(told.status == 0 && told.errors.isEmpty, "\(told.errors)")
    #expect(
      told.lines[0]
        == "POOL     AREA CODE  ASKED  IN AREA  REGION  ELSEWHERE  REFUSED  NUMBERS  FREE  DAY  HOUR  DRY AT  BUY")
    #expect(
      told.lines[1].wholeMatch(of: #/default  214 +25 +10 +0 +0 +15 +1 +1 +25 +25 +(\d\d:\d\d)? +2/#) != nil,
      "\(told.output)")
    #expect(told.lines[2] == "2 numbers to buy, for 1 of 1")
    let one = try await callerID.admin("forecast", "214")
    #expect(one.lines[0] == "214 from pool default")
    #expect(
      one.lines[1]
        == "  25 requests: 10 got a number of the area code, 0 one of the same region, 0 another one, 15 none.")
    #expect(one.lines[2] == "  1 number in use serves it: 1 free, 0 reserved, 0 at a limit, 0 resting.")
    #expect(
      one.lines[3].hasSuffix(
        " had 25 requests. The numbers there carry 10 a day, and a new number carries 10: (25 - 10) / 10, rounded up, "
          + "is 2 numbers more."), "\(one.output)")
    #expect(one.lines[4].hasSuffix(" had 25 requests. The numbers there have no limit an hour."))
    #expect(one.lines[5] == "  The most of these counts: 2 numbers to buy.")
    let rows = try await callerID.rows("forecast")
    #expect(rows.map { $0["to_buy"] as? Int } == [2])
    #expect(rows[0]["area_code"] as? String == "214")
    #expect(rows[0]["held_seconds"] is NSNull)
    #expect(try await callerID.rows("forecast", "tx", "--match", "region")[0]["region_code"] as? String == "TX")
    #expect(try await callerID.admin("forecast", "--csv").lines.count == 2)
    try await callerID.expectRefusal(of: ["forecast", "999"], saying: "nobody has called 999 since ")
    #expect(try await callerID.admin("forecast", "--match", "country").status == 64)
    let none = try await Installation().admin("forecast")
    #expect(none.output == "0 numbers to buy, for 0 of 0\n")
    #expect(none.errors.contains("there were no requests in this time"))
  }

  @Test func theServerGivesTheForecast() async throws {
    let callerID = try await busy()
    let token = try #require(try await callerID.admin("token", "add", "tests", "--role", "read").lines.first)
    let server = try await Server(store: callerID.store)
    func get(_ path: String) async throws -> (status: Int, body: String) {
      try await server.http(path, "-H", "Authorization: Bearer \(token)")
    }
    #expect(try await server.http("/forecast").status == 401)
    let body = try await get("/forecast?since=today&area=214").body
    #expect(body.hasPrefix(#"[{"pool":"default","area_code":"214","asked":25,"#), "\(body)")
    #expect(try await get("/forecast?match=region").body.contains(#""region_code":"TX""#))
    #expect(try await get("/forecast?area=999").body == "[]")
    #expect(try await get("/forecast?match=country").status == 422)
  }

  // MARK: Over HTTP

  @Test func theServerGivesTheBurntNumbers() async throws {
    let callerID = try await called()
    let token = try #require(try await callerID.admin("token", "add", "tests", "--role", "read").lines.first)
    let server = try await Server(store: callerID.store)
    #expect(try await server.http("/burnt").status == 401)
    func get(_ path: String) async throws -> (status: Int, body: String) {
      try await server.http(path, "-H", "Authorization: Bearer \(token)")
    }
    let answer = try await get("/burnt?since=2d")
    #expect(answer.body.hasPrefix(#"[{"caller_id":"2145550140","pool":"default","verdict":"burnt","#), "\(answer)")
    #expect(try await get("/burnt?since=2d&all=yes&pool=default").body.contains("not_burnt"))
    #expect(try await get("/burnt?pool=nowhere").status == 404)
    #expect(try await get("/burnt?all=perhaps").status == 422)
    #expect(try await get("/burnt?since=tomorrow").status == 422)
  }

  @Test func theServerGivesTheSame() async throws {
    let callerID = try await Installation(numbers: ["2145550101"])
    var call = AsteriskCall()
    call.callerIDName = "V1124150050000001234"
    _ = try await callerID.agi(["SALES"], call)
    let token = try #require(try await callerID.admin("token", "add", "tests", "--role", "read").lines.first)
    let server = try await Server(store: callerID.store)
    func get(_ path: String) async throws -> (status: Int, body: String) {
      let answer = try await server.http(path, "-H", "Authorization: Bearer \(token)")
      return (answer.status, answer.body)
    }
    #expect(try await server.http("/requests/1").status == 401)
    #expect(try await get("/requests/1").body == callerID.admin("why", "1", "--json").lines.joined())
    #expect(try await get("/requests/7").status == 404)
    #expect(try await get("/requests/x").status == 422)
    #expect(try await get("/requests/0").status == 422)
    #expect(try await get("/requests/1?x=1").status == 422)
    #expect(try await get("/requests?lead=1234").body.contains(#""lead_id":1234"#))
    #expect(try await get("/requests?lead=1235").body == "[]")
  }
}

import Foundation
import TestSupport
import Testing

/// `why`, `burnt` and `forecast`.
@Suite(.timeLimit(.minutes(2)))
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

  // MARK: Over HTTP

  @Test func theServerGivesTheBurntNumbers() async throws {
    let callerID = try await called()
    let server = try await Server(store: callerID.store)
    #expect(try await server.http("/burnt").status == 401)
    let token = try #require(try await callerID.admin("token", "add", "tests", "--role", "read").lines.first)
    func get(_ path: String) async throws -> (status: Int, body: String) {
      try await server.http(path, "-H", "Authorization: Bearer \(token)")
    }
    var answer = try await get("/burnt?since=2d")
    for _ in 0..<50 where answer.status == 401 { answer = try await get("/burnt?since=2d") }
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

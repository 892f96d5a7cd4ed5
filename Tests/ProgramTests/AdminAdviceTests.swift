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

  // MARK: Over HTTP

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

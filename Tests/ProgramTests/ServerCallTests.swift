import Foundation
import TestSupport
import Testing

/// What is asked for calls over HTTP, line by line of the contract.
@Suite(.timeLimit(.minutes(5)))
struct ServerCallTests {
  private func object(_ text: String) throws -> [String: Any] {
    try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
  }

  private func installation() async throws -> Installation {
    let callerID = try await Installation()
    _ = try await callerID.importCSV("caller_id,carrier,name\n2145550101,Acme,Dallas\n3125550101,Bell,Chicago\n")
    _ = try await callerID.admin("config", "set", "busy_timeout_ms", "5000")
    return callerID
  }

  // MARK: A number

  @Test func aNumberIsGivenWithAllItsFields() async throws {
    let callerID = try await installation()
    let server = try await Server(store: callerID.store)
    let answer = try await server.http("/next-cid?to=%2B12145551212&campaign=SALES&agent=1001&uniqueid=1790000000.1")
    #expect(answer.status == 200)
    let given = try object(answer.body)
    #expect(
      Set(given.keys) == [
        "caller_id", "carrier", "area_code", "match", "meta", "expires_at", "campaign", "agent",
      ])
    #expect(given["caller_id"] as? String == "2145550101")
    #expect(given["match"] as? String == "area")
    let meta = try #require(given["meta"] as? [String: Any])
    #expect(meta["pool"] as? String == "default")
    #expect(meta["name"] as? String == "Dallas")
    let expiry = try #require(given["expires_at"] as? String)
    #expect(expiry.firstMatch(of: /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/) != nil)
    #expect(try callerID.sql("SELECT count(*) FROM request WHERE uniqueid = '1790000000.1' AND status = 'OK'") == 1)
    let free = try object(try await server.http("/next-cid?to=13125551212&campaign=&ttl=0").body)
    #expect(free["expires_at"] is NSNull)
    #expect(free["campaign"] is NSNull)
    let text = try await server.http("/next-cid?to=13125551212&campaign=S&format=text")
    #expect((text.status, text.body) == (200, "3125550101"))
  }

  @Test(arguments: [
    ("?campaign=S", 422, "to is missing"),
    ("?to=12145551212", 422, "campaign is missing"),
    ("?to=&campaign=S", 400, "no usable destination"),
    ("?to=12&campaign=S", 400, "no usable destination"),
    ("?to=12145551212&campaign=S&pool=none", 400, "unknown pool"),
    ("?to=12145551212&campaign=S&ttl=x", 422, "ttl is a whole number from 0 to 86400, not x"),
    ("?to=12145551212&campaign=S&area_code=abc", 422, "area_code is 1 to 6 digits, not abc"),
    ("?to=12145551212&campaign=S&format=xml", 422, "format is json or text, not xml"),
    ("?to=12145551212&campaign=S&pol=uk", 422, "unknown parameter pol; the parameters are to, campaign,"),
    ("?to=12145551212&campaign=S&to=13125551212", 422, "to is given twice"),
  ])
  func whatIsWrongIsNamed(query: String, status: Int, detail: String) async throws {
    let callerID = try await installation()
    let server = try await Server(store: callerID.store)
    let answer = try await server.http("/next-cid" + query)
    #expect(answer.status == status)
    #expect(try (object(answer.body)["detail"] as? String)?.hasPrefix(detail) == true, "\(answer.body)")
    #expect(try callerID.sql("SELECT count(*) FROM number WHERE holds <> ''") == 0)
  }

  @Test func refusalsHaveTheContractsWords() async throws {
    let callerID = try await installation()
    let server = try await Server(store: callerID.store)
    for _ in 0..<2 { #expect(try await server.http("/next-cid?to=12145551212&campaign=S").status == 200) }
    let none = try await server.http("/next-cid?to=12145551212&campaign=S")
    #expect(none.status == 404)
    #expect(try object(none.body)["detail"] as? String == "No available caller-ID found")
    _ = try await callerID.admin("config", "set", "agent_calls_per_minute", "1")
    _ = try await callerID.admin("release", "--all")
    var answers: [(status: Int, body: String)] = []
    for _ in 0..<3 { answers.append(try await server.http("/next-cid?to=12145551212&campaign=S&agent=7", "-i")) }
    // A minute may begin in between.
    let limited = try #require(answers.first { $0.status == 429 })
    #expect(limited.body.contains(#"{"detail":"Agent rate limit exceeded""#), "\(limited.body)")
    #expect(limited.body.lowercased().contains("retry-after: "))
  }

  @Test func aStoreThatIsLockedIsSaid() async throws {
    let callerID = try await installation()
    _ = try await callerID.admin("config", "set", "busy_timeout_ms", "100")
    let server = try await Server(store: callerID.store)
    let holder = try LockHolder(path: callerID.store)
    let busy = try await server.http("/next-cid?to=12145551212&campaign=S", "-i")
    holder.release()
    #expect(busy.status == 503)
    #expect(busy.body.contains(#"{"detail":"the store is locked by another process"}"#), "\(busy.body)")
    #expect(busy.body.lowercased().contains("retry-after: 1"))
  }

  // MARK: Its end

  @Test func aReleaseFreesTheNumberAndKeepsTheOutcome() async throws {
    let callerID = try await installation()
    let server = try await Server(store: callerID.store)
    let form = "uniqueid=1.1&status=ANSWER&answered=12&cause=16"
    for (index, body) in [#"{"caller_id":"2145550101","status":"BUSY","cause":17}"#, form, #"{"request":3}"#]
      .enumerated()
    {
      #expect(
        try await server.http("/next-cid?to=12145551212&campaign=S&area_code=214&uniqueid=1.\(index)").body.contains(
          "2145550101"))
      let released = try await server.http("/release", "-d", body)
      #expect((released.status, released.body) == (200, #"{"released":["2145550101"]}"#))
    }
    #expect(try callerID.sql("SELECT count(*) FROM request WHERE dial_status = 'BUSY' AND hangup_cause = 17") == 1)
    #expect(
      try callerID.sql("SELECT count(*) FROM request WHERE dial_status = 'ANSWER' AND answered_seconds = 12") == 1)
    #expect(try await server.http("/release", "-d", #"{"uniqueid":"none"}"#).body == #"{"released":[]}"#)
    for (body, status) in [
      ("{}", 422), ("[]", 422), ("x", 422), (#"{"caller_id":"9"}"#, 422), (#"{"request":"x"}"#, 422),
    ] {
      #expect(try await server.http("/release", "-d", body, "-H", "Content-Type: application/json").status == status)
    }
  }

  // MARK: The optimizer's interface

  @Test func clientsOfTheOptimizerAreAnswered() async throws {
    let callerID = try await installation()
    let server = try await Server(store: callerID.store)
    let key = ["-H", "x-api-key: anything"]
    // Its clients always send a key: one that is not known is refused.
    #expect(
      try await server.http("/api/v1/dids/next?campaign_id=S&agent_id=1&customer_phone=2145551212", key[0], key[1])
        .status == 401)
    let path =
      "/api/v1/dids/next?campaign_id=S&agent_id=1&customer_phone=2145551212&customer_state=TX&customer_zip=75001"
    let answer = try await server.http(path)
    #expect(answer.status == 200)
    let given = try object(answer.body)
    #expect(given["success"] as? Bool == true)
    let did = try #require(given["did"] as? [String: Any])
    for name in ["number", "phoneNumber", "phone_number"] { #expect(did[name] as? String == "2145550101", "\(name)") }
    #expect((given["metadata"] as? [String: Any])?["campaign_id"] as? String == "S")
    let result =
      #"{"uniqueid":"1790000000.5","leadId":"1","campaignId":"S","phoneNumber":"2145551212","disposition":"SALE","duration":45}"#
    let reported = try await server.http("/api/v1/call-results", "-H", "Content-Type: application/json", "-d", result)
    #expect(reported.status == 200, "\(reported.body)")
    #expect(
      try callerID.sql("SELECT count(*) FROM request WHERE dial_status = 'ANSWER' AND answered_seconds = 45") == 1)
    #expect(try callerID.sql("SELECT count(*) FROM number WHERE holds <> ''") == 0)
    let none = try await server.http("/api/v1/dids/next?campaign_id=S")
    #expect(none.status == 422)
    // Nothing that is dialled, and with a character where its last ten bytes begin.
    let strange = try await server.http(
      "/api/v1/calls/report", "--data-urlencode", "phoneNumber=\u{89BA}\u{A5CD4}\u{D0}J7")
    #expect(strange.status == 200)
    #expect(try await server.http("/health").status == 200)
  }
}

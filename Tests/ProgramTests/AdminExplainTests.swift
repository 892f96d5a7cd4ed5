import Foundation
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(2)))
struct AdminExplainTests {
  static let keys: Set = [
    "status", "reason", "caller_id", "carrier", "area_code", "match", "pool", "last_used_at", "destination", "campaign",
    "agent", "tiers", "next",
  ]

  private func pool() async throws -> Installation {
    let callerID = try await Installation()
    _ = try await callerID.importCSV(
      """
      caller_id,carrier,pool
      2145550101,Acme,sales
      2145550102,Acme,sales
      9725550103,Bell,sales
      3125550104,Bell,sales
      3125550105,,default
      """)
    _ = try await callerID.admin(
      "campaign", "set", "SALES", "pools=sales,default", "number_daily_limit=1", "dial_prefix=91")
    return callerID
  }

  @Test func itTellsPeopleStepByStep() async throws {
    let callerID = try await pool()
    var call = AsteriskCall()
    call.extension = "912145551212"
    #expect(try await callerID.agi(["", "1001"], call).status == 0)
    _ = try await callerID.admin("disable", "2145550102")
    let before = try callerID.dump()
    let explained = try await callerID.admin("explain", "--to", "912145551212", "--agent", "1002")
    #expect(explained.status == 0)
    #expect(explained.errors.isEmpty)
    #expect(
      explained.output == """
        Destination     +1 2145551212 (North America), as it is dialled in its country; area code 214, Texas
        Campaign        SALES, found by its dial prefix 91; calls this hour: 1, today: 1
        Agent           1002; calls this minute: 0 of 60

        TRIED   AREA CODES   POOL     NUMBERS  ELIGIBLE  ASLEEP
        area    214          sales          2         0  1 campaign_daily_limit, 1 disabled
        area    214          default        0         0
        region  972 469 945  sales          1         1

        Chosen          9725550103: serves another area code of the destination's state or province, carrier Bell, pool sales
        Last used       never

        THEN        MATCH  POOL     LAST USED
        3125550104  any    sales    never
        3125550105  any    default  never

        """)
    #expect(try callerID.dump() == before)
  }

  @Test func itGivesProgramsTheSame() async throws {
    let callerID = try await pool()
    let object = try await callerID.object("explain", "--to", "12145551212", "--campaign", "SALES", "--area", "972")
    #expect(Set(object.keys) == Self.keys)
    #expect(object["status"] as? String == "OK")
    #expect(object["caller_id"] as? String == "9725550103")
    #expect(object["match"] as? String == "area")
    let destination = try #require(object["destination"] as? [String: Any])
    #expect(destination["area_code"] as? String == "972")
    #expect(destination["region"] as? String == "TX")
    #expect((object["campaign"] as? [String: Any])?["found_by"] as? String == "name")
    #expect(object["agent"] is NSNull)
    let tier = try #require((object["tiers"] as? [[String: Any]])?.first)
    #expect(Set(tier.keys) == ["match", "area_codes", "pool", "numbers", "eligible", "asleep"])
    let next = try #require(object["next"] as? [[String: Any]])
    #expect(next.map { $0["caller_id"] as? String } == ["2145550101", "2145550102", "3125550104", "3125550105"])
    #expect(Set(next[0].keys) == ["caller_id", "match", "pool", "last_used_at"])
  }

  @Test(arguments: [
    ["--to", "abc"], ["--to", "12145551212", "--pool", "nowhere"], ["--to", "12145551212", "--carrier", "Nobody"],
    ["--to", "12145551212", "--agent", "1001"], ["--to", "12145551212", "--pool", "sales", "--carrier", "Bell"],
  ])
  func aRefusalIsToldInTheWordsOfTheLog(arguments: [String]) async throws {
    let callerID = try await pool()
    _ = try await callerID.admin("agent", "set", "1001", "--calls-per-minute", "0")
    _ = try await callerID.admin("disable", "9725550103", "3125550104")
    let explained = try await callerID.admin(["explain"] + arguments)
    #expect(explained.status == 0)
    #expect(try await callerID.admin(["next", "--reserve"] + arguments).status == 1)
    let logged = try #require(try await callerID.rows("requests", "--last", "1").first)
    let (status, reason) = (try #require(logged["status"] as? String), try #require(logged["reason"] as? String))
    #expect(explained.lines.last == "Refused         \(status): \(reason)")
    let json = try await callerID.admin(["explain", "--json"] + arguments)
    let object = try #require(try json.json() as? [String: Any])
    #expect(Set(object.keys) == Self.keys)
    #expect(object["status"] as? String == status)
    #expect(object["reason"] as? String == reason)
    #expect(object["caller_id"] is NSNull)
  }

  @Test(arguments: [[], ["--to", "12145551212", "--area", "x"], ["--to", "12145551212", "--csv"]])
  func misuseIsTold(arguments: [String]) async throws {
    #expect(try await Installation().admin(["explain"] + arguments).status == 64)
  }
}

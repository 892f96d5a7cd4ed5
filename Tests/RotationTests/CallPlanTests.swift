import SQLite
import Testing

@testable import Rotation

/// No statement that a call runs reads a table from end to end, or sorts: `EXPLAIN QUERY PLAN` of each says so.
struct CallPlanTests {
  @Test func aCallSearchesAndNeverScansOrSorts() throws {
    let test = try TestStore()
    try test.add(
      "2145550101", "9725550101", "8135550101 area_code=FL", "3125550101 pool=sales", "3125550102 pool=sales",
      "7275550101 pool=last carrier=Bell", "7275550102 pool=last state=disabled",
      "2145550111 pool=many", "2145550112 pool=many", "2145550113 pool=many")
    try configure(test)
    var calls = Calls(test: test)
    let ttl = 120

    try calls.pick("12145551212", "area") { $0.reservationTTL = 0 }
    try calls.pick("14695551212", "region") { $0.reservationTTL = 0 }
    try calls.pick("19155551212", "region") { $0.reservationTTL = 0 }
    try calls.pick("18135551212", "area") { $0.reservationTTL = 0 }
    try calls.pick("14155551212", "any") { $0.reservationTTL = 0 }
    // An agent and a campaign that nobody has heard of, then again.
    for _ in 0..<2 {
      try calls.pick("12145551212", "area") { ($0.campaign, $0.agent) = (CallerText("NEW"), CallerText("1001")) }
      try calls.release(status: "ANSWER")
    }
    try calls.pick("12145551212", "area") { $0.campaign = CallerText("STICKY") }
    try calls.release(status: nil)
    try calls.pick("19725551212", "area") { $0.campaign = CallerText("STICKY") }
    try calls.release(status: nil)
    try calls.pick("2145551212", "sticky") { $0.campaign = CallerText("STICKY") }
    // Poor enough to be put to rest.
    try calls.release(status: "BUSY")
    #expect(try test.number("2145550101").restReason != "")

    // A campaign with lanes of its own, by its dial prefix, until it has used them up.
    try calls.pick("9113125551212", "area") { _ in }
    try calls.pick("9113125551212", "area") { $0.reservationTTL = ttl }
    try calls.pick("9113125551212", "NONE_AVAILABLE") { _ in }
    test.clock.advance(3600)
    try calls.pick("9113125551212", "area") { _ in }

    // Nobody's but the caller's fault.
    try calls.pick("911", "BAD_REQUEST") { _ in }
    try calls.pick("12145551212", "BAD_REQUEST") { $0.pool = "nowhere" }
    try calls.pick("12145551212", "RATE_LIMITED") { $0.agent = CallerText("1002") }
    try calls.pick("12145551212", "NONE_AVAILABLE") { $0.campaign = CallerText("CAPPED") }
    try calls.pick("12145551212", "NONE_AVAILABLE") { $0.carrier = "Nobody" }
    try calls.use { try $0.log(refusalOf: Request(destination: "12145551212"), reason: "an unknown option") }

    try calls.pick("12145551212", "KEPT") { ($0.respectExisting, $0.callerID) = (true, "2145550101") }
    try calls.pick("12145551212", "KEPT") { ($0.campaign, $0.callerID) = (CallerText("POLITE"), "2145559998") }

    try calls.pick("12145551212", "any") { ($0.pool, $0.carrier) = ("last", "bell") }
    try calls.pick("12145551212", "NONE_AVAILABLE") { $0.pool = "last" }
    try calls.pick("12145551212", "exhausted") { $0.campaign = CallerText("LAST") }
    let request = calls.lastRequest
    try calls.use { try $0.giveBack(request: request) }

    // Groups of numbers that have woken one after the other, which a pick clears away.
    for ttl in [10, 20, 30] { try calls.pick("14155551212", "any") { ($0.pool, $0.reservationTTL) = ("many", ttl) } }
    try calls.pick("14155551212", "NONE_AVAILABLE") { $0.pool = "many" }
    test.clock.advance(60)
    try calls.pick("14155551212", "any") { $0.pool = "many" }
    // Numbers that another process has left to be re-sorted.
    try test.store.write { try $0.noteResorting() }
    try calls.pick("14155551212", "any") { $0.pool = "many" }

    let missing = Self.expected.filter { expected in !calls.plans.keys.contains { $0.hasPrefix(expected) } }
    #expect(missing.isEmpty)
    for (sql, plan) in calls.plans.sorted(by: { $0.key < $1.key }) {
      for line in plan {
        #expect(!line.hasPrefix("SCAN") && !line.contains("TEMP B-TREE"), "\(line): \(sql)")
      }
    }
  }

  /// What the calls must have run, by the beginnings of their statements.
  private static let expected = [
    "SELECT key, value FROM setting", "INSERT OR REPLACE INTO setting", "DELETE FROM setting",
    "SELECT id, name, has_regions, scopes FROM pool", "SELECT numbers FROM pool", "SELECT id, name FROM carrier",
    "SELECT * FROM campaign WHERE name", "SELECT * FROM campaign WHERE dial_prefix", "INSERT INTO campaign ",
    "UPDATE campaign SET", "SELECT id, calls_per_minute, day", "INSERT INTO agent", "UPDATE agent SET",
    // Where numbers are looked for: the lanes, what has woken in one, what sleeps there, and what a pick wakes.
    "SELECT name, asleep_until, last_request, number_id FROM lane WHERE name > ?",
    "SELECT asleep_until, last_request, number_id FROM lane",
    "SELECT asleep_until, number_id FROM lane", "SELECT number_id FROM lane", "INSERT INTO lane", "DELETE FROM lane",
    "SELECT * FROM number WHERE id = ?", "SELECT * FROM number WHERE e164", "SELECT * FROM number WHERE id > ?",
    "SELECT count(*) FROM number WHERE pool_id", "UPDATE number SET", "SELECT day, used_today, hour",
    "INSERT OR REPLACE INTO campaign_number", "SELECT number_id FROM sticky", "INSERT OR REPLACE INTO sticky",
    "INSERT INTO request", "SELECT id, released_at IS NULL", "SELECT number_id FROM request",
    "UPDATE request SET released_at", "UPDATE request SET uniqueid",
    "SELECT calls, answered, short, blocked FROM outcome",
    "INSERT OR REPLACE INTO outcome",
  ]

  private func configure(_ test: TestStore) throws {
    for (setting, text) in [
      (.restBelowAnswerRate, "99"), (.restAfterCalls, "1"), (.restPoolShare, "100"),
    ] as [(Setting, String)] {
      try test.store.set(setting, to: text)
    }
    for (name, values) in [
      "STICKY": [(.sticky, "destination")], "CAPPED": [(.hourlyLimit, "0")],
      "POLITE": [(.respectExisting, "yes"), (.callerID, "2145559999")],
      "PREFIX": [(.dialPrefix, "91"), (.pools, "sales"), (.numberHourlyLimit, "1")],
      "LAST": [(.whenExhausted, "least-used"), (.pools, "last")],
    ] as [String: [(CampaignSetting, String)]] {
      _ = try test.store.set(values.map { (setting: $0.0, text: $0.1) }, of: try #require(CallerText(name)))
    }
    try test.store.setCallsPerMinute(try Limit("0", name: "limit"), of: try #require(CallerText("1002")))
  }
}

/// Calls that open the store as callerid-agi does, and leave the plans of their statements.
private struct Calls {
  let test: TestStore
  var plans: [String: [String]] = [:]
  var lastRequest = 0

  mutating func use(_ body: (Transaction) throws -> Void) throws {
    let store = try Store.call(
      path: test.store.path, until: .after(milliseconds: 10_000), clock: test.clock.clock, body
    ).store
    for (sql, plan) in try store.database.queryPlans() { plans[sql] = plan }
  }

  mutating func pick(_ destination: String, _ expected: String, _ change: (inout Request) -> Void) throws {
    var request = Request(destination: destination)
    request.uniqueID = CallerText("1.1")
    change(&request)
    var last = lastRequest
    try use { transaction in
      let answer = try transaction.pick(request)
      if case .granted(let grant) = answer {
        last = grant.request
        #expect(grant.match.rawValue == expected, "\(destination)")
      } else {
        #expect(answer.status.rawValue == expected, "\(destination)")
      }
    }
    lastRequest = last
  }

  mutating func release(status: String?) throws {
    var outcome = Outcome()
    outcome.dialStatus = status.flatMap { CallerText($0) }
    try use { _ = try $0.release(uniqueID: try #require(CallerText("1.1")), outcome: outcome) }
  }
}

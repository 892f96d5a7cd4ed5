import Foundation
import TestSupport
import Testing

/// `list`, `show`, `add`, `set`, `enable`, `disable`, `retire`, `remove`.
@Suite(.timeLimit(.minutes(2)))
struct AdminNumbersTests {
  static let keys: Set = [
    "caller_id", "name", "carrier", "area_code", "pool", "enabled", "daily_limit", "hourly_limit", "used_today",
    "used_this_hour", "last_used_at", "reserved_until", "resting_until",
  ]
  /// Those that `show`, `add` and `set` give as well.
  static let details: Set = [
    "state", "added_at", "rest_reason", "warm_up_day", "max_concurrent", "reservations", "attestation", "authorized_by",
    "verified_at", "callback",
  ]

  private func pool() async throws -> Installation {
    let callerID = try await Installation()
    _ = try await callerID.importCSV(
      """
      caller_id,carrier,area_code,pool,name
      2145550101,Verizon,,,Dallas
      3125550101,Acme,312 773,sales,Chicago
      4155550101,,,sales,
      """)
    return callerID
  }

  private func listed(_ callerID: Installation, _ arguments: String...) async throws -> [String] {
    try await callerID.admin(["list", "--csv"] + arguments).lines.dropFirst().map { String($0.prefix(10)) }
  }

  @Test func listGivesProgramsItsKeysAndPeopleATable() async throws {
    let callerID = try await pool()
    let rows = try await callerID.rows("list")
    #expect(rows.map { Set($0.keys) } == [Self.keys, Self.keys, Self.keys])
    #expect(rows[0]["last_used_at"] is NSNull)
    #expect(rows[2]["carrier"] is NSNull)
    let csv = try await callerID.admin("list", "--csv").lines
    #expect(Set(csv[0].split(separator: ",").map(String.init)) == Self.keys)
    #expect(csv[2] == "3125550101,Chicago,Acme,312 773,sales,true,100,20,0,0,,,")
    #expect(
      try await callerID.admin("list").output == """
        CALLER ID   AREA     CARRIER  POOL     HOUR    DAY  LAST USED  STATE      NAME
        2145550101  214      Verizon  default  0/20  0/100             available  Dallas
        3125550101  312 773  Acme     sales    0/20  0/100             available  Chicago
        4155550101  415               sales    0/20  0/100             available

        """)
  }

  @Test func listKeepsThoseThatMatchEveryOption() async throws {
    let callerID = try await pool()
    _ = try await callerID.admin("disable", "4155550101")
    #expect(try await listed(callerID) == ["2145550101", "3125550101", "4155550101"])
    #expect(try await listed(callerID, "--pool", "SALES") == ["3125550101", "4155550101"])
    #expect(try await listed(callerID, "--carrier", "acme") == ["3125550101"])
    #expect(try await listed(callerID, "--area", "773") == ["3125550101"])
    #expect(try await listed(callerID, "--state", "disabled") == ["4155550101"])
    #expect(try await listed(callerID, "--available", "--pool", "sales") == ["3125550101"])
    #expect(try await listed(callerID, "--pool", "nowhere").isEmpty)
    #expect(try await callerID.admin("list", "--pool", "nowhere", "--json").output == "[\n]\n")
  }

  @Test func twoNumbersWrittenAlikeAreBothListed() async throws {
    let callerID = try await Installation(numbers: ["+4722334455", "4722334455"])
    #expect(try await callerID.rows("list").count == 2)
    #expect(try await callerID.admin("list").lines.count == 3)
  }

  @Test func showKnowsANumberHoweverItIsWritten() async throws {
    let callerID = try await pool()
    for number in ["3125550101", "13125550101", "+1 (312) 555-0101"] {
      let object = try await callerID.object("show", number)
      #expect(Set(object.keys) == Self.keys.union(Self.details))
      #expect(object["caller_id"] as? String == "3125550101")
      #expect(object["area_code"] as? String == "312 773")
    }
    #expect(
      try await callerID.admin("show", "3125550101").lines.prefix(2) == [
        "Caller-ID       3125550101", "Name            Chicago",
      ])
    try await callerID.expectRefusal(of: ["show", "2145559999"], saying: "2145559999 is not in the store. Add it with")
    try await callerID.expectRefusal(of: ["show", "abc"], saying: "abc: not a phone number")
  }

  @Test func addTakesANumberThatIsNew() async throws {
    let callerID = try await Installation()
    let added = try await callerID.object(
      "add", "12145550101", "--carrier", "Acme", "--area-code", "214 469", "--daily-limit", "60", "--hourly-limit",
      "none",
      "--name", "Dallas", "--pool", "sales")
    #expect(Set(added.keys) == Self.keys.union(Self.details))
    #expect(added["caller_id"] as? String == "12145550101")
    #expect(added["daily_limit"] as? Int == 60)
    #expect(added["hourly_limit"] is NSNull)
    #expect(added["pool"] as? String == "sales")
    try await callerID.expectRefusal(of: ["add", "2145550101"], saying: "2145550101 is in the store already")
    try await callerID.expectRefusal(
      of: ["add", "2145550102", "--daily-limit=-1"], saying: "daily_limit is a whole number")
    try await callerID.expectRefusal(
      of: ["add", "2145550102", "--area-code", "x"], saying: "area_code is 1 to 6 digits")
    try await callerID.expectRefusal(of: ["add", "345"], saying: "345: too short")
  }

  @Test func setChangesWhatIsSaidAndNothingElse() async throws {
    let callerID = try await pool()
    let changed = try await callerID.object("set", "3125550101", "--daily-limit", "9", "--carrier", "")
    #expect(changed["daily_limit"] as? Int == 9)
    #expect(changed["carrier"] is NSNull)
    #expect(changed["name"] as? String == "Chicago")
    #expect(changed["area_code"] as? String == "312 773")
    #expect(try await callerID.object("set", "3125550101", "--daily-limit", "")["daily_limit"] as? Int == 100)
    #expect(try await callerID.object("set", "3125550101", "--area-code", "")["area_code"] as? String == "312")
    try await callerID.expectRefusal(of: ["set", "2145559999", "--name", "x"], saying: "is not in the store")
    try await callerID.expectRefusal(
      of: ["set", "3125550101", "--name", String(repeating: "x", count: 65)], saying: "name is longer than 64")
  }

  @Test func aNumberLeavesRotationAndComesBack() async throws {
    let callerID = try await pool()
    for (command, state) in [
      ("disable", "disabled"), ("enable", "enabled"), ("retire", "retired"), ("enable", "enabled"),
    ] {
      let finished = try await callerID.admin(command, "2145550101", "3125550101")
      #expect(finished.output == "2145550101 is \(state)\n3125550101 is \(state)\n")
      #expect(try await callerID.object("show", "2145550101")["enabled"] as? Bool == (state == "enabled"))
      let next = try await callerID.object("next", "--to", "12145551212")
      #expect(next["status"] as? String == (state == "enabled" ? "OK" : "NONE_AVAILABLE"))
    }
    for command in ["disable", "enable", "retire", "remove"] {
      try await callerID.expectRefusal(
        of: [command, "2145550101", "2145559999"], saying: "2145559999 is not in the store")
    }
  }

  @Test func onlyAnUnusedNumberIsRemovedUnlessForced() async throws {
    let callerID = try await pool()
    _ = try await callerID.admin("next", "--to", "12145551212", "--reserve")
    try await callerID.expectRefusal(
      of: ["remove", "3125550101", "2145550101"], saying: "2145550101 has been used: people may ring it back")
    #expect(try await callerID.admin("remove", "3125550101").output == "3125550101 is deleted\n")
    #expect(try await callerID.admin("remove", "2145550101", "--force").output == "2145550101 is deleted\n")
    #expect(try await listed(callerID) == ["4155550101"])
    #expect(try callerID.sql("SELECT count(*) FROM lane") == 2)
    #expect(try await callerID.rows("requests").first?["caller_id"] is NSNull)
  }
}

import TestSupport
import Testing

/// `campaign list`, `show`, `set`, `unset`, `remove`.
@Suite(.timeLimit(.minutes(2)))
struct AdminCampaignTests {
  /// Each setting, its default in JSON's words, values that are taken and values that are refused.
  static let settings: [(key: String, default: String, good: [String], bad: [String])] = [
    ("pools", "default", ["sales", "sales,default"], ["", "nowhere", "sales,sales", "sales,,default"]),
    ("carrier", "", ["Acme", ""], ["Nobody"]),
    ("number_daily_limit", "none", ["1", "1000000"], ["", "0", "-1", "1000001", "ten"]),
    ("number_hourly_limit", "none", ["1", "none"], ["", "0", "-1", "1.5"]),
    ("daily_limit", "none", ["0", "1000"], ["", "-1", "many"]),
    ("hourly_limit", "none", ["0", "1000"], ["", "-1"]),
    ("reservation_ttl", "", ["0", "86400", ""], ["-1", "86401", "2m"]),
    ("match", "", ["area", "region", "any", ""], ["near"]),
    ("sticky", "off", ["destination", "agent"], ["", "on"]),
    ("sticky_for", "86400", ["1", "31536000"], ["", "0", "31536001"]),
    ("when_exhausted", "keep", ["least-used"], ["", "drop"]),
    ("respect_existing", "no", ["yes"], ["", "perhaps"]),
    ("caller_id", "", ["8005550100", ""], ["123", "abc"]),
    ("dial_prefix", "", ["91", "901199", ""], ["9x", "1234567", "+1"]),
  ]

  private func pools() async throws -> Installation {
    let callerID = try await Installation()
    _ = try await callerID.importCSV(
      "caller_id,carrier,pool\n2145550101,Acme,\n2145550102,Bell,sales\n3125550103,Acme,sales\n")
    return callerID
  }

  @Test func everySettingIsShownWithItsDefaultAndMeaning() async throws {
    let callerID = try await pools()
    _ = try await callerID.admin("campaign", "set", "SALES", "sticky=off")
    let shown = try await callerID.admin("campaign", "show", "SALES").lines
    let help = try await callerID.admin("campaign", "set", "--help").output
    for (key, initial, _, _) in Self.settings {
      let line = try #require(shown.first { $0.hasPrefix(key + " ") })
      #expect(
        line.split(separator: " ").dropFirst().first.map(String.init) == (initial.isEmpty ? nil : initial)
          || initial.isEmpty)
      #expect(help.contains("  \(key): "))
    }
    let object = try await callerID.object("campaign", "show", "SALES")
    let keys = Set(Self.settings.map(\.key)).union(["name", "used_today", "used_this_hour"])
    #expect(Set(object.keys) == keys)
    #expect(try await callerID.rows("campaign", "list").map { Set($0.keys) } == [keys])
  }

  @Test(arguments: settings.indices)
  func aValueIsCheckedWhenItIsWritten(index: Int) async throws {
    let (key, initial, good, bad) = Self.settings[index]
    let callerID = try await pools()
    for value in good {
      let set = try await callerID.admin("campaign", "set", "SALES", "\(key)=\(value)")
      #expect(set.output == "\(key) is \(value)\n", "\(set.errors)")
    }
    for value in bad {
      try await callerID.expectRefusal(of: ["campaign", "set", "SALES", "\(key)=\(value)"], saying: "")
    }
    #expect(try await callerID.admin("campaign", "unset", "SALES", key).output == "\(key) is \(initial)\n")
    #expect(try callerID.sql("SELECT count(*) FROM setting WHERE campaign_id > 0") == 0)
  }

  @Test func severalAreSetAllOrNone() async throws {
    let callerID = try await pools()
    let set = try await callerID.object("campaign", "set", "SALES", "pools=sales,default", "number_daily_limit=10")
    #expect(set["pools"] as? String == "sales,default")
    #expect(set["number_daily_limit"] as? Int == 10)
    for (arguments, reason) in [
      (["daily_limit=5", "bogus=1"], "there is no campaign setting \"bogus\". They are: pools, carrier, "),
      (["daily_limit=5", "pools=nowhere"], "there is no pool nowhere. The pools are: default, sales"),
      (["daily_limit=5", "hourly_limit=6"], "hourly_limit 6 is above daily_limit 5"),
      (["number_hourly_limit=11"], "number_hourly_limit 11 is above number_daily_limit 10"),
      (["daily_limit=5", "daily_limit=6"], "daily_limit is given twice"),
      (["daily_limit=5", "carrier=Nobody"], "no number is of the carrier Nobody. The carriers are: Acme, Bell"),
    ] {
      try await callerID.expectRefusal(of: ["campaign", "set", "SALES"] + arguments, saying: reason)
    }
    _ = try await callerID.admin("campaign", "set", "OTHER", "dial_prefix=92")
    try await callerID.expectRefusal(
      of: ["campaign", "set", "SALES", "dial_prefix=92"], saying: "dial_prefix 92 is OTHER's already")
    try await callerID.expectRefusal(of: ["campaign", "set", " ", "sticky=off"], saying: "the campaign needs a name")
    for arguments in [
      ["set", "SALES"], ["set", "SALES", "sticky"], ["unset", "SALES"], ["show"], ["set", "S", "=1"],
    ] {
      #expect(try await callerID.admin(["campaign"] + arguments).status == 64)
    }
    for arguments in [["show", "NONE"], ["unset", "NONE", "sticky"], ["remove", "NONE"]] {
      try await callerID.expectRefusal(of: ["campaign"] + arguments, saying: "there is no campaign NONE. Configure it")
    }
  }

  @Test func itHoldsFromTheNextCallOnAndIsCounted() async throws {
    let callerID = try await pools()
    // One that nobody configured.
    #expect(try await callerID.agi(["COLD", "", "ttl=0"]).status == 0)
    _ = try await callerID.admin("campaign", "set", "SALES", "pools=sales", "number_daily_limit=1", "dial_prefix=91")
    var call = AsteriskCall()
    call.extension = "912145551212"
    let answers = try await [
      callerID.agi(["", "", "ttl=0"], call), callerID.agi(["SALES", "", "ttl=0"]),
      callerID.agi(["SALES", "", "ttl=0"]),
    ]
    #expect(answers.map(\.status) == [0, 0, 1])
    #expect(answers[0].output.contains("2145550102"))
    #expect(answers[1].output.contains("3125550103"))
    let rows = try await callerID.rows("campaign")
    #expect(rows.map { $0["name"] as? String } == ["COLD", "SALES"])
    #expect(rows.map { $0["used_today"] as? Int } == [1, 2])
    #expect(
      try await callerID.admin("campaign", "list").lines == [
        "CAMPAIGN  HOUR  DAY  PREFIX  POOLS    OTHER SETTINGS", "COLD       1/-  1/-          default",
        "SALES      2/-  2/-  91      sales    number_daily_limit=1",
      ])
    #expect(
      try await callerID.admin("campaign", "list", "--csv").lines.last
        == "SALES,2,2,sales,,1,,,,,,off,86400,keep,false,,91")
    #expect(try await callerID.admin("campaign", "remove", "SALES").output == "SALES has no settings of its own\n")
    #expect(try await callerID.object("campaign", "show", "SALES")["pools"] as? String == "default")
    #expect(try await callerID.object("campaign", "show", "SALES")["used_today"] as? Int == 2)
  }

  @Test(arguments: AdminHostileTextTests.texts)
  func aNameIsShownAsTextAlone(text: String) async throws {
    let callerID = try await pools()
    #expect(try await callerID.admin(["campaign", "set", "--", text, "sticky=agent"]).status == 0)
    #expect(try await callerID.admin(["agent", "set", "--calls-per-minute=5", "--", text]).status == 0)
    for command in [
      ["campaign"], ["campaign", "show", "--", text], ["agent"], ["audit"], ["audit", "--csv"],
      ["explain", "--to=12145551212", "--campaign=\(text)", "--agent=\(text)"],
      ["explain", "--json", "--to=12145551212", "--campaign=\(text)", "--agent=\(text)"],
    ] {
      let finished = try await callerID.admin(command)
      #expect(finished.status == 0, "\(command) \(finished.errors)")
      AdminHostileTextTests.expectHarmless(finished, "\(command)")
    }
  }
}

import SQLite
import Testing

@testable import Rotation

/// Names are the same in capitals or not, as far as ASCII has capitals, wherever something is found by them.
struct NameTests {
  @Test(arguments: [
    ("Agent7", "AGENT7", true), ("", "", true), ("é", "é", true), ("é", "É", false), ("é", "e\u{301}", false),
    ("a", "ab", false), ("[", "{", false), ("@", "`", false), ("K", "\u{212A}", false), ("straße", "STRASSE", false),
  ])
  func areOne(one: String, other: String, isSame: Bool) throws {
    #expect(one.isSameName(as: other) == isSame)
    // The store compares them in the same way.
    let test = try TestStore()
    let answer: Int? = try test.store.database.value("SELECT ? = ? COLLATE NOCASE", one, other)
    #expect(answer == (isSame ? 1 : 0))
  }

  @Test func anAgentHasOneLimitHoweverItIsWritten() throws {
    let test = try TestStore()
    try test.add("2145550101")
    try test.store.setCallsPerMinute(try Limit("2", name: "limit"), of: try #require(CallerText("aGENT7")))
    #expect(try test.pick(agent: "Agent7", ttl: 0) == "2145550101")
    #expect(try test.pick(agent: "AGENT7", ttl: 0) == "2145550101")
    #expect(try test.pick(agent: "agent7", ttl: 0) == "RATE_LIMITED")
    // By the name that was known first.
    let agents = try test.store.agents()
    #expect(agents.map(\.name.text) == ["aGENT7"])
    #expect(agents.first?.callsPerMinute?.calls == 2)
  }

  @Test func aCampaignHasOneLimitHoweverItIsWritten() throws {
    let test = try TestStore()
    try test.add("2145550101", "2145550102")
    let name = try #require(CallerText("sales"))
    _ = try test.store.set([(.dailyLimit, "2"), (.numberDailyLimit, "1")], of: name)
    #expect(try test.pick(campaign: "SALES", ttl: 0) == "2145550101")
    #expect(try test.pick(campaign: "Sales", ttl: 0) == "2145550102")
    #expect(try test.pick(campaign: "sales", ttl: 0) == "NONE_AVAILABLE")
    #expect(try test.store.campaigns().map(\.name.text) == ["sales"])
    let campaign = try test.store.set([(.dailyLimit, "3")], of: try #require(CallerText("SALES")))
    #expect(campaign.name.text == "sales")
    try test.store.remove(campaign: try #require(CallerText("Sales")))
    #expect(try test.store.campaigns().map(\.terms) == [CampaignTerms()])
  }

  @Test func anAgentKeepsANumberHoweverItIsWritten() throws {
    let test = try TestStore()
    try test.add("2145550101", "2145550102")
    _ = try test.store.set([(.sticky, "agent")], of: try #require(CallerText("SALES")))
    for agent in ["Agent7", "AGENT7", "agent7"] {
      #expect(try test.pick(campaign: "SALES", agent: agent, ttl: 0) == "2145550101", "\(agent)")
    }
  }

  @Test func reportsFindThemHoweverTheyAreWritten() throws {
    let test = try TestStore()
    try test.add("2145550101")
    _ = try test.pick(campaign: "Sales", agent: "Agent7", ttl: 0)
    _ = try test.pick(campaign: "SALES", agent: "AGENT7", ttl: 0)
    #expect(try test.store.requests(last: 9, agent: "agent7").count == 2)
    #expect(try test.store.requests(last: 9, campaign: "sales").count == 2)
    for (grouping, name) in [(Grouping.agent, "Agent7"), (.campaign, "Sales")] {
      let groups = try test.store.outcomes(by: grouping, since: 0).groups
      #expect(groups.map(\.name) == [name])
      #expect(groups.map(\.tally.granted) == [2])
    }
  }

  /// Letters beyond ASCII are others in capitals: in the store, and so in a campaign's pools.
  @Test func poolsOfOtherLettersAreOthersInCapitals() throws {
    let test = try TestStore()
    try test.add("2145550101 pool=é", "2145550102 pool=É")
    let name = try #require(CallerText("SALES"))
    #expect(try test.store.set([(.pools, "é,É")], of: name).terms.pools == ["é", "É"])
    _ = try test.store.set([(.pools, "é"), (.numberDailyLimit, "1")], of: name)
    #expect(try test.store.database.value("SELECT group_concat(name) FROM pool WHERE scopes <> ''") == "é")
    #expect(throws: StoreError.self) { try test.store.set([(.pools, "é,a,A")], of: name) }
  }

  // MARK: Stores from before

  @Test func aStoreThatToldThemApartKeepsEachUnderAName() throws {
    let test = try TestStore()
    let database = try Database(path: test.folder + "/old.db", mode: .create)
    try database.execute(Schema.migrations[0].sql)
    for (id, name, limit) in [(1, "Agent7", nil), (2, "AGENT7", 5), (3, "agent7", nil), (4, "other", nil)] {
      try database.run("INSERT INTO agent VALUES (?, ?, ?, 0, 0, 0, 0, 0, 0)", id, name, limit)
    }
    for (id, name) in [(1, "SALES"), (2, "Sales"), (3, "É"), (4, "é")] {
      try database.run("INSERT INTO campaign VALUES (?, ?, NULL, 0, ?, 0, 0)", id, name, id)
    }
    try database.run("INSERT INTO setting VALUES (2, 'sticky', 'agent')")
    for (key, until) in [("Agent7", 20), ("AGENT7", 30), ("agent7", 10)] {
      try database.run("INSERT INTO sticky VALUES (2, ?, ?, ?)", key, until, until)
    }
    try Schema.migrate(database, at: 0)
    let agents: [String] = try database.all("SELECT name || ' ' || coalesce(calls_per_minute, '') FROM agent") { $0[0] }
    #expect(agents.sorted() == ["AGENT7 5", "Agent7 (1) ", "agent7 (3) ", "other "])
    let campaigns: [String] = try database.all("SELECT id || name || used_today FROM campaign ORDER BY id") { $0[0] }
    #expect(campaigns == ["1SALES (1)1", "2Sales2", "3É3", "4é4"])
    let sticky: [Int] = try database.all("SELECT number_id FROM sticky") { $0[0] }
    #expect(sticky == [30])
    #expect(try Schema.version(of: database) == Schema.version)
  }
}

import CSQLite
import Testing

@testable import Rotation
@testable import SQLite

/// A request log may hold fifty million rows: what is asked of today must find today's, and no index of the log's may be
/// needed, since each call would pay for it.
struct QueryPlanTests {
  private func plan(of sql: StaticString, in test: TestStore) throws -> [String] {
    try plan(of: "\(sql)", in: test)
  }

  private func plan(of sql: String, in test: TestStore) throws -> [String] {
    var database: OpaquePointer?
    #expect(sqlite3_open_v2(test.store.path, &database, SQLITE_OPEN_READONLY, nil) == SQLITE_OK)
    defer { sqlite3_close_v2(database) }
    var statement: OpaquePointer?
    #expect(sqlite3_prepare_v2(database, "EXPLAIN QUERY PLAN \(sql)", -1, &statement, nil) == SQLITE_OK)
    defer { sqlite3_finalize(statement) }
    var steps: [String] = []
    while sqlite3_step(statement) == SQLITE_ROW { steps.append(String(cString: sqlite3_column_text(statement, 3))) }
    return steps
  }

  static let statements: [(sql: StaticString, range: String)] = [
    (Snapshot.todaySQL, "(rowid>?)"), (Snapshot.heldSQL, "(rowid>?)"), (Snapshot.minutesSQL, "(rowid>?)"),
    (Snapshot.busiestSQL, "(rowid>?)"), (Snapshot.nextRequestSQL, "(rowid>?)"),
    (Snapshot.tallySQL, "(rowid>? AND rowid<?)"),
    (MatchCounts.sql, "(rowid>? AND rowid<?)"), (Snapshot.reportedSQL, "(rowid>? AND rowid<?)"),
    (ForecastDemand.sql, "(rowid>? AND rowid<?)"),
    (Snapshot.requestsSQL, "(rowid>? AND rowid<?)"), (Snapshot.callsOfNumberSQL, "(rowid>? AND rowid<?)"),
    (Snapshot.previousOfNumberSQL, "(rowid>? AND rowid<?)"), (Snapshot.countedSQL, "(rowid>? AND rowid<?)"),
  ]

  @Test(arguments: statements.indices)
  func theLogIsSearchedByRangesOfIDs(index: Int) throws {
    let (sql, range) = Self.statements[index]
    let test = try TestStore()
    let steps = try plan(of: sql, in: test)
    let ofLog = steps.filter { $0.contains(" r ") || $0.contains(" request ") }
    #expect(ofLog.count >= 1, "\(steps)")
    #expect(
      ofLog.allSatisfy { $0.hasPrefix("SEARCH ") && $0.hasSuffix("USING INTEGER PRIMARY KEY \(range)") }, "\(steps)")
    #expect(!steps.contains { $0.contains("AUTOMATIC") }, "\(steps)")
  }

  /// What the page shows of numbers and of the audit.
  @Test func aPageReadsNoMoreThanItShows() throws {
    let test = try TestStore()
    #expect(
      try plan(of: Snapshot.numbersByDigitsSQL, in: test) == [
        "SEARCH number USING COVERING INDEX sqlite_autoindex_number_1 (e164>? AND e164<?)"
      ])
    #expect(
      try plan(of: Snapshot.auditSQL, in: test) == ["SEARCH audit USING INTEGER PRIMARY KEY (rowid>? AND rowid<?)"])
    #expect(
      try plan(of: Snapshot.dayOfNumberSQL, in: test) == [
        "SEARCH daily_usage USING PRIMARY KEY (day=? AND number_id=?)"
      ])
  }

  /// What each view of the page asks of the store, as `PageRoutes` and `Lookout` do. The reports of a week, the census and
  /// the examination read much, but nobody waits for them.
  private static let views: [(name: String, ask: @Sendable (Store, Number) throws -> Void)] = [
    (
      "overview",
      { store, _ in
        var counts = CallCounts()
        try store.follow(&counts)
        _ = (try store.lastUpkeep(), try store.upkeepFinding())
      }
    ),
    ("burnt", { store, number in _ = try store.find(number.phone) }),
    (
      "numbers",
      { store, number in
        for (digits, after) in [("", nil), ("214", nil), ("", number.phone.e164)] {
          var filter = NumberFilter()
          (filter.digits, filter.isFree) = (digits, true)
          _ = try store.numbers(filter, after: after, atMost: 100, lookingThrough: 10_000)
        }
        _ = try store.names(of: .pool)
      }
    ),
    (
      "number",
      { store, number in
        var filter = RequestFilter()
        filter.number = number.phone
        _ = try store.requests(last: 1000, filter, before: nil, lookingThrough: 200_000)
        _ = try store.auditEntries(last: 20, what: number.phone.written, lookingThrough: 20_000)
        _ = try store.history(of: store.find(number.phone), days: 90)
      }
    ),
    (
      "calls",
      { store, number in
        var filter = RequestFilter()
        (filter.destination, filter.campaign, filter.agent) = ("12145551212", "SALES", "1001")
        (filter.callCode, filter.lead, filter.status, filter.number) = ("V1", 7, .ok, number.phone)
        _ = try store.requests(last: 50, filter, before: 2, lookingThrough: 200_000)
        _ = try store.requests(last: 50, RequestFilter(), before: nil, lookingThrough: 200_000)
      }
    ),
    ("call", { store, _ in for id in 1...3 { _ = try store.why(request: id) } }),
    (
      "campaigns",
      { store, _ in
        _ = try store.campaigns(configuredOrNamed: ["SALES", "OTHER"])
        _ = try store.agents(named: ["1001"])
      }
    ),
    ("campaign", { store, _ in _ = try store.campaign(named: #require(CallerText("SALES"))) }),
    (
      "audit",
      { store, _ in
        let entries = try store.auditEntries(last: 100, before: 9, who: "a", what: "b", lookingThrough: 20_000)
        _ = try store.undoable(among: entries + store.auditEntries(last: 100, lookingThrough: 20_000))
        _ = try store.changeToUndo(nil)
      }
    ),
    ("around each", { store, _ in _ = (try store.tokens(), Setting.timeZone.value(in: store.settings)) }),
  ]

  /// A store has few of these: as many as an operator has made.
  private static let small = ["pool", "carrier", "migration", "token", "sqlite_schema"]

  @Test(arguments: views.indices)
  func everyStatementOfAViewIsASearch(index: Int) throws {
    let (name, ask) = Self.views[index]
    let test = try TestStore()
    test.store.keepForUndo()
    try test.add("2145550101 pool=sales carrier=Acme", "2145550102", "3125550103 daily_limit=0")
    _ = try test.store.set([(.dailyLimit, "50")], of: #require(CallerText("SALES")))
    for call in ["1.1", "1.1", "1.2"] { _ = try test.pick(campaign: "SALES", agent: "1001", uniqueID: call) }
    _ = try test.pick("19995551212", pool: "sales", area: "999")
    // A connection that has been asked nothing else.
    let store = try test.reopened()
    try ask(store, test.number("2145550102"))
    var (statement, seen) = (OpaquePointer?.none, 0)
    while let next = sqlite3_next_stmt(store.database.handle, statement) {
      statement = next
      let sql = try #require(sqlite3_sql(next).map { String(cString: $0) })
      guard sql.contains("SELECT") else { continue }
      seen += 1
      let steps = try plan(of: sql, in: test)
      // The first row or the last one is at the end of the table.
      if sql.hasSuffix("ORDER BY id LIMIT 1") || sql.hasSuffix("ORDER BY id DESC LIMIT 1") { continue }
      for step in steps where step.hasPrefix("SCAN ") || step.contains("AUTOMATIC") {
        let table = step.split(separator: " ").dropFirst().first.map(String.init) ?? ""
        #expect(Self.small.contains(table), "\(name): \(step) in \(sql)")
      }
    }
    #expect(seen >= 1, "\(name) has asked nothing")
  }

  @Test func theNewestRequestsComeInTheOrderOfTheLog() throws {
    let steps = try plan(of: Snapshot.requestsSQL, in: TestStore())
    #expect(!steps.contains { $0.contains("TEMP B-TREE") }, "\(steps)")
  }

  @Test func theLogHasNoIndexButThatOfItsCalls() throws {
    let test = try TestStore()
    let indexes: [String] = try test.store.database.all(
      "SELECT name FROM sqlite_schema WHERE type = 'index' AND tbl_name = 'request'"
    ) { $0[0] }
    #expect(indexes == ["request_uniqueid"])
  }
}

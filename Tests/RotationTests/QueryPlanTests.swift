import CSQLite
import SQLite
import Testing

@testable import Rotation

/// A request log may hold fifty million rows: what is asked of today must find today's, and no index of the log's may be
/// needed, since each call would pay for it.
struct QueryPlanTests {
  private func plan(of sql: StaticString, in test: TestStore) throws -> [String] {
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

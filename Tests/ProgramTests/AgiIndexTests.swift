import Foundation
import SQLite
import TestSupport
import Testing

/// SQLite's index of the log, kept from call to call, and thrown away whenever nobody vouches for it.
@Suite(.timeLimit(.minutes(2)))
struct AgiIndexTests {
  private func call(_ callerID: Installation, _ index: Int) async throws {
    let finished = try await callerID.agi(["SALES", ""], AsteriskCall(number: index))
    try #require(finished.status == 0, "call \(index): \(finished.output)")
  }

  private func check(_ callerID: Installation, calls: Int) throws {
    #expect(try callerID.sql("SELECT integrity_check = 'ok' FROM pragma_integrity_check") == 1)
    #expect(try callerID.sql("SELECT count(*) FROM request WHERE status = 'OK'") == calls)
    #expect(try callerID.sql("SELECT sum(used_today) FROM number") == calls)
    #expect(try callerID.sql("SELECT count(DISTINCT number_id) FROM request") == calls)
  }

  /// What happens between two calls.
  enum Meddling: String, CaseIterable {
    case nothing
    case theStampIsGone, theStampIsOfAnotherStart, theLockFileIsGone, theLockFileIsRubbish
    case theIndexIsGone, theIndexIsRubbish, theIndexIsEmpty
    case anotherProgramReads, anotherProgramWrites, anotherProgramEmptiesTheLog

    func happen(to callerID: Installation) throws {
      let store = callerID.store
      let note = try String(contentsOfFile: store + "-lock", encoding: .utf8)
      switch self {
      case .nothing: return
      case .theStampIsGone: try write("250\n\n", to: store + "-lock")
      case .theStampIsOfAnotherStart:
        try write(note.replacing(/[0-9a-f]{8}-/, with: "00000000-"), to: store + "-lock")
      case .theLockFileIsGone: try FileManager.default.removeItem(atPath: store + "-lock")
      case .theLockFileIsRubbish: try write("\u{0}\u{1}rubbish\n\n\n", to: store + "-lock")
      case .theIndexIsGone: try FileManager.default.removeItem(atPath: store + "-shm")
      case .theIndexIsRubbish:
        try FileManager.default.removeItem(atPath: store + "-shm")
        try write(String(repeating: "rubbish.", count: 4096), to: store + "-shm")
      case .theIndexIsEmpty:
        try FileManager.default.removeItem(atPath: store + "-shm")
        try write("", to: store + "-shm")
      case .anotherProgramReads: try sqlite3("SELECT count(*) FROM number", on: store)
      case .anotherProgramWrites: try sqlite3("UPDATE number SET name = name || 'x'", on: store)
      case .anotherProgramEmptiesTheLog: try sqlite3("PRAGMA wal_checkpoint(TRUNCATE)", on: store)
      }
    }

    private func write(_ text: String, to path: String) throws {
      try Data(text.utf8).write(to: URL(fileURLWithPath: path))
    }

    /// As another program would do it: opened, used and closed with SQLite's defaults.
    private func sqlite3(_ statement: StaticString, on store: String) throws {
      try Database(path: store, mode: .readWrite).execute(statement)
    }
  }

  @Test(arguments: Meddling.allCases)
  func callsGoOnWhateverHappenedBetweenThem(meddling: Meddling) async throws {
    let callerID = try await Installation(numbers: (10..<40).map { "21455501\($0)" })
    for index in 0..<20 {
      try await call(callerID, index)
      if index % 5 == 4 { try meddling.happen(to: callerID) }
    }
    try check(callerID, calls: 20)
  }

  /// A process that finds the index vouched for does not read the log.
  @Test func theLogIsNotReadAgain() async throws {
    let callerID = try await Installation(numbers: (10..<60).map { "21455501\($0)" })
    for index in 0..<40 { try await call(callerID, index) }
    let log = try FileManager.default.attributesOfItem(atPath: callerID.store + "-wal")[.size] as? Int
    try #require(try #require(log) > 100 * 1024)
    let (finished, trace) = try await callerID.trace(
      .agi, ["SALES", ""], input: AsteriskCall().input, seeing: ["pread64", "ftruncate"])
    #expect(finished.status == 0)
    #expect((1..<60).contains(trace.calls(of: ["pread64"]).count))
    #expect(trace.calls(of: ["ftruncate"]).isEmpty)
  }

  @Test func aKilledCallLeavesAStoreThatTheNextOneUses() async throws {
    let callerID = try await Installation(numbers: (10..<60).map { "21455501\($0)" })
    try await call(callerID, 0)
    for count in 1...12 {
      // At its write of the commit, or at that of the stamp after it.
      _ = try await run(
        stracePath,
        [
          "-f", "-o", "/dev/null", "-e", "trace=pwrite64", "-e",
          "inject=pwrite64:signal=KILL:when=\(count % 2 + 1)", Program.agi.path, "SALES", "", "db=\(callerID.store)",
        ], input: AsteriskCall().input)
      try await call(callerID, count)
    }
    #expect(try callerID.sql("SELECT integrity_check = 'ok' FROM pragma_integrity_check") == 1)
    #expect(
      try callerID.sql(
        "SELECT (SELECT sum(used_today) FROM number) = (SELECT count(*) FROM request WHERE status = 'OK')")
        == 1)
  }
}

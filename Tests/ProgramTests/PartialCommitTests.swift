import Foundation
import TestSupport
import Testing

/// A commit of which only a part goes into the log, because the disk or a limit ends there.
@Suite(.timeLimit(.minutes(2)))
struct PartialCommitTests {
  private func size(ofLogOf callerID: Installation) throws -> Int {
    try FileManager.default.attributesOfItem(atPath: callerID.store + "-wal")[.size] as? Int ?? 0
  }

  /// Runs a program that may write no file beyond so many bytes: what would, is written up to there.
  private func run(
    _ program: Program, _ arguments: [String], on callerID: Installation, upTo bytes: Int, input: String
  ) async throws -> Finished {
    try await TestSupport.run(
      "/usr/bin/env", ["--ignore-signal=XFSZ", "/usr/bin/prlimit", "--fsize=\(bytes)", "--", program.path] + arguments,
      input: input, environment: ["CALLERID_DB": callerID.store])
  }

  @Test(arguments: [1, 24, 1500, 5000])
  func aCallsIsNotThereAndTheNextOneIs(bytes: Int) async throws {
    let callerID = try await Installation(numbers: (10..<60).map { "21455501\($0)" })
    #expect(try await callerID.agi(["SALES"]).status == 0)
    let limit = try size(ofLogOf: callerID) + bytes
    let refused = try await run(.agi, ["SALES"], on: callerID, upTo: limit, input: AsteriskCall(number: 2).input)
    #expect(refused.status == 1)
    #expect(refused.output.contains("CALLERID_STATUS STORE_ERROR"), "\(refused.output)")
    #expect(try size(ofLogOf: callerID) == limit)
    #expect(try callerID.sql("SELECT count(*) FROM request") == 1)
    #expect(try await callerID.agi(["SALES"], AsteriskCall(number: 3)).status == 0)
    #expect(try callerID.sql("SELECT integrity_check = 'ok' FROM pragma_integrity_check") == 1)
    #expect(try callerID.sql("SELECT count(DISTINCT number_id) FROM request") == 2)
    #expect(try callerID.sql("SELECT sum(used_today) FROM number") == 2)
  }

  /// Some of an import's batches are longer than what is written at once.
  @Test(arguments: [150_000, 300_000, 450_000])
  func anImportsIsNotThereAndTheSameImportDoesTheRest(bytes: Int) async throws {
    let callerID = try await Installation(numbers: ["9725550101"])
    let rows = "caller_id\n" + (0..<4000).map { "214555\(1000 + $0)\n" }.joined()
    let limit = try size(ofLogOf: callerID) + bytes
    let stopped = try await run(.admin, ["import", "-"], on: callerID, upTo: limit, input: rows)
    #expect(stopped.status == 1)
    let added = try callerID.sql("SELECT count(*) FROM number") - 1
    #expect(added > 0 && added < 4000)
    #expect(stopped.errors.contains("\(added)"), "\(stopped.errors)")
    #expect(try callerID.sql("SELECT integrity_check = 'ok' FROM pragma_integrity_check") == 1)
    #expect(try await callerID.admin("import", "-", input: rows).status == 0)
    #expect(try callerID.sql("SELECT count(*) FROM number") == 4001)
    #expect(try callerID.sql("SELECT count(*) FROM lane") == 2 * 4001)
  }
}

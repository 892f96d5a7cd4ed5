import Foundation
import TestSupport
import Testing

/// What reaches the disk before a program says that it is done: its syncs are seen.
@Suite(.timeLimit(.minutes(2)))
struct SyncTests {
  /// What a call writes and syncs, as the name of the call and the end of the file's.
  private func pick(_ callerID: Installation) async throws -> [String] {
    let (finished, trace) = try await callerID.trace(
      .agi, ["SALES", ""], input: AsteriskCall().input, seeing: ["fsync", "fdatasync", "pwrite64", "ftruncate"])
    try #require(finished.status == 0, "\(finished.output)")
    return trace.calls.compactMap { call in
      call.firstMatch(of: /(\w+)\(\d+<[^>]*\/callerid\.db(-wal)?>/).map { "\($0.1)\($0.2 ?? "")" }
    }
  }

  @Test func theLogIsSyncedBeforeItIsCopiedAndTheStoreBeforeTheLogIsEmptied() async throws {
    let callerID = try await Installation(numbers: ["2145550101", "2145550102", "2145550103", "2145550104"])
    let usual = try await pick(callerID)
    // The whole commit at once.
    #expect(usual == ["pwrite64-wal"])

    try growLog(ofStore: callerID.store, to: 4000)
    let copying = try await pick(callerID)
    let steps = copying.indices.filter { $0 == 0 || copying[$0] != copying[$0 - 1] }.map { copying[$0] }
    #expect(
      steps.filter { $0 != "ftruncate" } == ["pwrite64-wal", "fdatasync-wal", "pwrite64", "fdatasync", "ftruncate-wal"])

    // The first page of a log in an empty file need not be synced: there is no old log that it could be mixed with.
    #expect(try await pick(callerID) == ["pwrite64-wal"])
  }

  @Test func aBackupIsOnTheDiskBeforeItHasItsName() async throws {
    let callerID = try await Installation(numbers: ["2145550101"])
    let (finished, trace) = try await callerID.trace(
      .admin, ["backup", callerID.folder + "/copy.db"], seeing: ["fsync", "link", "linkat"])
    #expect(finished.status == 0)
    try #require(trace.calls.count == 4, "\(trace.calls)")
    #expect(trace.calls[0].contains(/fsync\(\d+<[^>]*\/copy\.db\.part-\d+>\) += 0/), "\(trace.calls[0])")
    #expect(trace.calls[1].contains(/link.*copy\.db\.part-\d+".*copy\.db"/), "\(trace.calls[1])")
    // And its name, before it is told of.
    #expect(trace.calls[2].hasSuffix("= 0") && trace.calls[2].contains("<\(callerID.folder)>"), "\(trace.calls[2])")
    #expect(trace.calls[3].contains("exited with 0"))
  }
}

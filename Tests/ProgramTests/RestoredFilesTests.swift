import Foundation
import SQLite
import TestSupport
import Testing

/// Files of the store that somebody puts back from a copy, each by itself and together: a backup of the folder by `cp -a`
/// or `tar`, a snapshot of the file system, a restore that was done in part.
@Suite(.timeLimit(.minutes(4)))
struct RestoredFilesTests {
  private static let numbers = (0..<60).map { "21455501\($0 < 10 ? "0" : "")\($0)" }

  private func call(_ callerID: Installation, _ index: Int) async throws -> String {
    var call = AsteriskCall()
    call.uniqueID = "1790000000.\(index)"
    let finished = try await callerID.agi(["SALES", "", "ttl=3600"], call)
    return finished.status == 0 ? "OK" : finished.output
  }

  @Test(arguments: Copies.sets, [true, false])
  func noCallIsRefusedForGoodAndNoNumberIsGivenTwice(set: [String], inPlace: Bool) async throws {
    let callerID = try await Installation(numbers: Self.numbers)
    for index in 0..<12 { #expect(try await call(callerID, index) == "OK") }
    let copies = try Copies(ofStore: callerID.store, in: callerID.folder + "/copies")
    for index in 12..<24 { #expect(try await call(callerID, index) == "OK") }
    try copies.putBack(set, inPlace: inPlace)
    for index in 24..<36 { #expect(try await call(callerID, index) == "OK", "\(set)") }

    #expect(try callerID.sql("SELECT integrity_check = 'ok' FROM pragma_integrity_check") == 1)
    let calls = try callerID.sql("SELECT count(*) FROM request WHERE status = 'OK'")
    #expect(try callerID.sql("SELECT count(DISTINCT number_id) FROM request WHERE status = 'OK'") == calls)
    #expect(try callerID.sql("SELECT sum(used_today) FROM number") == calls)
    // What was committed is lost only where the file that holds it was put back.
    #expect(calls == (set.contains("-wal") ? 24 : 36), "\(set)")
    #expect(try await callerID.admin("maintain", "--no-backup").status == 0)
  }

  @Test func anIndexThatWasDamagedIsThrownAwayByTheCallThatMeetsIt() async throws {
    let callerID = try await Installation(numbers: Self.numbers)
    for index in 0..<12 { #expect(try await call(callerID, index) == "OK") }
    // Behind the header, in the part that finds pages in the log; neither size nor times tell.
    let path = callerID.store + "-shm"
    let modified = try #require(FileManager.default.attributesOfItem(atPath: path)[.modificationDate])
    let handle = try #require(FileHandle(forUpdatingAtPath: path))
    try handle.seek(toOffset: 136)
    try handle.write(contentsOf: Data(repeating: 0xFF, count: 32_768 - 136))
    try handle.close()
    try FileManager.default.setAttributes([.modificationDate: modified], ofItemAtPath: path)
    for index in 12..<24 { #expect(try await call(callerID, index) == "OK") }
    #expect(try callerID.sql("SELECT count(*) FROM request WHERE status = 'OK'") == 24)
    #expect(try callerID.sql("SELECT integrity_check = 'ok' FROM pragma_integrity_check") == 1)
  }
}

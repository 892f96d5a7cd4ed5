import Foundation
import TestSupport
import Testing

/// Many calls at once on one store, as processes.
@Suite(.timeLimit(.minutes(5)))
struct ConcurrencyTests {
  private func calls(_ count: Int, of callerID: Installation, _ arguments: [String]) async throws -> [Finished] {
    try await withThrowingTaskGroup(of: Finished.self) { group in
      for index in 0..<count {
        group.addTask {
          return try await callerID.agi(arguments, AsteriskCall(number: index))
        }
      }
      return try await group.reduce(into: []) { $0.append($1) }
    }
  }

  private func numbers(of finished: [Finished]) -> [String] {
    finished.compactMap { call in
      call.lines.first { $0.hasPrefix("SET VARIABLE CALLERID(num) ") }.map { String($0.split(separator: " ")[3]) }
    }
  }

  @Test func noNumberIsReservedTwiceAndNobodyIsRefusedWhileOneIsFree() async throws {
    let callerID = try await Installation(numbers: (10..<60).map { "21455501\($0)" })
    // Patience for 64 processes on two busy processors: what is tested is who gets what, not how soon.
    _ = try await callerID.admin("config", "set", "busy_timeout_ms", "10000")
    for _ in 0..<10 {
      let finished = try await calls(64, of: callerID, ["SALES", ""])
      let given = numbers(of: finished)
      #expect(given.count == 50)
      #expect(Set(given).count == 50)
      let refusals = finished.filter { $0.status == 1 }
      #expect(refusals.count == 14)
      #expect(refusals.allSatisfy { $0.lines.first == "SET VARIABLE CALLERID_STATUS NONE_AVAILABLE" })
      _ = try await callerID.admin("release", "--all")
    }
    #expect(try callerID.sql("SELECT sum(used_today) FROM number") == 500)
    #expect(try callerID.sql("SELECT min(used_today) FROM number") == 10)
    #expect(try callerID.sql("SELECT max(used_today) FROM number") == 10)
    #expect(try callerID.sql("SELECT count(*) FROM request") == 640)
    #expect(try callerID.sql("SELECT used_today FROM campaign WHERE name = 'SALES'") == 500)
  }

  @Test func noLimitIsPassed() async throws {
    let callerID = try await Installation()
    let rows = (10..<60).map { "21455501\($0),5" }.joined(separator: "\n")
    _ = try await callerID.importCSV("caller_id,daily_limit\n\(rows)\n")
    _ = try await callerID.admin("config", "set", "busy_timeout_ms", "10000")
    var given: [String] = []
    for _ in 0..<5 { given += numbers(of: try await calls(64, of: callerID, ["SALES", "", "ttl=0"])) }
    #expect(given.count == 250)
    #expect(Dictionary(grouping: given, by: \.self).values.allSatisfy { $0.count == 5 })
    #expect(try callerID.sql("SELECT count(*) FROM number WHERE used_today <> 5") == 0)
    #expect(try callerID.sql("SELECT count(*) FROM request WHERE status = 'OK'") == 250)
    #expect(try callerID.sql("SELECT count(*) FROM request WHERE status = 'NONE_AVAILABLE'") == 70)
  }

  /// The write-ahead log has 32 bytes of its own, and 24 for each page (https://www.sqlite.org/fileformat.html#walformat).
  private func frames(inLogOf callerID: Installation) throws -> Int {
    let size = try FileManager.default.attributesOfItem(atPath: callerID.store + "-wal")[.size] as? Int
    return (try #require(size) - 32) / (24 + (try callerID.sql("PRAGMA page_size")))
  }

  @Test func theLogIsEmptiedAsItGrowsAndTheStoreStaysWhole() async throws {
    let callerID = try await Installation(numbers: (10..<60).map { "21455501\($0)" })
    _ = try await callerID.admin("config", "set", "default_daily_limit", "none")
    _ = try await callerID.admin("config", "set", "default_hourly_limit", "none")
    _ = try await callerID.admin("config", "set", "busy_timeout_ms", "10000")
    #expect(try await callerID.agi(["SALES", "", "ttl=0"]).status == 0)
    let before = try frames(inLogOf: callerID)
    #expect(try await callerID.agi(["SALES", "", "ttl=0"]).status == 0)
    let perCall = try frames(inLogOf: callerID) - before
    #expect(perCall >= 4)

    // A call empties the log from 4000 frames on; this one is nearly there.
    try growLog(ofStore: callerID.store, to: 3900)
    for _ in 0..<8 {
      #expect(numbers(of: try await calls(64, of: callerID, ["SALES", "", "ttl=0"])).count == 64)
    }
    let most = 4100
    #expect(try frames(inLogOf: callerID) < most)
    #expect(3900 + 512 * perCall > most + 1000)
    #expect(try callerID.sql("SELECT integrity_check = 'ok' FROM pragma_integrity_check") == 1)
  }
}

import Foundation
import SQLite
import TestSupport
import Testing

/// The nightly job.
@Suite(.timeLimit(.minutes(3)))
struct AdminMaintainTests {
  private func used() async throws -> Installation {
    let callerID = try await Installation(numbers: (100..<150).map { "2145550\($0)" })
    for index in 0..<5 {
      _ = try await callerID.agi(["SALES", ""], AsteriskCall(number: index))
    }
    return callerID
  }

  @Test func itClearsArchivesPrunesAndBacksUp() async throws {
    let callerID = try await used()
    // Forty days ago, for the store: all of it is over.
    try execute(
      """
      UPDATE request SET at = at - 3456000; UPDATE number SET day = day - 3456000, hour = hour - 3456000;
      """, on: callerID.store)
    let done = try await callerID.admin("maintain")
    #expect(done.status == 0)
    #expect(done.errors.isEmpty)
    #expect(
      done.lines.first
        == "Cleared the usage of 5 numbers, 0 campaigns and 0 agents, archived 1 day, and pruned 4 requests")
    #expect(done.lines.dropFirst().first == "The index of numbers is correct")
    #expect(try callerID.sql("SELECT sum(calls) FROM daily_usage") == 5)
    #expect(try callerID.sql("SELECT count(*) FROM request") == 1)
    let backups = try FileManager.default.contentsOfDirectory(atPath: callerID.folder + "/backups")
    #expect(backups.count == 1)
    #expect(done.lines.last?.contains(backups[0]) == true)

    let again = try await callerID.object("maintain", "--backup-folder", callerID.folder + "/other", "--keep", "1")
    #expect((again["usage"] as? [String: Any])?["numbers"] as? Int == 0)
    #expect((again["backup"] as? [String: Any])?["numbers"] as? Int == 50)
    #expect(try FileManager.default.contentsOfDirectory(atPath: callerID.folder + "/other").count == 1)
    let without = try await callerID.object("maintain", "--no-backup")
    #expect(without["backup"] is NSNull)
  }

  @Test func itPutsEveryNumberWhereCallsLookForIt() async throws {
    let callerID = try await used()
    let right = try callerID.dump().filter { $0.hasPrefix("lane ") || $0.hasPrefix("number ") }.sorted()
    for damage in [
      "DELETE FROM lane WHERE number_id IN (3, 4)",
      "UPDATE lane SET asleep_until = 99 WHERE number_id = 5 AND name LIKE '%::%'",
      "UPDATE lane SET name = '0:7' || substr(name, 4) WHERE number_id = 6",
      "INSERT INTO lane VALUES ('0:1::0', 0, 0, 999), ('9:1::0', 0, 0, 7), ('0:1:900:0', 0, 0, 8)",
      "UPDATE pool SET numbers = 7", "DELETE FROM lane",
    ] {
      try execute(damage, on: callerID.store)
      let mended = try await callerID.admin("maintain", "--no-backup")
      #expect(mended.status == 0)
      #expect(mended.output.contains("Repaired the index of numbers: "), "\(damage)")
      #expect(
        try callerID.dump().filter { $0.hasPrefix("lane ") || $0.hasPrefix("number ") }.sorted() == right, "\(damage)")
      #expect(try callerID.sql("SELECT numbers FROM pool") == 50)
      #expect(try await callerID.admin("maintain", "--no-backup").output.contains("The index of numbers is correct"))
    }
  }

  @Test func campaignsThatLimitTheirNumbersKeepTheirLanes() async throws {
    let callerID = try await used()
    // As `campaign set SALES number_daily_limit 5` lays them.
    try execute(
      """
      UPDATE pool SET scopes = '1:5:';
      INSERT INTO lane SELECT '1' || substr(name, 2), asleep_until, last_request, number_id FROM lane;
      INSERT INTO campaign_number VALUES (1, 9, 0, 0, 0, 0, 1900000000);
      UPDATE lane SET asleep_until = 1900000000 WHERE name LIKE '1:%' AND number_id = 9
      """, on: callerID.store)
    #expect(try await callerID.admin("maintain", "--no-backup").output.contains("The index of numbers is correct"))
    let right = try callerID.dump().filter { $0.hasPrefix("lane ") }.sorted()
    try execute(
      "DELETE FROM lane WHERE number_id = 9; UPDATE lane SET asleep_until = 5 WHERE number_id = 8", on: callerID.store)
    let mended = try await callerID.object("maintain", "--no-backup")
    #expect((mended["lanes"] as? [String: Any])?["missing"] as? Int == 2)
    #expect((mended["lanes"] as? [String: Any])?["stray"] as? Int == 4)
    #expect(try callerID.dump().filter { $0.hasPrefix("lane ") }.sorted() == right)
  }

  @Test func whatOtherProgramsChangedIsPutBack() async throws {
    let callerID = try await used()
    try execute("PRAGMA journal_mode = DELETE; ANALYZE", on: callerID.store)
    #expect(try await callerID.agi(["SALES", ""]).status == 0)
    #expect(try await callerID.admin("maintain", "--no-backup").status == 0)
    #expect(try rows(of: "PRAGMA journal_mode", in: callerID.store) == ["wal"])
    #expect(try callerID.sql("SELECT count(*) FROM sqlite_schema WHERE name LIKE 'sqlite_stat%'") == 0)
    #expect(try await callerID.agi(["SALES", ""]).status == 0)
  }

  @Test func aSecondOneLeavesTheWorkToTheFirst() async throws {
    let callerID = try await used()
    let second = try await run(
      "/usr/bin/flock", [callerID.folder, Program.admin.path, "--db", callerID.store, "maintain"])
    #expect(second.status == 0)
    #expect(second.output.isEmpty)
    #expect(second.errors == "callerid-admin: another maintain or restore is running, so nothing was done\n")
    #expect(!FileManager.default.fileExists(atPath: callerID.folder + "/backups"))
  }

  @Test func severalAtOnceAmongCallsHarmNothing() async throws {
    let callerID = try await used()
    for setting in ["default_daily_limit", "default_hourly_limit"] {
      _ = try await callerID.admin("config", "set", setting, "none")
    }
    _ = try await callerID.admin("config", "set", "busy_timeout_ms", "10000")
    async let jobs = withThrowingTaskGroup(of: Int.self) { group in
      for _ in 0..<6 { group.addTask { try await callerID.admin("maintain").status } }
      return try await group.reduce(into: []) { $0.append($1) }
    }
    var served = 0
    for index in 0..<60 {
      var call = AsteriskCall()
      call.uniqueID = "1790000001.\(index)"
      if try await callerID.agi(["SALES", "", "ttl=0"], call).status == 0 { served += 1 }
    }
    #expect(served == 60)
    #expect(try await jobs == [0, 0, 0, 0, 0, 0])
    #expect(try await callerID.admin("maintain", "--no-backup").output.contains("The index of numbers is correct"))
    #expect(try callerID.sql("SELECT sum(used_today) FROM number") == 65)
  }

  @Test func aDamagedStoreIsToldAndTheOldBackupsStay() async throws {
    let callerID = try await used()
    let folder = callerID.folder + "/backups"
    _ = try await callerID.admin("maintain", "--keep", "1")
    let backups = try FileManager.default.contentsOfDirectory(atPath: folder)
    let root = try callerID.sql("SELECT rootpage FROM sqlite_schema WHERE name = 'daily_usage'")
    try callerID.emptyLog()
    let handle = try #require(FileHandle(forWritingAtPath: callerID.store))
    try handle.seek(toOffset: UInt64((root - 1) * 1024))
    try handle.write(contentsOf: Data(repeating: 0xA5, count: 1024))
    try handle.close()
    for arguments in [["maintain", "--keep", "1"], ["maintain", "--no-backup"]] {
      let failed = try await callerID.admin(arguments)
      #expect(failed.status == 1)
      #expect(failed.errors.contains("damaged"), "\(failed.errors)")
      #expect(failed.errors.contains("backup"))
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == backups)
    }
  }

  @Test func theCronFileRunsIt() async throws {
    let cron = try String(contentsOfFile: FileManager.default.currentDirectoryPath + "/cron/callerid", encoding: .utf8)
    let jobs = cron.split(separator: "\n").filter { $0.contains("asterisk") && !$0.hasPrefix("#") }
    #expect(jobs.contains { $0.contains("callerid-admin maintain") })
    let callerID = try await used()
    for job in jobs {
      let command = job.split(separator: " ", maxSplits: 6)[6].replacing("callerid-admin", with: Program.admin.path)
      let done = try await run("/bin/sh", ["-c", String(command)], environment: ["CALLERID_DB": callerID.store])
      #expect(done.status == 0)
      // What is printed is mailed, every night.
      #expect(done.output.isEmpty && done.errors.isEmpty, "\(done)")
    }
  }
}

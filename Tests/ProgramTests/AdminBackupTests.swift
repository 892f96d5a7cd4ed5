import Foundation
import SQLite
import TestSupport
import Testing

/// `backup` and `restore`, with calls going on and with an end before their time.
@Suite(.timeLimit(.minutes(5)))
struct AdminBackupTests {
  private let files = FileManager.default

  private func status(_ path: String) throws -> (mode: Int, owner: Int) {
    let attributes = try files.attributesOfItem(atPath: path)
    return (
      try #require(attributes[.posixPermissions] as? Int), try #require(attributes[.ownerAccountID] as? Int)
    )
  }

  /// Of a file that no program of ours has open: as another program would read it.
  private func value(_ sql: StaticString, in path: String) throws -> Int {
    try Database(path: path, mode: .readWrite).value(sql) ?? 0
  }

  private func entries(_ folder: String) throws -> [String] { try files.contentsOfDirectory(atPath: folder).sorted() }

  private func call(_ callerID: Installation, _ index: Int, _ arguments: [String] = ["SALES", "", "ttl=0"]) async throws
    -> Finished
  {
    return try await callerID.agi(arguments, AsteriskCall(number: index))
  }

  private func unlimited() async throws -> Installation {
    let callerID = try await Installation(numbers: (100..<150).map { "2145550\($0)" })
    for setting in ["default_daily_limit", "default_hourly_limit"] {
      _ = try await callerID.admin("config", "set", setting, "none")
    }
    // Patience for a busy machine.
    _ = try await callerID.admin("config", "set", "busy_timeout_ms", "10000")
    return callerID
  }

  // MARK: Backup

  @Test func aBackupIsOneFileOfTheStoresOwnerAndHoldsAll() async throws {
    let callerID = try await Installation(numbers: ["2145550101", "3125550101"])
    _ = try await call(callerID, 1)
    if getuid() == 0 { _ = try await callerID.admin("init", "--owner", "61234:61234") }
    let path = callerID.folder + "/copy.db"
    let made = try await callerID.admin("backup", path)
    #expect(made.status == 0)
    #expect(made.errors.isEmpty)
    #expect(made.output.hasPrefix("\(path): 2 numbers, 1 request, "))
    #expect(try status(path) == status(callerID.store))
    #expect(try status(path).mode == 0o660)
    #expect(try value("SELECT count(*) FROM lane", in: path) == 4)
    #expect(try value("SELECT used_today FROM number WHERE id = 1", in: path) == 1)
    // It needs no log, and reading it has left none.
    #expect(try entries(callerID.folder).filter { $0.hasPrefix("copy") } == ["copy.db"])

    try await callerID.expectRefusal(of: ["backup", path], saying: "is there already")
    try await callerID.expectRefusal(of: ["backup", callerID.store, "--force"], saying: "is the store itself")
    try await callerID.expectRefusal(of: ["backup", callerID.folder, "--force"], saying: "is a folder")
    try await callerID.expectRefusal(of: ["backup", "/nonexistent/copy.db"], saying: "cannot write")
    #expect(try await callerID.admin("backup", path, "--force").status == 0)
    let object = try await callerID.object("backup", path, "--force")
    #expect(object["path"] as? String == path)
    #expect(object["numbers"] as? Int == 2)
  }

  @Test func aFolderKeepsTheNewest() async throws {
    let callerID = try await Installation(numbers: ["2145550101"])
    let folder = callerID.folder + "/backups"
    #expect(try await callerID.admin("backup").status == 0)
    #expect(try status(folder).mode == 0o2770)
    let first = try #require(try entries(folder).first)
    #expect(first.contains(/^callerid-\d{8}-\d{6}Z\.db$/))
    let others = ["notes.txt", "callerid-2026.db", "other-20200101-000000Z.db", "callerid-20200101-000000Z.db.gz"]
    let old = ["callerid-20200101-000000Z.db", "callerid-20200102-000000Z.db"]
    let part = "callerid-20200101-000000Z.db.part-77"
    for name in others + old + [part] { try Data().write(to: URL(fileURLWithPath: folder + "/" + name)) }
    try files.setAttributes([.modificationDate: Date(timeIntervalSinceNow: -90_000)], ofItemAtPath: folder + "/" + part)
    let made = try await callerID.admin("backup", "--to", folder, "--keep", "2")
    #expect(made.status == 0)
    let left = try entries(folder).filter { !others.contains($0) }
    #expect(left.count == 2)
    #expect(left.allSatisfy { $0 >= first || $0 == old[1] })
    #expect(!left.contains(part))
    #expect(made.output.contains("removed ") && made.output.contains(old[0]))
    #expect(Set(try entries(folder)).isSuperset(of: others))
  }

  /// Two stores of one name, whose backups go to one folder.
  @Test func aStorePrunesItsOwnBackupsOnlyAndReplacesNone() async throws {
    let shared = FileManager.default.temporaryDirectory.path + "/callerid-shared-\(UUID().uuidString)"
    defer { try? files.removeItem(atPath: shared) }
    let stores = [try await Installation(numbers: ["2145550101"]), try await Installation(numbers: ["3125550101"])]
    for callerID in stores { #expect(try await callerID.admin("backup", "--to", shared).status == 0) }
    // All within a second, if the machine is quick.
    for _ in 0..<3 { #expect(try await stores[0].admin("backup", "--to", shared).status == 0) }
    #expect(try entries(shared).count == 5)
    #expect(try await stores[0].admin("backup", "--to", shared, "--keep", "1").status == 0)
    let left = try entries(shared)
    #expect(left.count == 2, "\(left)")
    let numbers = try left.map { try value("SELECT e164 FROM number", in: shared + "/" + $0) }
    #expect(Set(numbers) == [12_145_550_101, 13_125_550_101])
  }

  @Test(arguments: ["callerid.db.copy", "callerid.db.before-restore-20260101-000000Z"])
  func aStoreOfTwoNamesIsRefusedUnlessARestoreGaveIt(name: String) async throws {
    let callerID = try await Installation(numbers: ["2145550101"])
    let isOfRestore = name.contains("restore")
    #expect(link(callerID.store, callerID.folder + "/" + name) == 0)
    let made = try await call(callerID, 1)
    #expect(made.status == (isOfRestore ? 0 : 1))
    #expect(made.output.contains("STORE_ERROR") == !isOfRestore)
    #expect(try await callerID.admin("stats").status == (isOfRestore ? 0 : 1))
  }

  @Test func callsGoOnDuringABackupWhichIsOfOneMoment() async throws {
    let callerID = try await unlimited()
    let path = callerID.folder + "/copy.db"
    var served = 0
    for round in 0..<4 {
      async let backup = callerID.admin("backup", path, "--force")
      for index in 0..<25 where try await call(callerID, round * 25 + index).status == 0 { served += 1 }
      #expect(try await backup.status == 0)
      #expect(try value("SELECT integrity_check = 'ok' FROM pragma_integrity_check", in: path) == 1)
      #expect(
        try value(
          "SELECT (SELECT sum(used_today) FROM number) = (SELECT count(*) FROM request WHERE status = 'OK')", in: path)
          == 1)
    }
    #expect(served == 100)
    #expect(try callerID.sql("SELECT count(*) FROM request WHERE status = 'OK'") == 100)
    // The reader that the backup was keeps nobody from copying the log, and from beginning it again.
    #expect(try await callerID.admin("maintain", "--no-backup").status == 0)
    try callerID.emptyLog()
  }

  @Test func aBackupThatIsEndedLeavesNothing() async throws {
    let callerID = try await Installation(numbers: ["2145550101"])
    let path = callerID.folder + "/copy.db"
    let before = try callerID.dump()
    // It is ended by the first pages that it writes to the copy.
    let whole = try await callerID.trace(.admin, ["backup", path], seeing: ["pwrite64"]).trace.calls
    let first = try #require(whole.firstIndex { $0.contains("copy.db.part") }) + 1
    try files.removeItem(atPath: path)
    for when in first..<first + 3 {
      let ended = try await run(
        stracePath,
        [
          "-f", "-o", "/dev/null", "-e", "trace=pwrite64", "-e", "inject=pwrite64:signal=TERM:when=\(when)",
          Program.admin.path, "--db", callerID.store, "backup", path,
        ])
      #expect(ended.status == 1)
      #expect(ended.errors.contains("stopped. Nothing was changed"))
      #expect(try entries(callerID.folder).allSatisfy { !$0.hasPrefix("copy") })
    }
    #expect(try callerID.dump() == before)
  }

  @Test func aDamagedStoreGivesNoBackup() async throws {
    let callerID = try await damaged()
    let made = try await callerID.admin("backup", callerID.folder + "/copy.db")
    #expect(made.status == 1)
    #expect(made.errors.contains("damaged"), "\(made.errors)")
    #expect(try entries(callerID.folder).allSatisfy { !$0.hasPrefix("copy") })
  }

  /// A store that opens, with one page that does not hold what it should.
  private func damaged() async throws -> Installation {
    let callerID = try await Installation(numbers: (100..<400).map { "2145550\($0)" })
    let root = try callerID.sql("SELECT rootpage FROM sqlite_schema WHERE name = 'lane'")
    let size = try callerID.sql("PRAGMA page_size")
    try callerID.emptyLog()
    let handle = try #require(FileHandle(forWritingAtPath: callerID.store))
    try handle.seek(toOffset: UInt64((root - 1) * size + 8))
    try handle.write(contentsOf: Data(repeating: 0xA5, count: size - 8))
    try handle.close()
    return callerID
  }

  // MARK: Restore

  @Test func itPutsTheBackupInPlaceAndKeepsTheOldStore() async throws {
    let callerID = try await Installation(numbers: ["2145550101"])
    if getuid() == 0 { #expect(try await callerID.admin("init", "--owner", "61234").status == 0) }
    let path = callerID.folder + "/copy.db"
    _ = try await callerID.admin("backup", path)
    let backedUp = try callerID.dump()
    _ = try await callerID.admin("add", "3125550101")
    #expect(try await call(callerID, 1).status == 0)
    let before = try callerID.dump()
    let owner = try status(callerID.store)

    let restored = try await callerID.admin("restore", path)
    #expect(restored.status == 0, "\(restored.errors)")
    #expect(restored.errors.isEmpty)
    let kept = try #require(restored.lines.last?.split(separator: " ").last.map(String.init))
    #expect(restored.output.contains(": 1 number, 0 requests\n"))
    #expect(try callerID.dump().filter { !$0.hasPrefix("audit ") } == backedUp.filter { !$0.hasPrefix("audit ") })
    #expect(try callerID.dump().contains("audit restore \(path)"))
    for end in ["", "-wal", "-shm", "-lock"] { #expect(try status(callerID.store + end) == owner, "\(end)") }
    #expect(try value("SELECT count(*) FROM number", in: kept) == 2)
    #expect(try value("SELECT count(*) FROM request", in: kept) == 1)
    #expect(try await call(callerID, 2).status == 0)
    #expect(try callerID.sql("SELECT count(*) FROM request") == 1)
    // And back again, with no log left beside what it was read from.
    #expect(try await callerID.admin("restore", kept).status == 0)
    #expect(Set(before).isSubset(of: try callerID.dump()))
    #expect(try entries(callerID.folder).count { $0.contains(".before-restore-") } == 2)
    #expect(try entries(callerID.folder).allSatisfy { !$0.contains(".restoring-") })
  }

  @Test(arguments: [
    "missing", "folder", "empty", "text", "foreign", "older", "newer", "cut", "damaged", "itself", "fifo",
  ])
  func whatWillNotDoIsRefused(kind: String) async throws {
    let callerID = try await Installation(numbers: (100..<200).map { "2145550\($0)" })
    _ = try await call(callerID, 1)
    let path = callerID.folder + "/" + kind
    let good = callerID.folder + "/good"
    _ = try await callerID.admin("backup", good)
    var data = try Data(contentsOf: URL(fileURLWithPath: good))
    let pragma: StaticString? =
      switch kind {
      case "foreign": "PRAGMA application_id = 7"
      case "older": "PRAGMA user_version = 0"
      case "newer": "PRAGMA user_version = 999"
      default: nil
      }
    switch kind {
    case "missing", "itself": break
    case "folder": try files.createDirectory(atPath: path, withIntermediateDirectories: false)
    case "empty": try Data().write(to: URL(fileURLWithPath: path))
    case "text": try Data(String(repeating: "not a store\n", count: 1000).utf8).write(to: URL(fileURLWithPath: path))
    case "cut": try data.prefix(data.count / 2).write(to: URL(fileURLWithPath: path))
    case "fifo": _ = try await run("/usr/bin/mkfifo", [path])
    default:
      if kind == "damaged" { data.resetBytes(in: (data.count * 2 / 3)..<(data.count * 2 / 3 + 5000)) }
      try data.write(to: URL(fileURLWithPath: path))
      if let pragma { try Database(path: path, mode: .readWrite).execute(pragma) }
    }
    let listing = try entries(callerID.folder)
    let reason =
      switch kind {
      case "missing": "cannot look at"
      case "folder", "fifo": "is not a plain file"
      case "itself": "is the store itself"
      case "older": "Bring a copy of it up to date"
      case "newer": "Install the newer"
      case "empty", "foreign": "is not a rotation store"
      default: "damaged"
      }
    try await callerID.expectRefusal(of: ["restore", kind == "itself" ? callerID.store : path], saying: reason)
    #expect(try entries(callerID.folder) == listing)
    #expect(try await call(callerID, 2).status == 0)
  }

  @Test func aStoreThatIsDamagedOrGoneIsReplaced() async throws {
    let callerID = try await Installation(numbers: ["2145550101"])
    let path = callerID.folder + "/copy.db"
    _ = try await callerID.admin("backup", path)
    try callerID.emptyLog()
    let text = Data(String(repeating: "not a store\n", count: 500).utf8)
    try text.write(to: URL(fileURLWithPath: callerID.store))
    #expect(try await call(callerID, 1).status == 1)
    let restored = try await callerID.admin("restore", path)
    #expect(restored.status == 0, "\(restored.errors)")
    let kept = try #require(restored.lines.last?.split(separator: " ").last.map(String.init))
    #expect(try Data(contentsOf: URL(fileURLWithPath: kept)) == text)
    #expect(try await call(callerID, 1).status == 0)

    for end in ["", "-wal", "-shm", "-lock"] { try? files.removeItem(atPath: callerID.store + end) }
    let again = try await callerID.admin("restore", path)
    #expect(again.status == 0, "\(again.errors)")
    #expect(!again.output.contains("kept"))
    #expect(try await call(callerID, 1).status == 0)
  }

  @Test func callsMeetTheOldStoreOrTheNewOne() async throws {
    let callerID = try await unlimited()
    let path = callerID.folder + "/copy.db"
    // The backup has other numbers: which store a call was served from shows.
    let other = try await Installation(numbers: (100..<150).map { "3125550\($0)" })
    for setting in ["default_daily_limit", "default_hourly_limit"] {
      _ = try await other.admin("config", "set", setting, "none")
    }
    _ = try await other.admin("config", "set", "busy_timeout_ms", "10000")
    _ = try await other.admin("backup", path)
    async let calls = withThrowingTaskGroup(of: Finished.self) { group in
      for index in 0..<160 {
        if index >= 8 { _ = try await group.next() }
        group.addTask { try await call(callerID, index) }
      }
      return try await group.reduce(into: [Finished]()) { $0.append($1) }
    }
    var kept: [String] = []
    for _ in 0..<4 {
      let restored = try await callerID.admin("restore", path)
      #expect(restored.status == 0, "\(restored.errors)")
      kept += restored.lines.last?.split(separator: " ").last.map { [String($0)] } ?? []
    }
    #expect(try await calls.allSatisfy { $0.status == 0 || $0.output.contains("STORE_BUSY") })
    #expect(kept.count == 4)
    var granted = try callerID.sql("SELECT count(*) FROM request WHERE status = 'OK'")
    for store in kept + [callerID.store] {
      let database = try Database(path: store, mode: .readWrite)
      try database.keepLogOnClose()
      #expect(try database.value("PRAGMA integrity_check") == "ok")
      #expect(
        try database.value("SELECT count(*) FROM request WHERE status = 'OK'") == database.value(
          "SELECT sum(used_today) FROM number") ?? 0)
      if store != callerID.store {
        granted += try database.value("SELECT count(*) FROM request WHERE status = 'OK'") ?? 0
      }
    }
    #expect(granted > 0 && granted <= 160)
    #expect(try callerID.sql("SELECT count(*) FROM number WHERE e164 LIKE '1312%'") == 50)
  }

  @Test func whoeverHoldsTheStoreIsWaitedForAndThenNamed() async throws {
    let callerID = try await Installation(numbers: ["2145550101"])
    let path = callerID.folder + "/copy.db"
    _ = try await callerID.admin("backup", path)
    let reader = try Database(path: callerID.store, mode: .readWrite)
    try reader.keepLogOnClose()
    _ = try reader.value("SELECT count(*) FROM number", as: Int.self)
    try await callerID.expectRefusal(of: ["restore", path], saying: "another program does not let go of the store")
    withExtendedLifetime(reader) {}
  }

  @Test func aRestoreThatIsKilledLeavesTheOldStoreOrTheNewOne() async throws {
    var points = 0
    for call in ["link", "unlink", "rename", "fsync", "fdatasync", "pwrite64", "fchmod", "flock", "ftruncate"] {
      for when in 1...40 {
        let callerID = try await Installation(numbers: ["2145550101"])
        let path = callerID.folder + "/copy.db"
        _ = try await callerID.admin("backup", path)
        _ = try await callerID.admin("add", "3125550101")
        _ = try await self.call(callerID, 1)
        let killed = try await run(
          stracePath,
          [
            "-f", "-o", "/dev/null", "-e", "trace=\(call)", "-e", "inject=\(call):signal=KILL:when=\(when)",
            Program.admin.path, "--db", callerID.store, "restore", path,
          ])
        if killed.status == 0 { break }
        points += 1
        #expect(killed.status >= 128)
        #expect(try await self.call(callerID, 2).status == 0, "\(call) \(when)")
        #expect(try callerID.sql("SELECT integrity_check = 'ok' FROM pragma_integrity_check") == 1)
        let numbers = try callerID.sql("SELECT count(*) FROM number")
        let requests = try callerID.sql("SELECT count(*) FROM request WHERE status = 'OK'")
        #expect((numbers, requests) == (2, 2) || (numbers, requests) == (1, 1), "\(call) \(when)")
        #expect(try callerID.sql("SELECT sum(used_today) FROM number") == requests)
        // The next one puts everything right.
        #expect(try await callerID.admin("restore", path).status == 0)
        #expect(try entries(callerID.folder).allSatisfy { !$0.contains(".restoring-") })
        #expect(try files.attributesOfItem(atPath: callerID.store)[.referenceCount] as? Int == 1)
        // Forty writes are enough of the many.
        if call == "pwrite64", when > 20 { break }
      }
    }
    #expect(points > 20)
  }
}

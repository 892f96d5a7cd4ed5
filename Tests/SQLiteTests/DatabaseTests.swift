import Foundation
import SQLite
import Testing

struct DatabaseTests {
  @Test(arguments: ["", "plain", "quote ' \" \\", "日本", "nul\u{0}inside", String(repeating: "x", count: 100_000)])
  func textComesBackAsItWas(text: String) throws {
    let test = try TestDatabase()
    try test.database.run("INSERT INTO t VALUES (?, ?)", 1, text)
    #expect(try test.database.value("SELECT b FROM t") == text)
  }

  @Test(arguments: [0, 1, -1, Int.max, Int.min])
  func integersComeBackAsTheyWere(integer: Int) throws {
    let test = try TestDatabase()
    try test.database.run("INSERT INTO t VALUES (?, NULL)", integer)
    #expect(try test.database.value("SELECT a FROM t") == integer)
    let text: String?? = try test.database.value("SELECT b FROM t")
    #expect(text == .some(nil))
  }

  @Test func aForgottenValueIsAnError() throws {
    let test = try TestDatabase()
    #expect(throws: SQLiteError.self) { try test.database.run("INSERT INTO t VALUES (?, ?)", 1) }
    #expect(try test.database.value("SELECT count(*) FROM t") == 0)
  }

  @Test func anErrorHasItsCodesAndStatementButNoValues() throws {
    let test = try TestDatabase()
    try test.database.run("INSERT INTO t VALUES (?, ?)", 2_145_550_101, "secret")
    let error = #expect(throws: SQLiteError.self) {
      try test.database.run("INSERT INTO t VALUES (?, ?)", 2_145_550_101, "secret")
    }
    #expect(error?.code == .constraint)
    #expect(error?.extendedCode == 2067)  // SQLITE_CONSTRAINT_UNIQUE
    #expect(error?.sql == "INSERT INTO t VALUES (?, ?)")
    #expect("\(String(describing: error))".contains("secret") == false)
    #expect("\(String(describing: error))".contains("2145550101") == false)
  }

  @Test func aTransactionThatThrowsLeavesNothing() throws {
    let test = try TestDatabase()
    #expect(throws: CancellationError.self) {
      try test.database.transaction {
        try test.database.run("INSERT INTO t VALUES (1, 'x')")
        throw CancellationError()
      }
    }
    #expect(try test.database.value("SELECT count(*) FROM t") == 0)
    try test.database.transaction { try test.database.run("INSERT INTO t VALUES (1, 'x')") }
    #expect(try test.database.value("SELECT count(*) FROM t") == 1)
  }

  @Test func aRehearsalLeavesNothing() throws {
    let test = try TestDatabase()
    let seen: Int? = try test.database.rehearsal {
      try test.database.run("INSERT INTO t VALUES (1, 'x')")
      return try test.database.value("SELECT count(*) FROM t")
    }
    #expect(seen == 1)
    #expect(try test.database.value("SELECT count(*) FROM t") == 0)
  }

  @Test func aStatementMayRunInsideItself() throws {
    let test = try TestDatabase()
    for value in 1...3 { try test.database.run("INSERT INTO t VALUES (?, NULL)", value) }
    func count(_ depth: Int) throws -> Int {
      var total = 0
      try test.database.each("SELECT a FROM t") { _ in
        total += 1
        if depth > 0 { total += (try? count(depth - 1)) ?? 0 }
      }
      return total
    }
    #expect(try count(1) == 3 + 3 * 3)
  }

  @Test func aLockedDatabaseIsBusy() throws {
    let test = try TestDatabase()
    let other = try Database(path: test.folder + "/test.db", mode: .readWrite)
    try test.database.execute("BEGIN IMMEDIATE")
    let error = #expect(throws: SQLiteError.self) { try other.run("INSERT INTO t VALUES (1, NULL)") }
    #expect(error?.code == .busy)
  }

  @Test func aCheckpointEmptiesTheLog() throws {
    let test = try TestDatabase()
    let before = test.database.logFrames
    try test.database.run("INSERT INTO t VALUES (1, 'x')")
    #expect(test.database.logFrames > before)
    try test.database.emptyLog()
    let size = try FileManager.default.attributesOfItem(atPath: test.folder + "/test.db-wal")[.size] as? Int
    #expect(size == 0)
  }

  @Test func aCheckpointDoesNotWaitForAReader() throws {
    let test = try TestDatabase()
    test.database.busyTimeoutMilliseconds = 60_000
    let reader = try Database(path: test.folder + "/test.db", mode: .readWrite)
    try reader.execute("BEGIN")
    _ = try reader.value("SELECT count(*) FROM t", as: Int.self)
    try test.database.run("INSERT INTO t VALUES (1, 'x')")
    let start = ContinuousClock.now
    #expect(throws: SQLiteError.self) { try test.database.emptyLog() }
    #expect(start.duration(to: .now) < .seconds(30))
  }

  @Test(arguments: [(Database.Mode.readWrite, SQLiteError.Code.cannotOpen), (.readOnly, .cannotOpen)])
  func aMissingFileIsNotMade(mode: Database.Mode, code: SQLiteError.Code) throws {
    let error = #expect(throws: SQLiteError.self) { _ = try Database(path: "/nonexistent/x.db", mode: mode) }
    #expect(error?.code == code)
  }
}

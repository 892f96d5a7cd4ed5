import Foundation
import SQLite
import Testing

/// A commit is gathered, and written to the log in few pieces.
struct LogTests {
  private func insert(_ rows: Range<Int>, _ text: String, into database: Database) throws {
    for row in rows { try database.run("INSERT INTO t VALUES (?, ?)", row, text) }
  }

  /// The number of rows with a text in what a crash would leave, which must be whole.
  private func recovered(_ test: TestDatabase, _ text: String) throws -> Int? {
    let copy = try test.recovered()
    #expect(try copy.value("PRAGMA integrity_check") == "ok")
    return try copy.value("SELECT count(*) FROM t WHERE b = ?", text)
  }

  @Test(arguments: [1, 100, 10_000])
  func aCommitIsInTheLogWhenItIsDone(rows: Int) throws {
    let test = try TestDatabase()
    for round in 0..<3 {
      try test.database.transaction { try insert(round * rows..<(round + 1) * rows, "text", into: test.database) }
      #expect(try recovered(test, "text") == (round + 1) * rows)
    }
    // Which also begins the log again.
    try test.database.emptyLog()
    try test.database.transaction { try insert(-rows..<0, "text", into: test.database) }
    #expect(try recovered(test, "text") == 4 * rows)
  }

  /// Such pages go to the log before the commit, some are written in their places again, and the checksums from there on
  /// are then made anew.
  @Test func pagesThatTheCacheHadNoRoomForAreCommittedWithTheOthers() throws {
    let test = try TestDatabase()
    try test.database.setCacheSize(5)
    let (one, two) = (String(repeating: "1", count: 200), String(repeating: "2", count: 200))
    try test.database.transaction {
      try insert(0..<2000, one, into: test.database)
      try test.database.run("UPDATE t SET b = ? WHERE a % 2 = 0", two)
      #expect(try test.logSize() > 400_000)
    }
    #expect(try recovered(test, one) == 1000)
    #expect(try recovered(test, two) == 1000)
  }

  @Test func whatWasRolledBackDoesNotComeBackOverALaterCommit() throws {
    let test = try TestDatabase()
    let other = try Database(path: test.path, mode: .readWrite)
    try test.database.setCacheSize(5)
    for round in 0..<5 {
      #expect(throws: CancellationError.self) {
        try test.database.transaction {
          try insert(-2000..<0, "gone", into: test.database)
          throw CancellationError()
        }
      }
      try other.transaction { try insert(round * 10..<round * 10 + 10, "text", into: other) }
      #expect(try test.database.value("SELECT count(*) FROM t") == round * 10 + 10)
      #expect(try recovered(test, "text") == round * 10 + 10)
      #expect(try recovered(test, "gone") == 0)
    }
  }

  @Test func aDatabaseWithoutALogCommitsToo() throws {
    let test = try TestDatabase()
    for mode in ["DELETE", "MEMORY", "OFF"] {
      let database = try Database(path: test.folder + "/\(mode).db", mode: .create)
      switch mode {
      case "DELETE": try database.execute("PRAGMA journal_mode = DELETE")
      case "MEMORY": try database.execute("PRAGMA journal_mode = MEMORY")
      default: try database.execute("PRAGMA journal_mode = OFF")
      }
      try database.execute("CREATE TABLE t (a INTEGER UNIQUE, b TEXT)")
      for round in 0..<2 { try database.transaction { try insert(round..<round + 1, "text", into: database) } }
      #expect(try database.value("SELECT count(*) FROM t") == 2)
    }
  }

  @Test func aReaderBesideSeesWholeCommits() throws {
    let test = try TestDatabase()
    try test.database.transaction { try insert(0..<500, "0", into: test.database) }
    let path = test.path
    let reading = Thread {
      let seen = Result {
        let reader = try Database(path: path, mode: .readOnly)
        reader.busyTimeoutMilliseconds = 10_000
        var last = 0
        while last < 200 {
          let (least, most): (Int, Int) =
            try reader.first("SELECT min(CAST(b AS INTEGER)), max(CAST(b AS INTEGER)) FROM t") { ($0[0], $0[1]) }
            ?? (-1, -2)
          guard least == most, least >= last else { return "\(least) to \(most) after \(last)" }
          last = least
        }
        return "whole"
      }
      Thread.current.threadDictionary["seen"] = "\(seen)"
    }
    reading.start()
    for round in 1...200 { try test.database.transaction { try test.database.run("UPDATE t SET b = ?", "\(round)") } }
    while !reading.isFinished { usleep(1000) }
    #expect(reading.threadDictionary["seen"] as? String == "\(Result<String, any Error>.success("whole"))")
  }
}

import Foundation
import MariaDB
import Synchronization
import TestSupport
import Testing

struct CommitTests {
  private static let count = "SELECT COUNT(*) FROM kept"

  private func prepare(_ node: EngineNode) async throws {
    try await node.sql("CREATE TABLE kept (id INT PRIMARY KEY, n INT NOT NULL DEFAULT 0) ENGINE=InnoDB")
  }

  @Test func allOfItStandsOrNothing() async throws {
    let node = try await EngineNode()
    try await prepare(node)
    try await blocking {
      let engine = try MariaDB.Connection(ConnectionOptions(node.port))
      let other = try MariaDB.Connection(ConnectionOptions(node.port))
      let sum: Int = try engine.transaction {
        try $0.run("INSERT INTO kept VALUES (1, 1)")
        // A transaction within is a part of it.
        try $0.transaction { try $0.run("INSERT INTO kept VALUES (2, 2)") }
        #expect(try other.value(Self.count) == 0)
        return try $0.value("SELECT SUM(n) FROM kept") ?? 0
      }
      #expect(sum == 3)
      #expect(try other.value(Self.count) == 2)
      struct Enough: Error {}
      #expect(throws: Enough.self) {
        try engine.transaction {
          try $0.run("DELETE FROM kept")
          throw Enough()
        }
      }
      #expect(
        failure { try engine.transaction { try $0.run("INSERT INTO kept VALUES (3, 3), (1, 1)") } }?.isDuplicate
          == true)
      #expect(try other.value(Self.count) == 2)
    }
  }

  @Test func aDeadlockIsTriedAgain() async throws {
    let node = try await EngineNode()
    try await prepare(node)
    try await node.sql("INSERT INTO kept (id) VALUES (1), (2)")
    let (first, second) = (DispatchSemaphore(value: 0), DispatchSemaphore(value: 0))
    let port = node.port
    // Each takes a row, waits until the other has the other one, and wants that.
    @Sendable func cross(_ own: Int, _ others: Int, mine: DispatchSemaphore, theirs: DispatchSemaphore) throws -> Int {
      let engine = try MariaDB.Connection(ConnectionOptions(port))
      var runs = 0
      try engine.transaction {
        runs += 1
        try $0.run("UPDATE kept SET n = n + 1 WHERE id = ?", own)
        if runs == 1 {
          mine.signal()
          theirs.wait()
        }
        try $0.run("UPDATE kept SET n = n + 1 WHERE id = ?", others)
      }
      return runs
    }
    async let one = blocking { try cross(1, 2, mine: first, theirs: second) }
    async let two = blocking { try cross(2, 1, mine: second, theirs: first) }
    #expect(try await one + two >= 3)
    #expect(try await node.sql("SELECT n FROM kept") == [["2"], ["2"]])
    let deadlocks = try await node.sql("SHOW GLOBAL STATUS LIKE 'Innodb_deadlocks'")
    #expect(deadlocks.first?.last != "0")
  }

  @Test func aLockThatIsWaitedForInVainIsTriedAgain() async throws {
    let node = try await EngineNode()
    try await prepare(node)
    try await blocking {
      let (engine, other) = (
        try MariaDB.Connection(ConnectionOptions(node.port)), try MariaDB.Connection(ConnectionOptions(node.port))
      )
      try engine.run("INSERT INTO kept VALUES (1, 0)")
      try other.execute("START TRANSACTION")
      try other.run("UPDATE kept SET n = 5")
      let error = failure { try engine.run("UPDATE kept SET n = 6") }
      #expect(error?.code == 1205 && error?.isConflict == true)
      var runs = 0
      try engine.transaction {
        runs += 1
        if runs == 2 { try other.execute("COMMIT") }
        // That the first failure is not passed on does not help: the transaction has failed.
        do { try $0.run("UPDATE kept SET n = n + 1") } catch {}
      }
      #expect(runs == 2)
      #expect(try engine.value("SELECT n FROM kept") == 6)
      try other.execute("START TRANSACTION")
      try other.run("UPDATE kept SET n = 7")
      try engine.execute("SET SESSION innodb_lock_wait_timeout = 0")
      runs = 0
      let vain = failure {
        try engine.transaction {
          runs += 1
          try $0.run("UPDATE kept SET n = 8")
        }
      }
      #expect(vain?.isConflict == true && runs == MariaDB.Connection.mostTries)
    }
  }

  @Test func aConnectionLostBeforeCommitLosesNothing() async throws {
    let node = try await EngineNode()
    try await prepare(node)
    let proxy = try EngineProxy(to: node.port)
    try await blocking {
      let engine = try MariaDB.Connection(ConnectionOptions(proxy.port))
      for moment in ["START", "INSERT", "kept2"] {
        proxy.set(.loseAnswer, at: moment)
        var runs = 0
        try engine.transaction {
          runs += 1
          try $0.run("DELETE FROM kept")
          try $0.execute("INSERT INTO kept (id) VALUES (1)")
          try $0.execute("INSERT /* kept2 */ INTO kept (id) VALUES (2)")
        }
        #expect(runs == (moment == "START" ? 1 : 2))
        #expect(try engine.value(Self.count) == 2)
      }
      // Once, not for ever.
      let error = failure {
        try engine.transaction {
          proxy.cut()
          // Passed on or not.
          do { try $0.run("DELETE FROM kept") } catch {}
        }
      }
      #expect(error?.isConnectionLost == true && error?.isUnknown == false)
      #expect(try engine.value(Self.count) == 2)
    }
  }

  // MARK: What has become of a COMMIT

  /// A transaction that writes its mark first, and says by which way it came to its result.
  private func mark(_ id: Int, on engine: MariaDB.Connection, runs: inout Int, asked: inout Int) throws -> String {
    try engine.transaction {
      runs += 1
      try $0.run("INSERT INTO kept VALUES (?, 1)", id)
      return "run"
    } cameAbout: {
      asked += 1
      return try $0.value("SELECT n FROM kept WHERE id = ?", id, as: Int.self).map { _ in "asked" }
    }
  }

  @Test func whatHasBecomeOfACommitIsAsked() async throws {
    let node = try await EngineNode()
    try await prepare(node)
    let proxy = try EngineProxy(to: node.port)
    try await blocking {
      let engine = try MariaDB.Connection(ConnectionOptions(proxy.port))
      var (runs, asked) = (0, 0)
      proxy.set(.loseAnswer, at: "COMMIT")
      #expect(try mark(1, on: engine, runs: &runs, asked: &asked) == "asked")
      #expect(runs == 1 && asked == 1)
      proxy.set(.loseRequest, at: "COMMIT")
      #expect(try mark(2, on: engine, runs: &runs, asked: &asked) == "run")
      #expect(runs == 3 && asked == 2)
      #expect(try engine.value(Self.count) == 2)

      for trap in [EngineProxy.Trap.loseAnswer, .loseRequest] {
        proxy.set(trap, at: "COMMIT")
        let error = failure { try engine.transaction { try $0.run("INSERT INTO kept VALUES (9, 9)") } }
        #expect(error?.isUnknown == true && error?.isConnectionLost == true)
        #expect(error?.description.contains("not known whether it was committed") == true)
        #expect(try engine.run("DELETE FROM kept WHERE id = 9") == (trap == .loseAnswer ? 1 : 0))
      }
    }
  }

  /// How the second run of a transaction may learn of the first.
  enum Meeting: CaseIterable { case duplicate, failureOfItsOwn }

  @Test(arguments: Meeting.allCases) func aCommitThatComesAboutLateCountsOnce(meeting: Meeting) async throws {
    let node = try await EngineNode()
    try await prepare(node)
    let proxy = try EngineProxy(to: node.port)
    struct Taken: Error {}
    try await blocking {
      let engine = try MariaDB.Connection(ConnectionOptions(proxy.port))
      proxy.set(.hold, at: "COMMIT")
      var (runs, asked) = (0, 0)
      let result = try engine.transaction {
        runs += 1
        // The second run meets the mark of the first, whose COMMIT comes about at last.
        if runs == 2 {
          proxy.release()
          if meeting == .failureOfItsOwn {
            while try $0.value(Self.count, as: Int.self) == 0 { usleep(1000) }
            throw Taken()
          }
        }
        try $0.run("INSERT INTO kept VALUES (1, 1)")
        return "run"
      } cameAbout: {
        asked += 1
        return try $0.value("SELECT n FROM kept WHERE id = 1", as: Int.self).map { _ in "asked" }
      }
      #expect(result == "asked" && runs == 2 && asked == 2)
      #expect(try engine.value(Self.count) == 1)
    }
  }

  @Test func aServerThatIsKilledAtAnyMomentCommitsOnceOrNotAtAll() async throws {
    let node = try await EngineNode()
    try await prepare(node)
    try await node.sql("INSERT INTO kept VALUES (0, 0)")
    let isOver = Mutex(false)
    let writer = Task {
      try await blocking {
        let engine = try MariaDB.Connection(ConnectionOptions(node.port))
        var id = 0
        while !isOver.withLock({ $0 }) {
          id += 1
          let asks = "SELECT n FROM kept WHERE id = ?"
          var isDone = false
          while !isDone {
            do {
              try engine.transaction {
                try $0.run("INSERT INTO kept VALUES (?, 1)", id)
                try $0.run("UPDATE kept SET n = n + 1 WHERE id = 0")
              } cameAbout: {
                try $0.value(asks, id, as: Int.self).map { _ in () }
              }
              isDone = true
            } catch let error as EngineError where error.isConnectionLost {
              // It is down, or was killed several times in a row.
              repeat {
                usleep(20_000)
                guard error.isUnknown, let mark = try? engine.all(asks, id, body: { $0[0] as Int }) else { continue }
                isDone = !mark.isEmpty
                break
              } while error.isUnknown
            }
          }
        }
        return id
      }
    }
    for _ in 0..<12 {
      try await Task.sleep(for: .microseconds(Int.random(in: 30_000...90_000)))
      node.kill()
      try await node.start()
    }
    isOver.withLock { $0 = true }
    let written = try await writer.value
    #expect(written > 12)
    #expect(try await node.sql("SELECT COUNT(*) FROM kept WHERE id > 0") == [["\(written)"]])
    #expect(try await node.sql("SELECT n FROM kept WHERE id = 0") == [["\(written)"]])
  }
}

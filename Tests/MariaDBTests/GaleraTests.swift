import Foundation
import MariaDB
import TestSupport
import Testing

struct GaleraTests {
  @Test func threeNodesAreOneEngine() async throws {
    let cluster = try await EngineCluster(nodes: 3)
    let nodes = cluster.nodes
    try await blocking {
      let first = try MariaDB.Connection(ConnectionOptions(nodes[0].port))
      let second = try MariaDB.Connection(ConnectionOptions(nodes[1].port))
      #expect(first.isGalera && second.isGalera)
      try first.execute("CREATE TABLE kept (id INT PRIMARY KEY, n INT) ENGINE=InnoDB")
      for id in 0..<300 {
        try first.run("INSERT INTO kept VALUES (?, 0)", id)
        let seen = try second.upToDate { try $0.value("SELECT COUNT(*) FROM kept WHERE id = ?", id, as: Int.self) }
        #expect(seen == 1)
      }
      #expect(try second.value("SELECT @@wsrep_sync_wait") == 0)
      let rows = (300..<800).map { [$0, 0] }
      #expect(try first.runMany("INSERT INTO kept VALUES (?, ?) ON DUPLICATE KEY UPDATE n = 0", rows: rows) == 500)
      #expect(try second.upToDate { try $0.value("SELECT COUNT(*) FROM kept") } == 800)
    }

    // Two nodes write to one row: one of them fails at COMMIT, and is tried again.
    @Sendable func count(on port: Int) throws -> Int {
      let engine = try MariaDB.Connection(ConnectionOptions(port))
      var runs = 0
      for _ in 0..<100 {
        var isDone = false
        while !isDone {
          do {
            try engine.transaction {
              runs += 1
              try $0.run("UPDATE kept SET n = n + 1 WHERE id = 0")
            }
            isDone = true
          } catch let error as EngineError where error.isConflict && !error.isUnknown {}
        }
      }
      return runs
    }
    async let one = blocking { try count(on: nodes[0].port) }
    async let two = blocking { try count(on: nodes[1].port) }
    #expect(try await one + two > 200)
    try await blocking {
      let third = try MariaDB.Connection(ConnectionOptions(nodes[2].port))
      #expect(try third.upToDate { try $0.value("SELECT n FROM kept WHERE id = 0") } == 200)
    }

    // The node in use is killed: the next of the list goes on, when it has noticed.
    try await blocking {
      let engine = try MariaDB.Connection(ConnectionOptions(nodes[0].port, nodes[1].port, nodes[2].port))
      var (runs, asked) = (0, 0)
      let result: String = try engine.transaction {
        runs += 1
        try $0.run("INSERT INTO kept VALUES (1000, 1)")
        if runs == 1 { nodes[0].kill() }
        return "run"
      } cameAbout: {
        asked += 1
        return try $0.value("SELECT n FROM kept WHERE id = 1000", as: Int.self).map { _ in "asked" }
      }
      // For six seconds the others wait for the dead one, and a COMMIT is silent for longer than the limit.
      #expect(["run", "asked"].contains(result) && runs == 2 && asked > 0)
      #expect(engine.host == engine.options.hosts[1])
      #expect(try engine.value("SELECT COUNT(*) FROM kept WHERE id = 1000") == 1)
    }

    // One alone is not the cluster any more, and says so.
    nodes[1].kill()
    try await blocking {
      let alone = ConnectionOptions(nodes[2].port)
      var error: EngineError?
      for _ in 0..<300 {
        error = failure { _ = try MariaDB.Connection(alone) }
        if error != nil { break }
        usleep(100_000)
      }
      #expect(error?.code == 1047 && error?.isConnectionLost == true)
    }
  }
}

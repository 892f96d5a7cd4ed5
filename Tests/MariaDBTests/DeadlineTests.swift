import Glibc
import MariaDB
import TestSupport
import Testing

/// Where nobody answers, the time allowed ends the wait. How long that took exactly cannot be asserted on a busy machine;
/// the limits of libmariadb would be longer than the test may take.
@Suite(.timeLimit(.minutes(1))) struct DeadlineTests {
  private func patient(_ port: Int) -> ConnectionOptions {
    var options = ConnectionOptions(port)
    (options.connectTimeout, options.readTimeout, options.writeTimeout) = (120, 120, 120)
    return options
  }

  @Test func aFrozenServerIsGivenUp() async throws {
    let node = try await EngineNode()
    try await blocking {
      let engine = try MariaDB.Connection(patient(node.port))
      try engine.execute("CREATE TABLE kept (id INT PRIMARY KEY)")
      node.freeze()
      let late = failure {
        try MariaDB.Connection.within(milliseconds: 15) { try engine.run("INSERT INTO kept VALUES (1)") }
      }
      #expect(late?.isDeadline == true && late?.isConnectionLost == true)
      // Connecting has the same limit: the kernel answers for the server, and then nobody does.
      let again = failure { try MariaDB.Connection.within(milliseconds: 15) { try engine.ping() } }
      #expect(again?.isDeadline == true && again?.isConnectionLost == true)
      #expect(failure { try MariaDB.Connection.within(milliseconds: 0) { try engine.ping() } }?.isDeadline == true)
      node.thaw()
      try engine.ping()
      try MariaDB.Connection.within(milliseconds: 60_000) { try engine.ping() }
    }
  }

  @Test func aNetworkThatIsSilentIsGivenUp() async throws {
    let node = try await EngineNode()
    let proxy = try EngineProxy(to: node.port)
    try await blocking {
      let engine = try MariaDB.Connection(patient(proxy.port))
      try engine.execute("CREATE TABLE kept (id INT PRIMARY KEY, bytes LONGBLOB)")
      proxy.fallSilent()
      // More than the kernel takes: it waits while it sends.
      let much = [UInt8](repeating: 7, count: 12_000_000)
      let late = failure {
        try MariaDB.Connection.within(milliseconds: 50) { try engine.run("INSERT INTO kept VALUES (1, ?)", much) }
      }
      #expect(late?.isDeadline == true && late?.isConnectionLost == true)
      // Within a longer limit, the shorter one holds; after it, the longer one.
      MariaDB.Connection.within(milliseconds: 600_000) {
        let inner = failure { try MariaDB.Connection.within(milliseconds: 15) { try engine.ping() } }
        #expect(inner?.isDeadline == true)
        proxy.speak()
        #expect(throws: Never.self) { try engine.ping() }
      }
      // And within a shorter one, a longer one does not.
      proxy.fallSilent()
      let outer = failure {
        try MariaDB.Connection.within(milliseconds: 15) {
          try MariaDB.Connection.within(milliseconds: 600_000) { try engine.ping() }
        }
      }
      #expect(outer?.isDeadline == true)
      proxy.speak()
    }
  }

  @Test func aHostThatTakesNoConnectionIsGivenUp() async throws {
    // Of a queue that is full, the kernel drops what else wants in, as a firewall does.
    let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
    defer { close(listener) }
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let port = withUnsafeMutablePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        _ = bind(listener, $0, length) + listen(listener, 0) + getsockname(listener, $0, &length)
      }
      return Int(UInt16(bigEndian: $0.pointee.sin_port))
    }
    let waiting = try TestSupport.Connection(port: port)
    try await blocking {
      let late = failure { try MariaDB.Connection.within(milliseconds: 15) { try MariaDB.Connection(patient(port)) } }
      #expect(late?.isDeadline == true && late?.code == 2002)
      var options = ConnectionOptions(port, port)
      options.connectTimeout = 1
      let error = failure { try MariaDB.Connection(options) }
      #expect(error?.isConnectionLost == true && error?.isDeadline == false)
    }
    _ = waiting
  }

  @Test func withoutADeadlineTheTimeoutsOfTheOptionsHold() async throws {
    let node = try await EngineNode()
    try await blocking {
      var options = ConnectionOptions(node.port)
      (options.connectTimeout, options.readTimeout, options.writeTimeout) = (1, 1, 1)
      let engine = try MariaDB.Connection(options)
      try engine.execute("CREATE TABLE kept (id INT PRIMARY KEY, bytes LONGBLOB)")
      #expect(failure { try engine.execute("DO SLEEP(30)") }?.code == 2013)
      node.freeze()
      for _ in 0..<2 {
        let error = failure { try engine.ping() }
        #expect(error?.isConnectionLost == true && error?.isDeadline == false)
      }
      node.thaw()
      try engine.ping()
      node.freeze()
      let much = [UInt8](repeating: 7, count: 12_000_000)
      #expect(failure { try engine.run("INSERT INTO kept VALUES (1, ?)", much) }?.isConnectionLost == true)
      node.thaw()
    }
  }

  @Test func aTransactionThatIsLateIsUndone() async throws {
    let node = try await EngineNode()
    try await blocking {
      let engine = try MariaDB.Connection(patient(node.port))
      try engine.execute("CREATE TABLE kept (id INT PRIMARY KEY)")
      let other = try MariaDB.Connection(patient(node.port))
      try other.execute("START TRANSACTION")
      try other.run("INSERT INTO kept VALUES (1)")
      var runs = 0
      // It waits for the other's lock.
      let late = failure {
        try MariaDB.Connection.within(milliseconds: 40) {
          try engine.transaction {
            runs += 1
            try $0.run("INSERT INTO kept VALUES (2)")
            try $0.run("INSERT INTO kept VALUES (1)")
          }
        }
      }
      #expect(late?.isDeadline == true && late?.isUnknown == false && runs == 1)
      try other.execute("ROLLBACK")
      #expect(try engine.value("SELECT COUNT(*) FROM kept") == 0)
    }
  }
}

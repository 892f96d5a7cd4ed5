import Foundation
import MariaDB
import TestSupport
import Testing

struct ConnectionTests {
  @Test func aSessionIsSetUp() async throws {
    let node = try await EngineNode()
    try await blocking {
      let engine = try MariaDB.Connection(ConnectionOptions(node.port))
      #expect(engine.serverVersion >= 101_100 && !engine.isGalera)
      #expect(engine.host.description == "127.0.0.1:\(node.port)")
      for (variable, value) in [
        ("time_zone", "+00:00"), ("character_set_client", "utf8mb4"), ("tx_isolation", "READ-COMMITTED"),
        ("autocommit", "1"), ("innodb_lock_wait_timeout", "1"), ("idle_transaction_timeout", "10"),
      ] { #expect(try engine.value("SELECT @@\(variable)") == value) }
      #expect(try engine.value("SELECT @@sql_mode", as: String.self)?.contains("STRICT_ALL_TABLES") == true)
      try engine.ping()
      engine.close()
      #expect(failure { try engine.ping() }?.isConnectionLost == true)
    }
  }

  @Test func aUnixSocketDoesWithoutANetwork() async throws {
    let node = try await EngineNode(["skip-networking"])
    try await blocking {
      var options = ConnectionOptions(node.port)
      #expect(failure { try MariaDB.Connection(options) }?.code == 2002)
      options.hosts = [.socket(node.socket)]
      let engine = try MariaDB.Connection(options)
      #expect(try engine.value("SELECT 1") == 1)
      options.hosts = [.socket("/" + String(repeating: "s", count: 107))]
      #expect(failure { try MariaDB.Connection(options) }?.message.contains("too long") == true)
    }
  }

  @Test func whoIsRefusedIsToldWhy() async throws {
    let node = try await EngineNode()
    try await node.sql(
      """
      CREATE USER other@'%' IDENTIFIED VIA mysql_old_password USING '';
      INSTALL SONAME 'auth_ed25519';
      CREATE USER modern@'%' IDENTIFIED VIA ed25519 USING PASSWORD('secret');
      """)
    try await blocking {
      func refused(_ change: (inout ConnectionOptions) -> Void) -> EngineError? {
        var options = ConnectionOptions(node.port)
        change(&options)
        return failure { try MariaDB.Connection(options) }
      }
      let wrong = refused { $0.password = "wrong" }
      #expect(wrong?.code == 1045 && wrong?.isDenied == true && wrong?.sqlState == "28000")
      #expect(wrong?.description.contains("secret") == false)
      let foreign = refused { $0.database = "mysql" }
      #expect(foreign?.code == 1044 && foreign?.isDenied == true)
      #expect(
        refused {
          $0.user = "root"
          $0.password = ""
          $0.database = "nowhere"
        }?.isMissingDatabase == true)
      let modern = refused { $0.user = "modern" }
      #expect(modern?.message.contains("mysql_native_password") == true)
      #expect(modern?.hint?.contains("IDENTIFIED VIA mysql_native_password") == true)
      #expect(refused { $0.hosts = [] }?.isConnectionLost == true)
      #expect(refused { $0.hosts = [.init(name: "nowhere.invalid")] }?.code == 2005)
      // Nobody listens on port 1.
      #expect(refused { $0.hosts = [.init(name: "127.0.0.1", port: 1)] }?.code == 2002)
    }
  }

  @Test func theFirstHostThatWillDoIsUsed() async throws {
    let (first, second) = (try await EngineNode(), try await EngineNode(["read-only"]))
    let silent = try EngineProxy(to: first.port)
    silent.fallSilent()
    try await blocking {
      var options = ConnectionOptions(1, silent.port, second.port, first.port)
      options.connectTimeout = 1
      let engine = try MariaDB.Connection(options)
      #expect(engine.host == options.hosts[3])
      // What none of them will do for is said of each.
      options.hosts.removeLast()
      let error = failure { try MariaDB.Connection(options) }
      #expect(error?.code == 1290 && error?.isReadOnly == true)
      #expect(options.hosts.allSatisfy { error?.message.contains("\($0): ") == true })
    }
  }

  @Test func aLostConnectionIsMadeAnewByTheList() async throws {
    let (first, second) = (try await EngineNode(), try await EngineNode())
    try await blocking {
      let engine = try MariaDB.Connection(ConnectionOptions(first.port, second.port))
      #expect(engine.host == engine.options.hosts[0])
      let count = "SELECT COUNT(*) FROM DUAL"
      #expect(try engine.value(count) == 1)
      first.kill()
      let error = failure { try engine.value(count, as: Int.self) }
      #expect(error?.isConnectionLost == true)
      #expect(try engine.value(count) == 1)
      #expect(engine.host == engine.options.hosts[1])
    }
    try await first.start()
    try await blocking {
      let engine = try MariaDB.Connection(ConnectionOptions(first.port, second.port))
      #expect(engine.host == engine.options.hosts[0])
    }
  }

  // MARK: Encryption

  /// Two authorities, and certificates of the first for this machine's address and for another name.
  private func makeCertificates(in folder: String) async throws {
    let made = try await run(
      "/bin/sh",
      [
        "-ec",
        """
        cd "$0"
        for ca in own other; do
          openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj "/CN=$ca" -keyout $ca.key -out $ca.pem
        done
        for name in IP:127.0.0.1 DNS:elsewhere.example; do
          file=${name%%:*}
          openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj "/CN=server" -keyout $file.key -out $file.csr
          printf 'subjectAltName=%s\\n' "$name" > $file.ext
          openssl x509 -req -in $file.csr -CA own.pem -CAkey own.key -CAcreateserial -days 2 -extfile $file.ext -out $file.pem
        done
        """, folder,
      ])
    guard made.status == 0 else { throw Failure(made.errors) }
  }

  @Test(.timeLimit(.minutes(1))) func aServerShowsACertificateOfOurAuthorityForItsName() async throws {
    let own = try await EngineNode(["ssl-cert=IP.pem", "ssl-key=IP.key"], isStarted: false)
    let elsewhere = try await EngineNode(["ssl-cert=DNS.pem", "ssl-key=DNS.key"], isStarted: false)
    let plain = try await EngineNode()
    for node in [own, elsewhere] {
      try await makeCertificates(in: node.folder)
      try await node.start()
    }
    try await blocking {
      func options(_ node: EngineNode, _ authority: String) -> ConnectionOptions {
        var options = ConnectionOptions(node.port)
        options.certificateAuthority = node.folder + "/" + authority
        return options
      }
      var patient = options(own, "own.pem")
      patient.readTimeout = 120
      let engine = try MariaDB.Connection(patient)
      let cipher: String? = try engine.first("SHOW SESSION STATUS LIKE 'Ssl_cipher'") { $0[1] }
      #expect(cipher?.isEmpty == false)
      for refused in [
        options(own, "other.pem"), options(own, "missing.pem"), options(elsewhere, "own.pem"), options(plain, "my.cnf"),
      ] {
        let error = failure { try MariaDB.Connection(refused) }
        #expect(error?.code == 2026 && error?.hint != nil, "\(refused): \(String(describing: error))")
      }
      // Limits of time hold there too.
      own.freeze()
      let late = failure { try MariaDB.Connection.within(milliseconds: 15) { try engine.ping() } }
      #expect(late?.isDeadline == true)
      var quick = options(own, "own.pem")
      quick.connectTimeout = 1
      #expect(failure { try MariaDB.Connection(quick) }?.isConnectionLost == true)
      own.thaw()
      quick.readTimeout = 1
      let other = try MariaDB.Connection(quick)
      own.freeze()
      #expect(failure { try other.ping() }?.isConnectionLost == true)
      own.thaw()
      #expect(try engine.value("SELECT REPEAT('x', 100000)", as: String.self)?.utf8.count == 100_000)
    }
  }
}

import Foundation
import Synchronization
import TestSupport
import Testing

/// The server as a service: how it starts, what it tells systemd, and what it does when the store changes under it.
@Suite(.timeLimit(.minutes(5)))
struct ServerTests {
  private func server(_ callerID: Installation, _ arguments: String...) async throws -> Finished {
    try await run(
      Program.server.path, arguments,
      environment: ["CALLERID_DB": callerID.store, "CALLERID_AGI": "", "CALLERID_HTTP": ""])
  }

  // MARK: Starting

  @Test func checkTellsWhetherItWouldStart() async throws {
    let callerID = try await Installation(numbers: ["2145550101"])
    let checked = try await server(callerID, "--check", "--agi", "127.0.0.1:0", "--http", "127.0.0.1:0")
    #expect(checked.status == 0, "\(checked.errors)")
    #expect(checked.output.contains("1 numbers, 0 tokens"))
    #expect(checked.output.hasSuffix("all is well\n"))
  }

  @Test(arguments: [
    (["--db", "/nowhere/callerid.db"], "there is no store at /nowhere/callerid.db. Make one: callerid-admin"),
    (["--agi", "4573"], "4573 is no address and port such as 127.0.0.1:4573"),
    (["--agi", "dialer.example:4573"], "does not begin with an IP address of this machine"),
    (["--agi", "127.0.0.1:70000"], "is no address and port"),
    (["--agi", "0.0.0.0:0"], "FastAGI has no passwords: say with --allow which addresses may use it"),
    (["--no-agi", "--http", "0.0.0.0:0"], "or ask each for a token with --pick-token"),
    (
      ["--agi", "0.0.0.0:0", "--allow", "10.0.0.0/33"],
      "--allow 10.0.0.0/33 is no block of addresses such as 10.0.0.0/8"
    ),
    (["--no-agi", "--no-http"], "there is nothing to do"),
    (["--tls-key", "/etc/hostname"], "--tls-certificate and --tls-key go together"),
    (["--tls-certificate", "/etc/hostname", "--tls-key", "/etc/hostname"], "/etc/hostname"),
    (["--log-format", "xml"], "--log-format is text or json, not xml"),
    (["--agi", "203.0.113.1:4573", "--allow", "10.0.0.0/8"], "cannot listen on 203.0.113.1:4573"),
  ])
  func whatIsWrongIsSaidAndItDoesNotStart(arguments: [String], message: String) async throws {
    let callerID = try await Installation()
    // On free ports, but for what the arguments say.
    let free = [["--agi", "127.0.0.1:0"], ["--http", "127.0.0.1:0"]].filter { !arguments.contains($0[0]) }.flatMap(
      \.self)
    let finished = try await run(
      Program.server.path, free + arguments,
      environment: ["CALLERID_DB": callerID.store, "CALLERID_AGI": "", "CALLERID_HTTP": ""])
    #expect(finished.status != 0)
    #expect(finished.errors.contains(message), "\(finished.errors)")
    #expect(finished.errors.hasPrefix("callerid-server: ") || finished.errors.hasPrefix("Error: "))
  }

  @Test func optionsMayStandInTheEnvironment() async throws {
    let callerID = try await Installation()
    let finished = try await run(
      Program.server.path, ["--check"],
      environment: [
        "CALLERID_DB": callerID.store, "CALLERID_AGI": "127.0.0.1:0 [::1]:0", "CALLERID_NO_HTTP": "1",
      ])
    #expect(finished.status == 0, "\(finished.errors)")
    #expect(finished.output.contains("FastAGI    127.0.0.1:0\nFastAGI    [::1]:0\nall is well"), "\(finished.output)")
  }

  // MARK: systemd

  @Test func systemdIsToldWhenItIsReadyThatItLivesAndThatItEnds() async throws {
    let callerID = try await Installation()
    let socket = try NotifySocket(path: callerID.folder + "/notify")
    let server = try await Server(
      store: callerID.store,
      environment: ["NOTIFY_SOCKET": callerID.folder + "/notify", "WATCHDOG_USEC": "2000000"])
    #expect(try await socket.hear().hasPrefix("READY=1\n"))
    #expect(try await socket.hear() == "WATCHDOG=1")
    server.send(SIGTERM)
    var last = ""
    repeat { last = try await socket.hear() } while last == "WATCHDOG=1"
    #expect(last == "STOPPING=1")
    #expect(try await server.status() == 0)
  }

  /// Opens two sockets as systemd does, says their ports, and becomes the program.
  private static let handing = #"""
    use Socket; use POSIX;
    my @names = ("http", "agi");
    for my $index (0, 1) {
      socket(my $socket, PF_INET, SOCK_STREAM, 0) or die; bind($socket, sockaddr_in(0, INADDR_LOOPBACK)) or die;
      listen($socket, 16) or die; my ($port) = sockaddr_in(getsockname($socket)); print STDERR "$names[$index] $port\n";
      POSIX::dup2(fileno($socket), 40 + $index);
    }
    POSIX::dup2(40, 3); POSIX::dup2(41, 4);
    $ENV{LISTEN_PID} = $$; $ENV{LISTEN_FDS} = 2; $ENV{LISTEN_FDNAMES} = "http:agi";
    exec(@ARGV) or die;
    """#

  /// The sockets stay open while the service is started again: no caller is refused meanwhile.
  @Test func socketsOfSystemdAreTakenOver() async throws {
    let callerID = try await Installation(numbers: ["2145550101"])
    let server = try await Server(store: callerID.store, wrapper: ["/usr/bin/perl", "-e", Self.handing])
    let log = try server.log()
    let agi = try #require(log.firstMatch(of: /^agi (\d+)$/.anchorsMatchLineEndings()).flatMap { Int($0.output.1) })
    let http = try #require(log.firstMatch(of: /^http (\d+)$/.anchorsMatchLineEndings()).flatMap { Int($0.output.1) })
    #expect((server.agiPort, server.httpPort) == (agi, http))
    let asterisk = try Connection(port: agi)
    try asterisk.say(AsteriskCall().networkInput(["SALES"]))
    #expect(try await asterisk.hear(lines: 7).contains("SET VARIABLE CALLERID(num) 2145550101"))
    #expect(try await server.http("/health").status == 200)
  }

  /// systemd keeps what connects to its sockets until somebody answers, and Asterisk waits for ever.
  @Test func withSocketsOfSystemdAStoreThatIsMissingIsSaid() async throws {
    let folder = FileManager.default.temporaryDirectory.path + "/callerid-\(UUID().uuidString)"
    let server = try await Server(
      store: folder + "/callerid.db", wrapper: ["/usr/bin/perl", "-e", Self.handing])
    let asterisk = try Connection(port: server.agiPort)
    try asterisk.say(AsteriskCall().networkInput(["SALES"]))
    #expect(try await asterisk.hear(lines: 1) == ["SET VARIABLE CALLERID_STATUS STORE_ERROR"])
    #expect(try await server.http("/next-cid?to=12145551212&campaign=S").status == 503)
    #expect(try await server.http("/health").body.contains("there is no store at"))

    let callerID = try await Installation(numbers: ["2145550101"], in: folder)
    var answer = (status: 0, body: "")
    for _ in 0..<50 where answer.status != 200 {
      answer = try await server.http("/next-cid?to=12145551212&campaign=S&format=text")
      try await Task.sleep(for: .milliseconds(100))
    }
    #expect(answer.body == "2145550101")
    #expect(try callerID.sql("SELECT count(*) FROM request WHERE status = 'OK'") == 1)
  }

  // MARK: The store

  @Test func anOperatorPutsABackupBackWhileItRuns() async throws {
    let callerID = try await Installation(numbers: ["2145550101"])
    _ = try await callerID.admin("config", "set", "busy_timeout_ms", "5000")
    #expect(try await callerID.admin("backup", callerID.folder + "/copy.db").status == 0)
    let server = try await Server(store: callerID.store)
    #expect(try await server.http("/next-cid?to=12145551212&campaign=S&ttl=0&format=text").body == "2145550101")
    _ = try await callerID.importCSV("caller_id\n2145550102\n")
    let restored = try await callerID.admin("restore", callerID.folder + "/copy.db")
    #expect(restored.status == 0, "\(restored.errors)")
    for _ in 0..<3 {
      #expect(try await server.http("/next-cid?to=12145551212&campaign=S&ttl=0&format=text").body == "2145550101")
    }
    #expect(try callerID.sql("SELECT count(*) FROM request WHERE status = 'OK'") == 3)
    #expect(try await server.http("/health").status == 200)
  }

  @Test func aStoreThatIsMissingIsSaidAndUsedAgainWhenItIsBack() async throws {
    let callerID = try await Installation(numbers: ["2145550101"])
    let server = try await Server(store: callerID.store)
    let files = FileManager.default
    let ends = ["", "-wal", "-shm", "-lock"]
    for end in ends { try files.moveItem(atPath: callerID.store + end, toPath: callerID.folder + "/away.db" + end) }
    let missing = try await server.http("/next-cid?to=12145551212&campaign=S")
    #expect(missing.status == 503)
    #expect(missing.body.contains("there is no store at"), "\(missing.body)")
    #expect(try await server.http("/health").status == 503)
    for end in ends {
      try? files.removeItem(atPath: callerID.store + end)
      try files.moveItem(atPath: callerID.folder + "/away.db" + end, toPath: callerID.store + end)
    }
    var status = 0
    for _ in 0..<50 where status != 200 {
      status = try await server.http("/health").status
      try await Task.sleep(for: .milliseconds(100))
    }
    #expect(status == 200)
  }

  /// What changes in the store counts from the next call on.
  @Test func settingsNeedNoRestart() async throws {
    let callerID = try await Installation(numbers: ["2145550101"])
    let server = try await Server(store: callerID.store)
    _ = try await callerID.admin("config", "set", "present", "e164")
    #expect(try await server.http("/next-cid?to=12145551212&campaign=S&format=text").body == "12145550101")
  }

  /// A log that only grew would fill the disk, since a server never closes the store.
  @Test func theLogIsCopiedWhileItRuns() async throws {
    let callerID = try await unlimited(numbers: 200)
    let server = try await Server(store: callerID.store)
    try await withThrowingTaskGroup { group in
      for caller in 0..<16 {
        group.addTask { for call in 0..<150 { try await Self.call(server, caller * 1000 + call) } }
      }
      try await group.waitForAll()
    }
    #expect(try callerID.sql("SELECT count(*) FROM request WHERE status = 'OK'") == 2400)
    // Ten pages and more for each of them, of a thousand bytes each, would be 24 MB.
    let size = try FileManager.default.attributesOfItem(atPath: callerID.store + "-wal")[.size] as? Int ?? 0
    #expect(size < 20 << 20, "\(size)")
  }

  private func unlimited(numbers: Int) async throws -> Installation {
    let callerID = try await Installation(numbers: (0..<numbers).map { "214555\(1000 + $0)" })
    for setting in [["default_hourly_limit", "none"], ["default_daily_limit", "none"], ["busy_timeout_ms", "10000"]] {
      _ = try await callerID.admin("config", "set", setting[0], setting[1])
    }
    return callerID
  }

  /// A call that must be given a number.
  private static func call(_ server: Server, _ number: Int) async throws {
    let asterisk = try Connection(port: server.agiPort)
    try asterisk.say(AsteriskCall(number: number).networkInput(["SALES", "", "ttl=0"]))
    let lines = try await asterisk.hear(lines: 7)
    guard lines.count == 7 else { throw Failure("\(lines)") }
  }

  /// Under a load that never pauses, processes and operators have their turn.
  @Test func processesBesideABusyServerAreAnswered() async throws {
    let callerID = try await unlimited(numbers: 500)
    let server = try await Server(store: callerID.store)
    let isDone = Flag()
    let callers = try await withThrowingTaskGroup(of: Int.self) { group in
      for caller in 0..<16 {
        group.addTask {
          var answered = 0
          while !isDone.isSet {
            try await Self.call(server, caller)
            answered += 1
          }
          return answered
        }
      }
      for index in 0..<20 {
        #expect(try await callerID.agi(["SALES", "", "ttl=0"], AsteriskCall(number: 1000 + index)).status == 0)
      }
      #expect(try await callerID.admin("set", "2145551000", "--name", "x").status == 0)
      isDone.set()
      return try await group.reduce(0, +)
    }
    #expect(callers > 20)
    #expect(try callerID.sql("SELECT count(*) FROM request WHERE status <> 'OK'") == 0)
  }
}

/// Something that has happened.
private final class Flag: Sendable {
  private let flag = Atomic<Bool>(false)
  var isSet: Bool { flag.load(ordering: .relaxed) }
  func set() { flag.store(true, ordering: .relaxed) }
}

/// systemd's end of NOTIFY_SOCKET.
private final class NotifySocket {
  private let descriptor: Int32

  init(path: String) throws {
    descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
    let bound = withUnsafePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
      }
    }
    guard bound == 0 else { throw Failure("cannot bind \(path)") }
  }

  deinit { close(descriptor) }

  func hear() async throws -> String {
    var chunk = [UInt8](repeating: 0, count: 4096)
    for _ in 0..<2000 {
      let count = recv(descriptor, &chunk, chunk.count, Int32(MSG_DONTWAIT))
      if count > 0 { return String(decoding: chunk[..<count], as: UTF8.self) }
      try await Task.sleep(for: .milliseconds(5))
    }
    throw Failure("nothing was told in ten seconds")
  }
}

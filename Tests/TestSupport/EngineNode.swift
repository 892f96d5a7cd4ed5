internal import Foundation
internal import Glibc
internal import Synchronization

/// A MariaDB server of a test's own: a data folder, a free port of this machine, little memory. Its folder goes with the
/// last reference to it.
///
/// It has the accounts `root`, from this machine and without a password, and `callerid`, with the password `secret` and a
/// database of its name.
package final class EngineNode: Sendable {
  package static let user = "callerid"
  package static let password = "secret"
  package static let database = "callerid"

  package let port: Int
  /// The path of its Unix socket.
  package let socket: String
  package let folder: String
  private let options: [String]
  private let program = Mutex<RunningProgram?>(nil)

  /// What `make mariadb` has brought.
  package static var tools: String {
    get throws {
      let folder =
        ProcessInfo.processInfo.environment["MARIADB"] ?? FileManager.default.currentDirectoryPath + "/.build/mariadb"
      guard FileManager.default.fileExists(atPath: folder + "/complete") else {
        throw Failure("MariaDB is missing in \(folder); bring it with: make mariadb")
      }
      return folder
    }
  }

  /// Makes the node, and starts it.
  ///
  /// - Parameters:
  ///   - options: lines of its configuration, such as `skip-networking`, that come after its own.
  ///   - isStarted: false: `start` is called later.
  package init(_ options: [String] = [], isStarted: Bool = true) async throws {
    self.options = options
    port = try Self.freePort()
    // Short: the path of a socket may have no more than 107 bytes.
    folder = "/tmp/engine-\(UUID().uuidString.prefix(8))"
    socket = folder + "/socket"
    let tools = try Self.tools
    let copied = try await run("/bin/cp", ["-a", "--sparse=always", tools + "/data", folder])
    guard copied.status == 0 else { throw Failure("cp: \(copied.errors)") }
    try Data(configuration(tools).utf8).write(to: URL(fileURLWithPath: folder + "/my.cnf"))
    if isStarted { try await start() }
  }

  deinit {
    program.withLock { $0?.end() }
    try? FileManager.default.removeItem(atPath: folder)
  }

  private func configuration(_ tools: String) -> String {
    let own = [
      "basedir=\(tools)/root/usr", "plugin-dir=\(tools)/root/usr/lib/mysql/plugin", "datadir=\(folder)",
      // A server that root starts wants to hear that this is meant.
      getuid() == 0 ? "user=root" : "", "socket=\(socket)", "pid-file=\(folder)/pid", "bind-address=127.0.0.1",
      "port=\(port)", "skip-name-resolve", "performance-schema=OFF", "innodb-buffer-pool-size=16M",
      "innodb-log-file-size=4M", "innodb-flush-log-at-trx-commit=2", "key-buffer-size=1M",
      "aria-pagecache-buffer-size=1M",
    ]
    return (["[mysqld]"] + own + options).joined(separator: "\n") + "\n"
  }

  /// Starts it, also again after `stop` or `kill`, and waits until it answers.
  ///
  /// - Parameter arguments: for this start alone.
  package func start(_ arguments: [String] = []) async throws {
    let log = folder + "/log"
    if !FileManager.default.fileExists(atPath: log) { _ = FileManager.default.createFile(atPath: log, contents: nil) }
    guard let output = FileHandle(forWritingAtPath: log) else { throw Failure("no log") }
    output.seekToEndOfFile()
    let server = try RunningProgram(
      try Self.tools + "/mariadbd", ["--defaults-file=\(folder)/my.cnf"] + arguments, output: output, errors: output)
    program.withLock { $0 = server }
    for _ in 0..<1200 {
      if try await isReady() { return }
      guard server.isRunning else { break }
      try await Task.sleep(for: .milliseconds(25))
    }
    throw Failure("the engine does not start: \(try self.log().suffix(4000))")
  }

  /// Whether it answers, and in a cluster has the state of the others.
  private func isReady() async throws -> Bool {
    let answer = try await client("SHOW GLOBAL STATUS WHERE Variable_name IN ('wsrep_ready', 'wsrep_provider_name')")
    guard answer.status == 0 else { return false }
    return answer.output.contains("wsrep_ready\tON") || !answer.output.contains("Galera")
  }

  package var isRunning: Bool { program.withLock { $0?.isRunning ?? false } }

  /// Shuts it down, as a service does.
  package func stop() async throws {
    guard let server = program.withLock({ $0 }) else { return }
    server.send(SIGTERM)
    _ = try await server.status()
  }

  /// Kills it: what it had in memory is lost.
  package func kill() { program.withLock { $0?.end() } }

  /// Stops it in the middle of what it does; the kernel goes on to take what is sent to it.
  package func freeze() {
    program.withLock { server in
      guard let server else { return }
      server.send(SIGSTOP)
      // Each thread ends what it is doing in the kernel first.
      let threads = "/proc/\(server.id)/task"
      while (try? FileManager.default.contentsOfDirectory(atPath: threads))?.allSatisfy({ thread in
        (try? String(contentsOfFile: "\(threads)/\(thread)/status", encoding: .utf8))?.contains("State:\tT") ?? true
      }) == false { usleep(500) }
    }
  }

  /// Lets it go on.
  package func thaw() { program.withLock { $0?.send(SIGCONT) } }

  /// Asks as root over the Unix socket, with MariaDB's own client.
  ///
  /// - Returns: the rows, each with its columns.
  @discardableResult
  package func sql(_ statements: String) async throws -> [[String]] {
    let answer = try await client(statements)
    guard answer.status == 0 else { throw Failure(answer.errors) }
    return answer.lines.map { $0.components(separatedBy: "\t") }
  }

  private func client(_ statements: String) async throws -> Finished {
    try await TestSupport.run(
      try Self.tools + "/mariadb",
      ["--no-defaults", "--socket=\(socket)", "--user=root", "--batch", "--skip-column-names", Self.database],
      input: statements)
  }

  package func log() throws -> String { try String(contentsOfFile: folder + "/log", encoding: .utf8) }

  /// A port of this machine on which nobody listens.
  static func freePort() throws -> Int {
    let descriptor = Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
    defer { close(descriptor) }
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let bound = withUnsafeMutablePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        bind(descriptor, $0, length) == 0 && getsockname(descriptor, $0, &length) == 0
      }
    }
    guard bound else { throw Failure("no free port") }
    return Int(UInt16(bigEndian: address.sin_port))
  }
}

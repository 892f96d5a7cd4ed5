internal import Foundation

/// A callerid-server that runs while the test does, on free ports of this machine.
package final class Server: Sendable {
  private let program: RunningProgram
  private let errors: String
  package let agiPort: Int
  package let httpPort: Int

  /// Starts it, and waits until it says where it listens.
  ///
  /// - Parameters:
  ///   - arguments: more than the addresses.
  ///   - agiPort, httpPort: where it listens; 0: on any free port.
  package init(
    store: String, _ arguments: [String] = [], environment: [String: String] = [:], wrapper: [String] = [],
    agiPort: Int = 0, httpPort: Int = 0
  ) async throws {
    errors = FileManager.default.temporaryDirectory.path + "/callerid-server-\(UUID().uuidString).log"
    _ = FileManager.default.createFile(atPath: errors, contents: nil)
    guard let log = FileHandle(forWritingAtPath: errors) else { throw Failure("no log") }
    let command = wrapper + [Program.server.path]
    // The tests' own variables for the programs' paths have the server's names for addresses.
    let plain = ["CALLERID_DB": store, "CALLERID_AGI": "", "CALLERID_HTTP": ""]
    program = try RunningProgram(
      command[0],
      command.dropFirst() + ["--agi", "127.0.0.1:\(agiPort)", "--http", "127.0.0.1:\(httpPort)"] + arguments,
      environment: plain.merging(environment) { $1 }, errors: log)
    let said = try await Self.said(in: errors, while: program)
    self.agiPort = said.agi
    self.httpPort = said.http
  }

  deinit {
    program.end()
    try? FileManager.default.removeItem(atPath: errors)
  }

  private static func said(in path: String, while program: RunningProgram) async throws -> (agi: Int, http: Int) {
    for _ in 0..<4000 {
      let log = try String(contentsOfFile: path, encoding: .utf8)
      func port(_ what: Regex<(Substring, Substring)>) -> Int? { log.firstMatch(of: what).flatMap { Int($0.output.1) } }
      if log.contains("ready"), log.hasSuffix("\n") {
        return (port(/FastAGI on [^\n]*:(\d+)/) ?? 0, port(/HTTPS? on [^\n]*:(\d+)/) ?? 0)
      }
      guard program.isRunning else { throw Failure("the server has ended: \(log)") }
      try await Task.sleep(for: .milliseconds(5))
    }
    throw Failure("the server does not say where it listens")
  }

  package var id: Int32 { program.id }
  package var isRunning: Bool { program.isRunning }
  package func send(_ signal: Int32) { program.send(signal) }
  package func status() async throws -> Int { try await program.status() }
  package func log() throws -> String { try String(contentsOfFile: errors, encoding: .utf8) }

  /// Asks over HTTP, with curl.
  ///
  /// - Parameter arguments: curl's own.
  /// - Returns: the status and the body.
  package func http(_ path: String, _ arguments: String...) async throws -> (status: Int, body: String) {
    let finished = try await run(
      "/usr/bin/env",
      ["curl", "-sS", "-m", "20", "-w", "\n%{http_code}"] + arguments + ["http://127.0.0.1:\(httpPort)\(path)"])
    guard finished.status == 0 else { throw Failure("curl: \(finished.errors)") }
    let lines = finished.output.split(separator: "\n", omittingEmptySubsequences: false)
    let body = lines.dropLast().joined(separator: "\n")
    // A body ends with a line end, as a text does.
    return (Int(lines.last ?? "") ?? 0, body.hasSuffix("\n") ? String(body.dropLast()) : body)
  }
}

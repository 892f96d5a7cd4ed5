internal import Foundation
internal import Subprocess
internal import SystemPackage

/// A built program, run as a process.
package enum Program: String, Sendable {
  case agi = "callerid-agi"
  case admin = "callerid-admin"
  case server = "callerid-server"
  /// What makes up a week of calls; it is not installed.
  case week = "callerid-week"

  /// The one that `make test` names (`CALLERID_AGI`, `CALLERID_ADMIN`, `CALLERID_SERVER`: the static release builds), or the debug build
  /// beside the tests.
  package var path: String {
    let variable =
      switch self {
      case .agi: "CALLERID_AGI"
      case .admin: "CALLERID_ADMIN"
      case .server: "CALLERID_SERVER"
      case .week: "CALLERID_WEEK"
      }
    if let path = ProcessInfo.processInfo.environment[variable] { return path }
    let tests = URL(fileURLWithPath: CommandLine.arguments[0]).deletingLastPathComponent()
    return tests.appendingPathComponent(rawValue).path
  }
}

/// strace, which `make test` brings where the machine has none (`STRACE`).
package var stracePath: String { ProcessInfo.processInfo.environment["STRACE"] ?? "/usr/bin/strace" }

/// What a process left behind.
package struct Finished: Sendable {
  package let output: String
  package let errors: String
  /// The exit code; 128 and the signal's number where a signal ended it.
  package let status: Int

  package var lines: [String] {
    output.split(separator: "\n", omittingEmptySubsequences: false).dropLast().map(String.init)
  }

  package func json() throws -> Any {
    try JSONSerialization.jsonObject(with: Data(output.utf8), options: .fragmentsAllowed)
  }
}

/// Runs a program to its end; both of its outputs are drained at once.
package func run(
  _ executable: String, _ arguments: [String], input: String = "", environment: [String: String] = [:]
) async throws -> Finished {
  var values: [Environment.Key: String?] = [:]
  for (name, value) in environment { values[.init(stringLiteral: name)] = value }
  let result = try await Subprocess.run(
    .path(.init(executable)), arguments: Arguments(arguments), environment: .inherit.updating(values),
    input: .fileDescriptor(try standardInput(holding: input), closeAfterSpawningProcess: true),
    output: .bytes(limit: 64 << 20), error: .bytes(limit: 1 << 20))
  let status =
    switch result.terminationStatus {
    case .exited(let code): Int(code)
    case .signaled(let signal): 128 + Int(signal)
    }
  return Finished(
    output: String(decoding: result.standardOutput, as: UTF8.self),
    errors: String(decoding: result.standardError, as: UTF8.self), status: status)
}

/// A pipe that holds all of the input already, or a file where it is too long for one. A program that ends without reading
/// it, as many here should, then leaves nobody behind with half of it written.
private func standardInput(holding text: String) throws -> FileDescriptor {
  let bytes = Array(text.utf8)
  if bytes.count <= 60_000 {
    let (reading, writing) = try FileDescriptor.pipe()
    try writing.closeAfter { _ = try writing.writeAll(bytes) }
    return reading
  }
  let path = FilePath("/tmp/callerid-input-\(UUID().uuidString)")
  let file = try FileDescriptor.open(
    path, .readWrite, options: [.create, .exclusiveCreate], permissions: .ownerReadWrite)
  unlink(path.string)
  try file.writeAll(bytes)
  try file.seek(offset: 0, from: .start)
  return file
}

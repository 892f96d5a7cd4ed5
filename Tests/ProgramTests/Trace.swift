import Foundation
import TestSupport

/// What strace sees of a program: the system calls that it asks for, in their order.
struct Trace: Sendable {
  /// Each is `PID call(arguments) = result`, and the last one tells how the program ended.
  let calls: [String]

  init(log: String) throws { calls = Self.whole(try String(contentsOfFile: log, encoding: .utf8)) }

  /// Puts together the calls that strace writes in two lines, because another process made one meanwhile:
  /// `1 execve("/bin/true" <unfinished ...>` and `1 <... execve resumed>) = 0`.
  static func whole(_ log: String) -> [String] {
    let unfinished = " <unfinished ...>"
    var calls: [String] = []
    // By the PID, where among the calls the first half stands.
    var halves: [Substring: Int] = [:]
    for line in log.split(separator: "\n") {
      let process = line.prefix { $0 != " " }
      if line.hasSuffix(unfinished) {
        halves[process] = calls.count
        calls.append(String(line.dropLast(unfinished.count)))
      } else if let end = line.firstRange(of: " resumed>"), line.contains("<... "), let half = halves[process] {
        calls[half] += line[end.upperBound...]
        halves[process] = nil
      } else {
        calls.append(String(line))
      }
    }
    return calls
  }

  /// The calls of some names.
  func calls(of names: [String]) -> [String] {
    calls.filter { call in names.contains { call.contains(" \($0)(") } }
  }

  /// strace's own arguments, before those of the program.
  ///
  /// - Parameter names: the system calls to be seen; a machine need not have them all.
  static func arguments(seeing names: [String], log: String) -> [String] {
    ["-f", "-y", "-o", log, "-e", "trace=" + names.map { "?" + $0 }.joined(separator: ",")]
  }

  static func newLog() -> String { FileManager.default.temporaryDirectory.path + "/trace-\(UUID().uuidString)" }
}

extension Installation {
  /// Runs a program under strace.
  func trace(
    _ program: Program, _ arguments: [String], input: String = "", seeing names: [String]
  ) async throws -> (finished: Finished, trace: Trace) {
    let log = Trace.newLog()
    defer { try? FileManager.default.removeItem(atPath: log) }
    let finished = try await run(
      stracePath, Trace.arguments(seeing: names, log: log) + [program.path] + arguments, input: input,
      environment: ["CALLERID_DB": store])
    return (finished, try Trace(log: log))
  }
}

import Foundation
import TestSupport

/// One system call of a run: the `count`th of its name.
struct Point: Sendable, CustomStringConvertible {
  let call: String
  let count: Int
  /// Whether the program itself makes so many of these calls. Where only a process that it has started does, such as the
  /// one that copies the log, the program goes on whatever happens there.
  let isOfProgram: Bool
  var description: String { "\(call) \(count)" }

  static let writes: Set = ["pwrite64", "write", "fdatasync", "fsync", "ftruncate"]
  private static let changes = writes.union(["openat", "flock", "unlink", "fcntl", "fchmod", "fchown", "exit_group"])

  /// Whether it changes something that others see.
  var isChange: Bool { Self.changes.contains(call) }

  /// The options under which strace does `what` (`signal=KILL`, say) at this point.
  func injecting(_ what: String) -> [String] {
    ["-f", "-o", "/dev/null", "-e", "trace=\(call)", "-e", "inject=\(call):\(what):when=\(count)"]
  }

  /// Every system call of an operation, from one run of it.
  static func all(of operation: Operation, from template: Site) async throws -> [Point] {
    let site = try await operation.site(from: template)
    let trace = site.folder + "-trace"
    defer { try? FileManager.default.removeItem(atPath: trace) }
    let finished = try await operation.run(on: site, strace: ["-f", "-o", trace])
    guard finished.status == 0 else { throw Failure("\(operation): \(finished.output)\(finished.errors)") }
    return read(try String(contentsOfFile: trace, encoding: .utf8))
  }

  /// Lines such as `4711 pwrite64(6, …) = 24`; strace counts for each thread by itself.
  private static func read(_ trace: String) -> [Point] {
    let lines = trace.split(separator: "\n")
    let program = lines.first?.split(separator: " ").first ?? ""
    var counts: [String: Int] = [:]
    var calls: [(process: Substring, call: String, count: Int)] = []
    for line in lines {
      guard let bracket = line.firstIndex(of: "(") else { continue }
      let words = line[..<bracket].split(separator: " ")
      guard words.count == 2, let call = words.last.map(String.init), call != "execve" else { continue }
      counts["\(words[0]) \(call)", default: 0] += 1
      calls.append((words[0], call, counts["\(words[0]) \(call)"] ?? 0))
    }
    return calls.map {
      Point(call: $0.call, count: $0.count, isOfProgram: $0.count <= counts["\(program) \($0.call)"] ?? 0)
    }
  }
}

import Foundation
import TestSupport
import Testing

extension Torture {
  /// While root works on a store of Asterisk's user, this user puts something else in the way, after each of the system
  /// calls that take a path.
  @Suite(.enabled(if: getuid() == 0), .timeLimit(.minutes(60)))
  struct AttackTests {
    @Test func nothingOfRootsIsTouched() async throws {
      let work = RootsWork.allCases
      let grounds = try await Ground.templates()
      var attempts: [Attempt] = []
      for work in work {
        let points = try await work.points(from: grounds)
        try #require(points.count > 5, "\(work)")
        for attack in Attack.allCases { attempts += points.map { Attempt(work: work, attack: attack, point: $0) } }
      }
      // With root's rights there is more to win.
      let asRoot = attempts.filter(\.point.isOfRoot)
      let tried =
        sample(asRoot, Size.of(short: 80, full: .max))
        + sample(attempts.filter { !$0.point.isOfRoot }, Size.of(short: 20, full: 1000))
      let lost = try await inPairs(tried) { attempt in
        try await attempt.problems(from: grounds).map { "\(attempt): \($0)" }
      }
      Tally.add("attacks of Asterisk's user on root", points: tried.count, losses: lost.count)
      #expect(lost.isEmpty, "\(lost.prefix(50).joined(separator: "\n"))")
    }
  }
}

/// A command that root runs, an attack, and when it comes.
private struct Attempt: Sendable, CustomStringConvertible {
  let work: RootsWork
  let attack: Attack
  let point: RootsWork.Point
  var description: String { "\(work.rawValue), \(attack.rawValue) after \(point.call) \(point.count)" }

  func problems(from templates: Ground.Templates) async throws -> [String] {
    let ground = try await Ground(copying: work.template(of: templates))
    let before = try ground.rootsOwn()
    let log = ground.base + "-log"
    defer { try? FileManager.default.removeItem(atPath: log) }
    try Data().write(to: URL(fileURLWithPath: log))
    // What it complains of is of no interest.
    let program = try RunningProgram(
      "/bin/sh",
      [
        "-c", "exec \"$0\" \"$@\" 2> /dev/null", stracePath, "-f", "-o", log, "-e", "trace=\(point.call)", "-e",
        "inject=\(point.call):signal=STOP:when=\(point.count)",
      ]
        + [Program.admin.path] + work.arguments(on: ground), environment: ["CALLERID_DB": work.store(on: ground)])
    // Processes that the program has started may come to such a point, too.
    var stopped: Set<Substring> = []
    while program.isRunning {
      let lines = try String(contentsOfFile: log, encoding: .utf8).split(separator: "\n")
      for line in lines where line.hasSuffix("--- stopped by SIGSTOP ---") && !stopped.contains(line) {
        if stopped.isEmpty { try await attack.run(on: ground) }
        stopped.insert(line)
        if let process = line.split(separator: " ").first.flatMap({ Int32($0) }) { kill(process, SIGCONT) }
      }
      try await Task.sleep(for: .milliseconds(1))
    }
    if stopped.isEmpty { return ["was not stopped"] }
    return try ground.problems(since: before)
  }
}

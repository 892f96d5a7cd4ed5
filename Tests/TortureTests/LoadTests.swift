import Foundation
import Synchronization
import TestSupport
import Testing

extension Torture {
  /// The calls of a busy floor through 64 processes at once, while its operator imports, resets, prunes and looks on; then
  /// what was answered is compared with what the store knows.
  @Suite(.timeLimit(.minutes(60)))
  struct LoadTests {
    private static let calls = Size.of(short: 3000, full: 100_000)
    private static let numbers = Size.of(short: 4000, full: 60_000)
    private static let atOnce = 64
    /// Numbers of the pool that is used up, and the most calls of each.
    private static let few = 10
    private static let limit = 5

    /// How many calls have begun.
    private final class Progress: Sendable {
      private let begun = Mutex(0)
      var count: Int { begun.withLock { $0 } }

      func next(before end: Int) -> Int? {
        begun.withLock { begun in
          guard begun < end else { return nil }
          defer { begun += 1 }
          return begun
        }
      }
    }

    /// What a call asked and what it was told.
    private struct Answer: Sendable {
      let uniqueID: String
      let isFew: Bool
      let finished: Finished
    }

    @Test func everyAnswerIsTrue() async throws {
      let site = try Site()
      try await prepare(site)
      let progress = Progress()
      async let reset = work(on: site, during: progress)
      let answers = try await withThrowingTaskGroup(of: [Answer].self) { group in
        for _ in 0..<Self.atOnce {
          group.addTask {
            var answers: [Answer] = []
            while let index = progress.next(before: Self.calls) { answers.append(try await call(index, on: site)) }
            return answers
          }
        }
        return try await group.reduce(into: []) { $0 += $1 }
      }
      try check(answers, on: site, reset: try await reset)
    }

    private func prepare(_ site: Site) async throws {
      try await site.must(.admin, ["init"])
      let areas = AreaCodes.some
      let rows = (0..<Self.numbers).map { "\(areas[$0 % 300])555\($0 / 300 + 1000)\n" }.joined()
      try await site.must(.admin, ["import", "-"], "caller_id\n\(rows)")
      let few = (0..<Self.few).map { "21444401\($0 + 10),few,\(Self.limit)\n" }.joined()
      try await site.must(.admin, ["import", "-"], "caller_id,pool,daily_limit\n\(few)")
      try await site.must(.admin, ["config", "set", "agent_calls_per_minute", "none"])
      // Patience for 64 processes on few processors: what is tested is who gets what, not how soon.
      try await site.must(.admin, ["config", "set", "busy_timeout_ms", "5000"])
      try site.addOldRequests()
    }

    /// Nine of ten calls reserve one of many numbers, and half of these release it; every tenth draws from the few.
    private func call(_ index: Int, on site: Site) async throws -> Answer {
      let id = "load.\(index)"
      let isFew = index % 10 == 0
      let options = isFew ? ["pool=few", "ttl=0"] : ["to=1\(201 + index % 300 * 2)5551212"]
      let finished = try await site.run(.agi, ["SALES", "\(1000 + index % 50)"] + options, Site.call(id))
      if !isFew, index % 2 == 1 {
        _ = try await site.run(.agi, ["", "", "action=release", "status=ANSWER", "answered=9"], Site.call(id))
      }
      return Answer(uniqueID: id, isFew: isFew, finished: finished)
    }

    /// Until the last call: imports, looks, prunes, backs up, and once, half-way, clears the counters.
    ///
    /// - Returns: the seconds between which they were cleared.
    private func work(on site: Site, during progress: Progress) async throws -> ClosedRange<Int> {
      var reset: ClosedRange<Int>?
      var round = 0
      while progress.count < Self.calls || reset == nil {
        let rows = (0..<200).map { "907\(2_000_000 + round * 200 + $0)\n" }.joined()
        try await site.must(.admin, ["import", "-"], "caller_id\n\(rows)")
        for command in [
          ["stats"], ["top", "--once"], ["requests", "--last", "50"], ["reset-usage", "--daily", "--past"],
          ["maintain", "--no-backup"], ["backup", "--keep", "2"],
        ] {
          try await site.must(.admin, command)
        }
        if reset == nil, progress.count > Self.calls / 2 {
          let start = Int(Date.now.timeIntervalSince1970)
          try await site.must(.admin, ["reset-usage"])
          reset = start...Int(Date.now.timeIntervalSince1970)
        }
        round += 1
      }
      return reset ?? 0...0
    }

    private func check(_ answers: [Answer], on site: Site, reset: ClosedRange<Int>) throws {
      let granted = try site.granted()
      var problems = try site.problemsOfLoad(limit: Self.limit, reset: reset)
      var statuses: [String: Int] = [:]
      for answer in answers {
        let status = answer.finished.callerIDStatus ?? "none"
        statuses[status, default: 0] += 1
        if let number = answer.finished.callerID, granted[answer.uniqueID] != number {
          problems.append("\(answer.uniqueID) got \(number), and the store knows \(granted[answer.uniqueID] ?? "none")")
        }
        // One that came too late for Asterisk to be told is known to the store only, and its number stays held.
        if answer.finished.callerID == nil, granted[answer.uniqueID] != nil, answer.finished.status == 0 {
          problems.append("\(answer.uniqueID) got none, and the store knows \(granted[answer.uniqueID] ?? "")")
        }
        let isRight =
          ["OK", "STORE_BUSY"].contains(status) || answer.isFew && status == "NONE_AVAILABLE"
          || status == "none" && answer.finished.status == 1
        if !isRight { problems.append("\(answer.uniqueID): \(answer.finished.output)\(answer.finished.errors)") }
      }
      let few = answers.count { $0.isFew && $0.finished.callerIDStatus == "NONE_AVAILABLE" }
      if few == 0 { problems.append("the few were not used up") }
      print("\(answers.count) calls:", statuses.sorted { $0.key < $1.key }.map { "\($0.value) \($0.key)" })
      Tally.add("calls through \(Self.atOnce) processes", points: answers.count, losses: problems.count)
      #expect(answers.count == Self.calls)
      #expect(problems.isEmpty, "\(problems.prefix(50).joined(separator: "\n"))")
    }
  }
}

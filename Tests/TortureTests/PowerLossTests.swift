import Foundation
import TestSupport
import Testing

extension Torture {
  /// The power goes after any of the writes of a sequence of calls, and those that nothing has synced arrive in any order,
  /// in part, or not at all.
  @Suite(.timeLimit(.minutes(30)))
  struct PowerLossTests {
    /// What was written, and when each call had its answer.
    private struct History: Sendable {
      let before: Disk
      let index: Data
      var writes: [Write] = []
      var answered: [(uniqueID: String, at: Int)] = []
    }

    /// Calls, releases and an import, amid which the log is emptied and begins anew.
    private func record() async throws -> (History, Site) {
      let site = try await Site.used()
      try site.growLog(to: 3960)
      var history = History(
        before: try Disk(of: site), index: try Data(contentsOf: URL(fileURLWithPath: site.store + "-shm")))
      for round in 0..<3 {
        for call in 0..<4 {
          let id = "recorded.\(round).\(call)"
          history.writes += try await site.record(.agi, ["SALES", "1001"], Site.call(id))
          history.answered.append((id, history.writes.count))
        }
        history.writes += try await site.record(.agi, ["", "", "action=release"], Site.call("recorded.\(round).0"))
        if round == 1 {
          let rows = (10..<40).map { "97255501\($0)\n" }.joined()
          history.writes += try await site.record(.admin, ["import", "-"], "caller_id\n\(rows)")
        }
      }
      return (history, site)
    }

    @Test func whatWasSyncedIsThereAndTheRestIsWholeOrNotThere() async throws {
      let (history, site) = try await record()
      let emptied = try #require(history.writes.firstIndex { $0.file == "-wal" && $0.isSize })
      try #require(history.writes[..<emptied].contains { $0.file == "" && $0.isSync })
      // Nothing syncs what is written to the empty log.
      let log = history.writes[(emptied + 1)...].filter { $0.file == "-wal" }
      try #require(log.count >= 10 && !log.contains { $0.isSync || $0.isSize })
      try #require(try site.problems() == [])
      let numbers = try site.granted()

      // Around the checkpoint every write, and elsewhere some, is the last one in the short form.
      let syncs = history.writes.indices.filter { history.writes[$0].isSync || history.writes[$0].isSize }
      let near = Set(syncs.flatMap { [$0, $0 + 1] })
      let cuts = sample(Array(0...history.writes.count), Size.of(short: 40, full: .max)) + near.sorted()
      let points = (0..<Size.of(short: 1, full: 5)).flatMap { round in cuts.map { (cut: $0, seed: round * 10_007 + $0) }
      }
      let lost = try await inPairs(points) { point in
        var dice = SeededGenerator(seed: UInt64(point.seed))
        // Mostly some of them.
        let arrival = Disk.Arrival.allCases[min(Int(dice.next() % 6), 2)]
        do {
          return try await problems(of: history, cut: point.cut, arrival, &dice, numbers: numbers)
            .map { "after write \(point.cut) (\(arrival), seed \(point.seed)): \($0)" }
        } catch {
          return ["after write \(point.cut) (\(arrival), seed \(point.seed)): \(error)"]
        }
      }
      Tally.add("power loss in \(history.writes.count) writes", points: points.count, losses: lost.count)
      #expect(lost.isEmpty, "\(lost.joined(separator: "\n"))")
    }

    private func problems(
      of history: History, cut: Int, _ arrival: Disk.Arrival, _ dice: inout SeededGenerator, numbers: [String: String]
    ) async throws -> [String] {
      var disk = history.before
      disk.lose(after: history.writes[..<cut], arrival: arrival, &dice)
      let site = try Site()
      let rubbish = Data((0..<32_768).map { _ in UInt8.random(in: 0...255, using: &dice) })
      try disk.start(in: site, index: [nil, rubbish, history.index].randomElement(using: &dice) ?? nil)
      try await site.pick("next")
      var problems = try site.problems()
      let granted = try site.granted()
      let synced = history.writes[..<cut].lastIndex { $0.file == "-wal" && $0.isSync } ?? -1
      for (id, end) in history.answered where end <= synced && granted[id] != numbers[id] {
        problems.append("\(id) was answered and synced, and is gone")
      }
      for (id, number) in granted where id != "next" && numbers[id] != number {
        problems.append("\(id) had \(numbers[id] ?? "none"), and has \(number)")
      }
      try await site.pick("last")
      return problems + (try site.problems())
    }
  }
}

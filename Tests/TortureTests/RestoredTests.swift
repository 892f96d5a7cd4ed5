import Foundation
import SQLite
import TestSupport
import Testing

extension Torture {
  /// Each set of the store's files is put back older, at several moments.
  @Suite(.timeLimit(.minutes(30)))
  struct RestoredTests {
    /// What lies between the copy and its return.
    enum Moment: String, CaseIterable, Sendable {
      /// The copy is of a store that no call has used.
      case fresh
      /// Calls before and after; the log goes on.
      case filledLog
      /// The copy is of a store whose log was just emptied.
      case emptyLog
      /// The log was copied into the store, and begun again.
      case begunAgain
      /// An import was killed between two batches.
      case brokenImport

      var isLogBegunAgain: Bool { self == .begunAgain }
    }

    private struct Trial: Sendable, CustomStringConvertible {
      let moment: Moment
      let set: [String]
      let inPlace: Bool
      var description: String {
        "\(moment), \(set.map { "db" + $0 }) \(inPlace ? "in place" : "as new files")"
      }

      /// Whether pages of two times meet.
      var isMixed: Bool { moment.isLogBegunAgain && set.contains("") != set.contains("-wal") }
      /// Whether what was written after the copy is undone with it.
      var isUndone: Bool { moment.isLogBegunAgain ? set.contains("") && set.contains("-wal") : set.contains("-wal") }
    }

    @Test func noCallIsRefusedForGoodAndNothingElseIsUndone() async throws {
      let all = Moment.allCases.flatMap { moment in
        Copies.sets.flatMap { set in [true, false].map { Trial(moment: moment, set: set, inPlace: $0) } }
      }
      // 150 and 14 have no common divisor but 2: the sample meets all moments and many sets.
      let trials = sample(all, Size.of(short: 14, full: .max))
      let lost = try await inPairs(trials) { trial in
        do {
          return try await problems(of: trial).map { "\(trial): \($0)" }
        } catch {
          return ["\(trial): \(error)"]
        }
      }
      Tally.add("sets of files put back older", points: trials.count, losses: lost.count)
      #expect(lost.isEmpty, "\(lost.joined(separator: "\n"))")
    }

    private func problems(of trial: Trial) async throws -> [String] {
      let site = try await Site.used(calls: trial.moment == .fresh ? 0 : 8)
      try await site.must(.admin, ["backup", site.folder + "/backup.db"])
      if trial.moment == .emptyLog { try await site.must(.admin, ["maintain", "--no-backup"]) }
      let before = try site.granted()
      let copies = try Copies(ofStore: site.store, in: site.folder + "/copies")
      try await site.pick("after.1")
      switch trial.moment {
      case .begunAgain:
        try await site.must(.admin, ["maintain", "--no-backup"])
      case .brokenImport:
        let rows = "caller_id\n" + (1000..<1400).map { "972555\($0)\n" }.joined()
        _ = try await site.run(
          .admin, ["import", "-"], rows,
          strace: ["-f", "-o", "/dev/null", "-e", "trace=flock", "-e", "inject=flock:signal=KILL:when=10"])
      case .fresh, .filledLog, .emptyLog: break
      }
      for index in 2..<8 { try await site.pick("after.\(index)") }
      let after = try site.granted()
      try copies.putBack(trial.set, inPlace: trial.inPlace)
      if trial.isMixed { return try await problemsOfMixture(on: site) }

      for index in 0..<8 { try await site.pick("next.\(index)") }
      var problems = try site.problems()
      let granted = try site.granted()
      for (call, number) in trial.isUndone ? before : after where granted[call] != number {
        problems.append("\(call) had \(number), which is gone")
      }
      if granted.count != (trial.isUndone ? before : after).count + 8 { problems.append("\(granted.count) calls") }
      try await site.must(.admin, ["maintain", "--no-backup"])
      try await site.pick("last")
      return try problems + site.problems()
    }

    /// Nobody can make one state of two. Calls end as they should, doctor tells before or after them, and a backup heals.
    private func problemsOfMixture(on site: Site) async throws -> [String] {
      var problems: [String] = []
      let told = try await site.run(.admin, ["doctor"])
      if !told.output.contains("was put back from a copy"), !isFoundDamaged(told) {
        problems.append("doctor does not tell: \(told.output)\(told.errors)")
      }
      for index in 0..<4 {
        let finished = try await site.run(.agi, ["SALES", "1001"], Site.call("next.\(index)"))
        if finished.status > 1 || finished.callerIDStatus == nil { problems.append("a call ended with \(finished)") }
      }
      try await site.must(.admin, ["restore", site.folder + "/backup.db"])
      for index in 0..<4 { try await site.pick("healed.\(index)") }
      return try problems + site.problems()
    }

    private func isFoundDamaged(_ told: Finished) -> Bool {
      told.status != 0 && (told.output + told.errors).contains("damaged")
    }
  }
}

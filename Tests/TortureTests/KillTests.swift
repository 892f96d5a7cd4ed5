import TestSupport
import Testing

extension Torture {
  /// A program is killed at each of its system calls in turn.
  @Suite(.timeLimit(.minutes(30)))
  struct KillTests {
    @Test(arguments: Operation.allCases)
    func nothingIsLost(operation: Operation) async throws {
      let template = try await operation.template()
      let all = try await Point.all(of: operation, from: template)
      try #require(all.count { $0.isChange } > 10)
      if operation == .pickThatEmptiesTheLog { try #require(all.contains { $0.call == "ftruncate" }) }
      // A log that is read anew makes thousands of calls that are all alike.
      let points =
        sample(all.filter(\.isChange), Size.of(short: 16, full: .max))
        + sample(all.filter { !$0.isChange }, Size.of(short: 4, full: 400))
      let lost = try await inPairs(points) { point in
        let site = try await operation.site(from: template)
        let finished = try await operation.run(on: site, strace: point.injecting("signal=KILL"))
        guard finished.status == (point.isOfProgram ? 137 : 0) else {
          return ["killed at \(point): went on to \(finished.status)"]
        }
        do {
          return try await operation.problems(on: site, after: finished).map { "killed at \(point): \($0)" }
        } catch {
          return ["killed at \(point): \(error)"]
        }
      }
      Tally.add("kill -9 of \(operation.description)", points: points.count, losses: lost.count)
      #expect(lost.isEmpty, "\(lost.joined(separator: "\n"))")
    }
  }
}

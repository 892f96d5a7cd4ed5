import TestSupport
import Testing

extension Torture {
  /// Each write and each sync fails in turn, as on a full disk, on a broken one, and when a signal comes.
  @Suite(.timeLimit(.minutes(30)))
  struct FailureTests {
    @Test(arguments: Operation.allCases)
    func nothingIsLostAndSomethingIsSaid(operation: Operation) async throws {
      let template = try await operation.template()
      let all = try await Point.all(of: operation, from: template).filter { Point.writes.contains($0.call) }
      // Of a call: its commit, the stamp, and the answer.
      try #require(all.count >= 3)
      for error in ["ENOSPC", "EIO", "EINTR"] {
        let points = sample(all, Size.of(short: 6, full: .max))
        let lost = try await inPairs(points) { point in
          let site = try await operation.site(from: template)
          let finished = try await operation.run(on: site, strace: point.injecting("error=\(error)"))
          do {
            return try await
              (answerProblems(of: operation, finished, point)
              + operation.problems(on: site, after: finished)).map { "\(error) at \(point): \($0)" }
          } catch {
            return ["\(error) at \(point): \(error)"]
          }
        }
        Tally.add("\(error) in \(operation.description)", points: points.count, losses: lost.count)
        #expect(lost.isEmpty, "\(lost.joined(separator: "\n"))")
      }
    }

    /// A call is answered or failed with its status, and an operator's command says what went wrong.
    private func answerProblems(of operation: Operation, _ finished: Finished, _ point: Point) -> [String] {
      var problems: [String] = []
      if !finished.output.isEmpty, !finished.output.hasSuffix("\n") {
        problems.append("half a line: \(finished.output)")
      }
      guard finished.status == 0 || finished.status == 1 else { return problems + ["status \(finished.status)"] }
      // Nobody can be told by a pipe that takes nothing.
      if point.call == "write" { return problems }
      switch operation {
      case .pick, .pickThatEmptiesTheLog, .release:
        let isAnswered = finished.callerIDStatus == "OK" && !finished.isHalf
        let isRefused = finished.callerIDStatus == "STORE_ERROR" && finished.callerID == nil && !finished.isHalf
        if finished.status == 0 ? !isAnswered : !isRefused { problems.append("\(finished.status): \(finished.output)") }
      case .import, .reset, .maintenance, .migration:
        if finished.status == 1, finished.errors.isEmpty { problems.append("no reason was given") }
      }
      return problems
    }
  }
}

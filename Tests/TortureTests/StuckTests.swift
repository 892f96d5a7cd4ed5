import Foundation
import TestSupport
import Testing

extension Torture {
  /// Calls go on beside a slow disk and beside an operator's command that stands still.
  @Suite(.timeLimit(.minutes(30)))
  struct StuckTests {
    /// Every sync takes longer by so many milliseconds. A call that waits for one of the longest is refused, because that
    /// is longer than it may wait.
    private static let delays = Size.isFull ? [5, 150, 2000] : [2000]
    private static let patience = 1500

    @Test func noCallWaitsForASlowDisk() async throws {
      let works = Size.isFull ? Work.allCases : [.import, .maintenance]
      let trials = works.flatMap { work in Self.delays.map { (work: work, delay: $0) } }
      let refused = try await inPairs(trials) { trial in
        do {
          return try await problems(of: trial.work, delay: trial.delay).map { "\(trial): \($0)" }
        } catch {
          return ["\(trial): \(error)"]
        }
      }
      Tally.add("commands on a slow disk", points: trials.count, losses: refused.count)
      #expect(refused.isEmpty, "\(refused.joined(separator: "\n"))")
    }

    private func problems(of work: Work, delay: Int) async throws -> [String] {
      let site = try await Work.site(timeout: Self.patience)
      let slow = ["-e", "trace=fsync,fdatasync", "-e", "inject=fsync,fdatasync:delay_enter=\(delay * 1000)"]
      let traced = try TracedWork(work, on: site, slow)
      var problems: [String] = []
      var index = 0
      let log = site.folder + "-call-trace"
      defer { try? FileManager.default.removeItem(atPath: log) }
      repeat {
        index += 1
        let finished = try await site.run(
          .agi, ["SALES", "1001", "ttl=0"], Site.call("slow.\(index)"), strace: ["-f", "-o", log] + slow)
        if finished.status != 0 { problems.append("call \(index): \(finished.output)") }
        let lines = try String(contentsOfFile: log, encoding: .utf8).split(separator: "\n")
        let own = lines.first?.split(separator: " ").first ?? ""
        if lines.contains(where: { $0.hasPrefix(own) && $0.contains("sync(") }) {
          problems.append("call \(index) synced")
        }
      } while traced.isRunning && index < 400 || index < 4
      let status = try await traced.status()
      if status != 0, work != .doctor { problems.append("the command ended with \(status)") }
      return try problems + site.problems(isReset: work == .reset)
    }

    /// A point at which a command is stopped, and whether it holds the store's lock there.
    private struct Stop: Sendable {
      let work: Work
      let call: String
      let count: Int
      let isLocked: Bool
    }

    private static let calls = ["flock", "pread64", "pwrite64", "fcntl", "write", "openat", "fdatasync", "ftruncate"]

    /// Every point of a command from one run of it.
    private func stops(of work: Work) async throws -> [Stop] {
      let site = try await Work.site(timeout: Self.patience)
      let log = site.folder + "-points"
      defer { try? FileManager.default.removeItem(atPath: log) }
      let (arguments, input) = work.words(on: site)
      _ = try await site.run(
        .admin, arguments, input, strace: ["-f", "-y", "-o", log, "-e", "trace=" + Self.calls.joined(separator: ",")])
      var counts: [String: Int] = [:]
      var isLocked = false
      var stops: [Stop] = []
      let lines = try String(contentsOfFile: log, encoding: .utf8).split(separator: "\n")
      let own = lines.first?.split(separator: " ").first ?? ""
      for line in lines where line.split(separator: " ").first == own {
        guard let call = Self.calls.first(where: { line.contains(" \($0)(") }) else { continue }
        counts[call, default: 0] += 1
        // It stops when the call is done.
        if line.contains("-lock>, LOCK_EX"), line.hasSuffix(" = 0") { isLocked = true }
        if line.contains("-lock>, LOCK_UN") { isLocked = false }
        stops.append(Stop(work: work, call: call, count: counts[call] ?? 0, isLocked: isLocked))
      }
      return stops
    }

    @Test func callsGoOnBesideACommandThatStandsStill() async throws {
      let works = Size.isFull ? Work.allCases : [.export, .import]
      var stops: [Stop] = []
      for work in works {
        let all = try await self.stops(of: work)
        // A lock that nobody releases keeps all out: there, calls are refused in time, and served when the command goes on.
        stops += sample(all.filter { !$0.isLocked }, Size.of(short: 4, full: 30))
        stops += sample(all.filter(\.isLocked), Size.of(short: 1, full: 5))
      }
      let refused = try await inPairs(stops) { stop in
        do {
          return try await problems(of: stop).map { "\(stop): \($0)" }
        } catch {
          return ["\(stop): \(error)"]
        }
      }
      Tally.add("commands that stand still", points: stops.count, losses: refused.count)
      #expect(refused.isEmpty, "\(refused.joined(separator: "\n"))")
    }

    private func problems(of stop: Stop) async throws -> [String] {
      let site = try await Work.site(timeout: stop.isLocked ? 300 : Self.patience)
      let traced = try TracedWork(
        stop.work, on: site,
        ["-e", "trace=\(stop.call)", "-e", "inject=\(stop.call):signal=STOP:when=\(stop.count)"])
      guard try await traced.isStopped() else { return try site.problems(isReset: stop.work == .reset) }
      var problems: [String] = []
      for index in 0..<3 {
        let finished = try await site.run(.agi, ["SALES", "1001", "ttl=0"], Site.call("stuck.\(index)"))
        let isRight = finished.status == 0 || stop.isLocked && finished.callerIDStatus == "STORE_BUSY"
        if !isRight { problems.append("call \(index): \(finished.output)") }
      }
      traced.goOn()
      let status = try await traced.status()
      if status != 0, stop.work != .doctor { problems.append("the command ended with \(status)") }
      try await site.pick("last")
      return try problems + site.problems(isReset: stop.work == .reset)
    }
  }
}

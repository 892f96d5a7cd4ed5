import Foundation
import SQLite
import Synchronization
import TestSupport
import Testing

extension Torture {
  /// The server is killed at each system call of its work, under load: what it has told anybody stands in the store.
  @Suite(.timeLimit(.minutes(60)))
  struct ServerKillTests {
    private static let callers = 8
    private static let rounds = 6

    /// A system call of the server after it had begun to listen: the `count`th of its name on one of its threads.
    private struct Point: CustomStringConvertible, Hashable {
      let call: String
      let count: Int
      var description: String { "\(call) \(count)" }

      var strace: [String] {
        [stracePath, "-f", "-o", "/dev/null", "-e", "trace=\(call)", "-e", "inject=\(call):signal=KILL:when=\(count)"]
      }
    }

    @Test func whatWasToldIsKept() async throws {
      let template = try await Site.used(calls: 4)
      let points = try await allPoints(from: template)
      try #require(points.count { $0.call == "pwrite64" } > 10)
      let tried = sample(points, Size.of(short: 24, full: .max))
      let kills = Mutex(0)
      let lost = try await inPairs(tried) { point in
        let site = try Site(copying: template)
        do {
          let (told, status) = try await load(site, wrapper: point.strace)
          if status == 137 { kills.withLock { $0 += 1 } }
          return try await problems(of: site, told: told).map { "killed at \(point): \($0)" }
        } catch {
          return ["killed at \(point): \(error)"]
        }
      }
      // Threads do not always make the same calls in the same order, so some points are not reached.
      #expect(kills.withLock { $0 } > tried.count / 3)
      Tally.add("kill -9 of a server under load", points: tried.count, losses: lost.count)
      #expect(lost.isEmpty, "\(lost.joined(separator: "\n"))")
    }

    /// From one run of it, in the order in which they came.
    private func allPoints(from template: Site) async throws -> [Point] {
      let site = try Site(copying: template)
      let trace = site.folder + "-trace"
      defer { try? FileManager.default.removeItem(atPath: trace) }
      _ = try await load(site, wrapper: [stracePath, "-f", "-o", trace])
      var counts: [String: Int] = [:]
      var points: [Point] = []
      var isReady = false
      for line in try String(contentsOfFile: trace, encoding: .utf8).split(separator: "\n") {
        guard let bracket = line.firstIndex(of: "(") else { continue }
        if line.contains("ready") { isReady = true }
        let words = line[..<bracket].split(separator: " ")
        guard words.count == 2, let call = words.last.map(String.init) else { continue }
        counts["\(words[0]) \(call)", default: 0] += 1
        let point = Point(call: call, count: counts["\(words[0]) \(call)"] ?? 0)
        // Waiting is where a process spends its time, and changes nothing.
        if isReady, call != "execve", !["futex", "epoll_wait", "sched_yield", "clock_nanosleep"].contains(call) {
          points.append(point)
        }
      }
      return Array(Set(points)).sorted { ($0.call, $0.count) < ($1.call, $1.count) }
    }

    /// Makes calls, a few at once, until all are answered or the server has gone.
    ///
    /// - Returns: by the call's uniqueid, the number that it was told; and the server's exit status.
    private func load(_ site: Site, wrapper: [String]) async throws -> (told: [String: String], status: Int) {
      let server: Server
      do {
        server = try await Server(store: site.store, wrapper: wrapper)
      } catch {
        // It was killed before it said that it was ready.
        return ([:], 137)
      }
      let told = try await withThrowingTaskGroup(of: [String: String].self) { group in
        for caller in 0..<Self.callers {
          group.addTask {
            var told: [String: String] = [:]
            for round in 0..<Self.rounds {
              guard let asterisk = try? Connection(port: server.agiPort) else { break }
              var call = AsteriskCall()
              call.uniqueID = "server.\(caller).\(round)"
              // One in three hangs up before it can have an answer: its number is given back.
              try? asterisk.say(call.networkInput(["SALES", "\(caller)"]))
              if caller % 3 == 2 { asterisk.hangUp() }
              let prefix = "SET VARIABLE CALLERID(num) "
              let lines = (try? await asterisk.hear(lines: 7)) ?? []
              if let line = lines.first(where: { $0.hasPrefix(prefix) }) {
                told[call.uniqueID] = String(line.dropFirst(prefix.count))
                try? asterisk.say("200 result=1\n")
                // Asterisk leaves when the server does: to leave at once would be to hang up.
                _ = try? await asterisk.hear(lines: 1)
              }
            }
            return told
          }
        }
        return try await group.reduce(into: [:]) { $0.merge($1) { $1 } }
      }
      // strace keeps signals to itself.
      let children =
        (try? String(contentsOfFile: "/proc/\(server.id)/task/\(server.id)/children", encoding: .utf8)) ?? ""
      for child in children.split(separator: " ").compactMap({ Int32($0) }) { kill(child, SIGTERM) }
      return (told, try await server.status())
    }

    private func problems(of site: Site, told: [String: String]) async throws -> [String] {
      // A call makes good what was left half done, and tells whether calls go on.
      try await site.pick("after")
      let granted = try site.granted()
      var problems = try site.problems()
      for (call, number) in told where granted[call] != number && !isGivenBack(call) {
        problems.append("\(call) was told \(number), the store has \(granted[call] ?? "nothing")")
      }
      let database = try site.opened()
      let late: Int? = try database.value("SELECT count(*) FROM request WHERE reserved_until > at + 3600")
      if late != 0 { problems.append("reservations beyond their time: \(late ?? -1)") }
      return problems
    }

    /// What is given back is found by its call no more.
    private func isGivenBack(_ call: String) -> Bool {
      call.split(separator: ".").dropFirst().first.flatMap { Int($0) }.map { $0 % 3 == 2 } ?? false
    }
  }
}

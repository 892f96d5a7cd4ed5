import Foundation
import TestSupport
import Testing

/// That callerid-agi never holds a call longer than `busy_timeout_ms` and the time that its talk with Asterisk may take.
///
/// What it asks the kernel to wait is looked at, and not how long that took: the machine that runs the tests may be busy
/// with others.
@Suite(.serialized, .timeLimit(.minutes(2)))
struct AgiDelayTests {
  /// Past `busy_timeout_ms`, for the conversation.
  private static let grace = 30
  private static let sleeps = ["nanosleep", "clock_nanosleep"]
  private static let waits =
    ["timer_settime", "flock", "poll", "ppoll", "select", "pselect6", "epoll_wait", "epoll_pwait"] + sleeps

  /// A call, which waits no longer than it may.
  private func call(
    _ callerID: Installation, _ arguments: [String], timeout: Int = 250,
    sourceLocation: SourceLocation = #_sourceLocation
  ) async throws -> (finished: Finished, trace: Trace) {
    let call = try await callerID.trace(.agi, arguments, input: AsteriskCall().input, seeing: Self.waits)
    check(call.trace, timeout: timeout, sourceLocation)
    return call
  }

  private func check(_ trace: Trace, timeout: Int, _ sourceLocation: SourceLocation) {
    // Each wait for the lock is one that a timer ends.
    let timers = trace.calls(of: ["timer_settime"])
    let locks = trace.calls(of: ["flock"]).filter { $0.contains("LOCK_EX)") }
    #expect(locks.count == timers.count, "\(trace.calls)", sourceLocation: sourceLocation)
    for timer in timers {
      let time = Self.milliseconds(timer, after: "it_value=")
      #expect(time.map { (1...timeout).contains($0) } == true, "\(timer)", sourceLocation: sourceLocation)
    }
    for poll in trace.calls(of: ["poll", "ppoll"]) {
      let time =
        poll.firstMatch(of: /\], 1, (-?\d+)/).flatMap { Int($0.1) } ?? Self.milliseconds(poll, after: "], 1, ")
      #expect(time.map { (0...timeout + Self.grace).contains($0) } == true, "\(poll)", sourceLocation: sourceLocation)
    }
    // SQLite's own way of waiting, in many steps.
    let sleeps = trace.calls(of: Self.sleeps).map { Self.milliseconds($0, after: "") ?? .max / 1000 }
    #expect(sleeps.reduce(0, +) <= timeout, "\(trace.calls)", sourceLocation: sourceLocation)
    let others = trace.calls(of: ["select", "pselect6", "epoll_wait", "epoll_pwait"])
    #expect(others.isEmpty, "\(others)", sourceLocation: sourceLocation)
  }

  /// A time that strace writes as `{tv_sec=0, tv_nsec=250000000}`.
  private static func milliseconds(_ call: String, after label: String) -> Int? {
    guard let start = call.range(of: label + "{tv_sec="),
      let time = call[start.lowerBound...].firstMatch(of: /\{tv_sec=(\d+), tv_nsec=(\d+)\}/),
      let seconds = Int(time.1), let nanoseconds = Int(time.2)
    else { return nil }
    return seconds * 1000 + nanoseconds / 1_000_000
  }

  /// A process that holds the lock file of a store, as a callerid-agi in the middle of its transaction does.
  private func holder(ofLockOf store: String) async throws -> RunningProgram {
    let holder = try RunningProgram(
      "/usr/bin/flock", ["--no-fork", "--exclusive", store + "-lock", "sleep", "120"])
    let descriptor = open(store + "-lock", O_RDWR)
    defer { close(descriptor) }
    while flock(descriptor, LOCK_EX | LOCK_NB) == 0 {
      flock(descriptor, LOCK_UN)
      try await Task.sleep(for: .milliseconds(10))
    }
    return holder
  }

  @Test(arguments: [(false, 250), (true, 100)])
  func aHolderOfTheLockIsWaitedForAsLongAsTheSettingSays(isStopped: Bool, timeout: Int) async throws {
    let callerID = try await Installation(numbers: ["2145550101"])
    #expect(try await callerID.admin("config", "set", "busy_timeout_ms", "\(timeout)").status == 0)
    #expect(try await callerID.agi(["S"]).status == 0)
    let holder = try await holder(ofLockOf: callerID.store)
    defer { holder.end() }
    if isStopped { holder.send(SIGSTOP) }
    // What is wrong with a request can be said without the store; that it cannot be logged changes nothing.
    for (arguments, status) in [
      (["S"], "STORE_BUSY"), (["", "", "action=release"], "STORE_BUSY"), (["S", "", "bogus=1"], "BAD_REQUEST"),
    ] {
      let (finished, trace) = try await call(callerID, arguments, timeout: timeout)
      #expect(finished.lines.first == "SET VARIABLE CALLERID_STATUS \(status)")
      #expect(finished.status == 1)
      #expect(!trace.calls(of: ["timer_settime"]).isEmpty)
    }
    holder.end()
    // What a holder leaves that was killed is no harm.
    #expect(try await callerID.agi(["", "", "action=release"]).status == 0)
    #expect(try await callerID.agi(["S"]).status == 0)
  }

  @Test func aLockOfSQLitesOwnIsWaitedForNoLonger() async throws {
    let callerID = try await Installation(numbers: ["2145550101"])
    #expect(try await callerID.agi(["S"]).status == 0)
    let holder = try LockHolder(path: callerID.store)
    for (arguments, status) in [(["", "", "action=release"], "STORE_BUSY"), (["S", "", "bogus=1"], "BAD_REQUEST")] {
      let (finished, trace) = try await call(callerID, arguments)
      #expect(finished.lines.first == "SET VARIABLE CALLERID_STATUS \(status)")
      #expect(finished.status == 1)
      #expect(!trace.calls(of: Self.sleeps).isEmpty)
    }
    holder.release()
    #expect(try await callerID.agi(["", "", "action=release"]).status == 0)
  }

  @Test(arguments: ["", "-lock", "-wal", "-shm"], ["fifo", "folder", "zero"])
  func whateverAFileOfTheStoreIsNobodyWaits(file: String, kind: String) async throws {
    let callerID = try await Installation(numbers: ["2145550101"])
    let path = callerID.store + file
    if FileManager.default.fileExists(atPath: path) { try FileManager.default.removeItem(atPath: path) }
    switch kind {
    case "fifo": mkfifo(path, 0o600)
    case "folder": mkdir(path, 0o700)
    default: symlink("/dev/zero", path)
    }
    let finished = try await call(callerID, ["S"]).finished
    #expect(finished.lines.contains { $0.hasPrefix("SET VARIABLE CALLERID_STATUS ") })
    #expect(finished.lines.last?.hasPrefix(#"VERBOSE ""#) == true)
  }

  /// What Asterisk sends, and then neither more nor an end.
  @Test(arguments: [
    ("", 0), ("agi_request: x\n", 0), (AsteriskCall().environment, 7),
    (AsteriskCall().environment + "200 result=1\n", 7),
  ])
  func anAsteriskThatSaysNoMoreIsNotWaitedFor(said: String, commands: Int) async throws {
    let callerID = try await Installation(numbers: ["2145550101"])
    let log = Trace.newLog()
    defer { try? FileManager.default.removeItem(atPath: log) }
    let (input, output) = (Pipe(), Pipe())
    let program = try RunningProgram(
      stracePath, Trace.arguments(seeing: Self.waits, log: log) + [Program.agi.path, "S"],
      environment: ["CALLERID_DB": callerID.store], input: input, output: output)
    try input.fileHandleForWriting.write(contentsOf: Data(said.utf8))
    // Once it has been sent all, an Asterisk that is only late carries it out: the call has its number.
    #expect(try await program.status() == (commands > 0 ? 0 : 1))
    let trace = try Trace(log: log)
    check(trace, timeout: 250, #_sourceLocation)
    #expect(trace.calls.contains { $0.contains("(Timeout)") }, "\(trace.calls)")
    let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    #expect(text.split(separator: "\n").count == commands)
    // Nobody else may get it meanwhile.
    #expect(try callerID.sql("SELECT count(*) FROM number WHERE holds <> ''") == (commands > 0 ? 1 : 0))
    try input.fileHandleForWriting.close()
  }
}

extension AsteriskCall {
  /// Without the replies.
  fileprivate var environment: String {
    var call = self
    call.replies = []
    return call.input
  }
}

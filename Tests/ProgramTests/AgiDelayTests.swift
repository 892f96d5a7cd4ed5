import Foundation
import TestSupport
import Testing

/// That callerid-agi never holds a call, whatever holds up callerid-agi.
///
/// The contract is busy_timeout_ms and 50 ms; here it is only told from waiting without end, since the machine that runs
/// the tests may be busy with others. The benchmarks measure it.
@Suite(.serialized, .timeLimit(.minutes(2)))
struct AgiDelayTests {
  private func expectPrompt<Result>(
    sourceLocation: SourceLocation = #_sourceLocation, _ body: () async throws -> Result
  ) async throws -> Result {
    let start = ContinuousClock.now
    let result = try await body()
    let waited = start.duration(to: .now)
    #expect(waited < .seconds(30), sourceLocation: sourceLocation)
    return result
  }

  /// A process that holds the lock file of a store, as a callerid-agi in the middle of its transaction does.
  private final class Holder {
    private let process = Process()

    init(lockOf store: String) async throws {
      process.executableURL = URL(fileURLWithPath: "/usr/bin/flock")
      process.arguments = ["--no-fork", "--exclusive", store + "-lock", "sleep", "120"]
      try process.run()
      let descriptor = open(store + "-lock", O_RDWR)
      defer { close(descriptor) }
      while flock(descriptor, LOCK_EX | LOCK_NB) == 0 {
        flock(descriptor, LOCK_UN)
        try await Task.sleep(for: .milliseconds(10))
      }
    }

    func stop() { kill(process.processIdentifier, SIGSTOP) }

    /// Ends it, even stopped.
    func end() {
      guard process.isRunning else { return }
      kill(process.processIdentifier, SIGKILL)
      process.waitUntilExit()
    }
  }

  @Test(arguments: [false, true])
  func aHolderOfTheLockIsNotWaitedFor(isStopped: Bool) async throws {
    let callerID = try await Installation(numbers: ["2145550101"])
    #expect(try await callerID.agi(["S"]).status == 0)
    let holder = try await Holder(lockOf: callerID.store)
    defer { holder.end() }
    if isStopped { holder.stop() }
    let pick = try await expectPrompt { try await callerID.agi(["S"]) }
    #expect(pick.lines.first == "SET VARIABLE CALLERID_STATUS STORE_BUSY")
    #expect(pick.status == 1)
    let release = try await expectPrompt { try await callerID.agi(["", "", "action=release"]) }
    #expect(release.lines.first == "SET VARIABLE CALLERID_STATUS STORE_BUSY")
    // What is wrong with a request can be said without the store; that it cannot be logged changes nothing.
    let bad = try await expectPrompt { try await callerID.agi(["S", "", "bogus=1"]) }
    #expect(bad.lines.first == "SET VARIABLE CALLERID_STATUS BAD_REQUEST")
    #expect(bad.status == 1)
    holder.end()
    // What a holder leaves that was killed is no harm.
    #expect(try await callerID.agi(["", "", "action=release"]).status == 0)
    #expect(try await callerID.agi(["S"]).status == 0)
  }

  @Test func aLockOfSQLitesOwnIsNotWaitedForByAReleaseEither() async throws {
    let callerID = try await Installation(numbers: ["2145550101"])
    #expect(try await callerID.agi(["S"]).status == 0)
    let holder = try LockHolder(path: callerID.store)
    let release = try await expectPrompt { try await callerID.agi(["", "", "action=release"]) }
    #expect(release.lines.first == "SET VARIABLE CALLERID_STATUS STORE_BUSY")
    #expect(release.status == 1)
    let bad = try await expectPrompt { try await callerID.agi(["S", "", "bogus=1"]) }
    #expect(bad.lines.first == "SET VARIABLE CALLERID_STATUS BAD_REQUEST")
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
    let finished = try await expectPrompt { try await callerID.agi(["S"]) }
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
    let process = Process()
    process.executableURL = URL(fileURLWithPath: Program.agi.path)
    process.arguments = ["S"]
    process.environment = ["CALLERID_DB": callerID.store]
    let (input, output) = (Pipe(), Pipe())
    process.standardInput = input
    process.standardOutput = output
    try process.run()
    try input.fileHandleForWriting.write(contentsOf: Data(said.utf8))
    try await expectPrompt {
      while process.isRunning { try await Task.sleep(for: .milliseconds(10)) }
    }
    // Once it has been sent all, an Asterisk that is only late carries it out: the call has its number.
    #expect(process.terminationStatus == (commands > 0 ? 0 : 1))
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

import Foundation
import SQLite
import TestSupport
import Testing

/// The pipes between callerid-agi and an Asterisk that is slow, stuck or gone.
@Suite(.timeLimit(.minutes(2)))
struct AgiPipeTests {
  private static let environment: String = {
    var call = AsteriskCall()
    call.replies = []
    return call.input
  }()
  private let done = "200 result=1\n"

  private func held(_ callerID: Installation) throws -> Int {
    try callerID.sql("SELECT count(*) FROM number WHERE holds <> ''")
  }

  /// One turn with Asterisk: what it costs.
  @Test func theCommandsOfAnAnswerAreWrittenAtOnce() async throws {
    let callerID = try await Installation.patient(numbers: ["2145550101"])
    for (arguments, commands) in [(["S"], 7), (["S"], 2), (["", "", "action=release"], 2)] {
      let traced = try await run(
        stracePath, ["-f", "-e", "trace=write", Program.agi.path] + arguments, input: AsteriskCall().input,
        environment: ["CALLERID_DB": callerID.store])
      #expect(traced.lines.count == commands)
      #expect(traced.errors.split(separator: "\n").count { $0.contains("write(") } == 1, "\(traced.errors)")
    }
  }

  @Test func anAsteriskThatTakesItsTimeHearsEverythingAtOnceAndNothingTwice() async throws {
    let callerID = try await Installation.patient(numbers: ["2145550101"])
    let peer = try AsteriskPeer(["S"], store: callerID.store)
    for line in Self.environment.split(separator: "\n", omittingEmptySubsequences: false).dropLast() {
      try peer.say(line + "\n")
    }
    #expect(try await peer.hear(lines: 7).count == 7)
    #expect(peer.isRunning)
    try peer.say(done)
    #expect(try await peer.end() == 0)
    #expect(try await peer.hear(lines: 1).isEmpty)
    #expect(try held(callerID) == 1)
  }

  // MARK: A full pipe

  /// Makes a pipe small, and fills it but for some bytes.
  private func fill(_ pipe: (reading: Int32, writing: Int32), sparing room: Int) {
    // F_SETPIPE_SZ (fcntl(2)), which Glibc's module does not show.
    #expect(fcntl(pipe.writing, 1031, 4096) == 4096)
    let filling = [UInt8](repeating: UInt8(ascii: "#"), count: 4096 - room)
    #expect(write(pipe.writing, filling, filling.count) == filling.count)
  }

  /// The number's line cannot have got through: nobody shows it. Nor may half a line: Asterisk carries that out as well.
  @Test(arguments: [0, 1, 200, 4000])
  func aFullPipeIsNotWaitedForAndTheNumberIsGivenBack(room: Int) async throws {
    let callerID = try await Installation(numbers: ["2145550101"])
    _ = try await callerID.admin("config", "set", "busy_timeout_ms", "1000")
    let peer = try AsteriskPeer(["S"], store: callerID.store) { fill($0, sparing: room) }
    try peer.say(Self.environment)
    #expect(try await peer.end() == 1)
    #expect(try await peer.hear(lines: 1) == [String(repeating: "#", count: 4096 - room)])
    #expect(try held(callerID) == 0)
    #expect(try callerID.sql("SELECT count(*) FROM request WHERE status = 'OK' AND released_at IS NOT NULL") == 1)
  }

  @Test func aPipeThatIsEmptiedInTimeIsWaitedFor() async throws {
    let callerID = try await Installation.patient(numbers: ["2145550101"])
    let peer = try AsteriskPeer(["S"], store: callerID.store) { fill($0, sparing: 1) }
    try peer.say(Self.environment)
    while try held(callerID) == 0 { try await Task.sleep(for: .milliseconds(5)) }
    #expect(peer.isRunning)
    let lines = try await peer.hear(lines: 7)
    #expect(lines.first == String(repeating: "#", count: 4095) + "SET VARIABLE CALLERID_STATUS OK")
    #expect(lines.last == #"VERBOSE "Using Rotated Caller-ID: 2145550101" 1"#)
    try peer.say(String(repeating: done, count: 7))
    #expect(try await peer.end() == 0)
    #expect(try held(callerID) == 1)
  }

  // MARK: Asterisk's signal

  @Test func aSignalBeforeAsteriskHasRepliedGivesTheNumberBack() async throws {
    let callerID = try await Installation.patient(numbers: ["2145550101"])
    let peer = try AsteriskPeer(["S"], store: callerID.store)
    try peer.say(Self.environment)
    #expect(try await peer.hear(lines: 7).count == 7)
    try await waitForQuiet(peer)
    peer.signalHangUp()
    #expect(try await peer.end() == 0)
    #expect(try held(callerID) == 0)
  }

  /// What Asterisk has said by the time that the first reply is read counts, in whatever order it was said.
  @Test(arguments: [("HANGUP\n", 0), ("511 Command Not Permitted on a dead channel\n", 0), ("", 1)])
  func oneReplyIsWaitedForAndWhatHasComeWithItIsRead(more: String, held: Int) async throws {
    let callerID = try await Installation.patient(numbers: ["2145550101"])
    let peer = try AsteriskPeer(["S"], store: callerID.store)
    try peer.say(Self.environment)
    #expect(try await peer.hear(lines: 7).count == 7)
    try peer.say(done + more)
    // Asterisk carries out the other commands when the program has ended.
    #expect(try await peer.end() == 0)
    #expect(try self.held(callerID) == held)
  }

  /// Nothing shows that the program has read what it was sent and waits for more: time to do so.
  private func waitForQuiet(_ peer: AsteriskPeer) async throws {
    try await Task.sleep(for: .milliseconds(500))
    #expect(peer.isRunning)
  }

  // MARK: Others meanwhile

  /// What fails in the middle of its transaction, in a store that has lost what it needs.
  @Test(arguments: [["S"], ["", "", "action=release"], ["S", "", "bogus=1"]])
  func aQuestionThatFailsKeepsNobodyWaiting(arguments: [String]) async throws {
    let callerID = try await Installation.patient(numbers: ["2145550101"])
    let database = try Database(path: callerID.store, mode: .readWrite)
    try database.keepLogOnClose()
    try database.execute("DROP TABLE request")
    let peer = try AsteriskPeer(arguments, store: callerID.store)
    try peer.say(Self.environment)
    let lines = try await peer.hear(lines: 2)
    #expect(lines.first?.hasPrefix("SET VARIABLE CALLERID_STATUS ") == true)
    #expect(lines.first != "SET VARIABLE CALLERID_STATUS OK")
    // It has ten seconds to wait for Asterisk in; the store is free.
    let lock = open(callerID.store + "-lock", O_RDWR | O_CLOEXEC)
    defer { close(lock) }
    #expect(flock(lock, LOCK_EX | LOCK_NB) == 0)
    #expect(peer.isRunning)
    try database.execute("BEGIN EXCLUSIVE; ROLLBACK")
    try peer.say(done + done)
    #expect(try await peer.end() == 1)
  }
}

import CallVectors
import Foundation
import TestSupport
import Testing

/// The conversations of the vectors with the built program, over pipes.
@Suite(.timeLimit(.minutes(3)))
struct AgiConversationTests {
  @Test(arguments: CallVector.all)
  func goesAsItShould(vector: CallVector) async throws {
    let callerID = try await Self.installation(for: vector)
    let store = vector.stock == .missing ? callerID.folder + "/none.db" : callerID.store
    let holder = vector.stock == .locked ? try LockHolder(path: store) : nil
    if vector.end == .hangsUp { return try await endsAsItShould(vector, callerID, store) }
    let peer = try AsteriskPeer(vector.arguments, store: store)
    try peer.say(vector.opening)
    for turn in vector.turns {
      let commands = turn.commands.map { $0.replacing(CallVector.storePath, with: store) }
      #expect(try await peer.hear(lines: commands.count) == commands)
      try peer.say(turn.replies.map { $0 + vector.lineEnd }.joined())
    }
    #expect(try await peer.hear(lines: 1).isEmpty)
    #expect(try await peer.end() == (vector.isSuccess ? 0 : 1))
    holder?.release()
    #expect(try callerID.sql("SELECT count(*) FROM number WHERE holds <> ''") == (vector.isHeld ? 1 : 0))
  }

  /// Where Asterisk hangs up, it has said everything and gone before the program reads any of it: a program that was quicker
  /// would rightly have ended by then.
  private func endsAsItShould(_ vector: CallVector, _ callerID: Installation, _ store: String) async throws {
    let replies = vector.turns.flatMap(\.replies).map { $0 + vector.lineEnd }.joined()
    let finished = try await run(
      Program.agi.path, vector.arguments, input: vector.opening + replies, environment: ["CALLERID_DB": store])
    #expect(finished.lines == vector.turns.flatMap(\.commands))
    #expect(finished.status == (vector.isSuccess ? 0 : 1))
    #expect(try callerID.sql("SELECT count(*) FROM number WHERE holds <> ''") == (vector.isHeld ? 1 : 0))
  }

  static func installation(for vector: CallVector) async throws -> Installation {
    let callerID = try await Installation()
    if vector.stock != .empty {
      let name = CallVector.numberName.replacing("\"", with: "\"\"")
      _ = try await callerID.importCSV(
        "caller_id,carrier,name\n\(CallVector.number),\(CallVector.carrier),\"\(name)\"\n")
    }
    // The machine that runs the tests may be busy with others; but where it is waited for the end of the time, it is not
    // waited for long.
    let isWaitedFor = vector.end == .isSilent || vector.stock == .locked
    _ = try await callerID.admin("config", "set", "busy_timeout_ms", isWaitedFor ? "2000" : "10000")
    if vector.stock == .held { #expect(try await callerID.agi(["SALES"]).status == 0) }
    return callerID
  }
}

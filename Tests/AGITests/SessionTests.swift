import Foundation
import Testing

@testable import AGI

/// A session whose other end the test holds.
private struct Peer: ~Copyable {
  let toProgram: Pipe
  let fromProgram: Pipe
  var session: Session

  init(milliseconds: Int = 30_000) {
    let input = Pipe()
    let output = Pipe()
    toProgram = input
    fromProgram = output
    let end = ContinuousClock.now + .milliseconds(milliseconds)
    session = Session(
      input: input.fileHandleForReading.fileDescriptor, output: output.fileHandleForWriting.fileDescriptor
    ) {
      let left = ContinuousClock.now.duration(to: end)
      return max(0, Int(left.components.seconds * 1000 + left.components.attoseconds / 1_000_000_000_000_000))
    }
  }

  func say(_ text: String) { toProgram.fileHandleForWriting.write(Data(text.utf8)) }
  func hangUp() { try? toProgram.fileHandleForWriting.close() }
  func heard() -> String {
    String(decoding: fromProgram.fileHandleForReading.availableData, as: UTF8.self)
  }
}

struct SessionTests {
  init() { HangUp.prepare() }

  @Test(arguments: [1, 2, 3, 7, 1000])
  func theEnvironmentMayComeInPieces(size: Int) throws {
    var peer = Peer()
    let text = Array("agi_uniqueid: 1.1\nagi_extension: 12145551212\n\n200 result=1\n".utf8)
    let writer = peer.toProgram.fileHandleForWriting
    Thread.detachNewThread {
      for start in stride(from: 0, to: text.count, by: size) {
        try? writer.write(contentsOf: Data(text[start..<min(start + size, text.count)]))
      }
    }
    let environment = try peer.session.readEnvironment()
    #expect(environment.extension == "12145551212")
    // What came after the blank line is the reply to the next command.
    #expect(try peer.session.send(.getVariable(name: "X")) == .result(1, value: nil))
  }

  @Test func aCommandIsSentAndItsReplyRead() throws {
    var peer = Peer()
    peer.say("200 result=1 (SALES)\n")
    #expect(try peer.session.send(.getVariable(name: "CAMPCUST")) == .result(1, value: "SALES"))
    #expect(peer.heard() == "GET VARIABLE CAMPCUST\n")
  }

  @Test(arguments: ["", "agi_uniqueid: 1.1\n", "agi_uniqueid: 1.1"])
  func anEndInsideTheEnvironmentIsAHangUp(text: String) {
    var peer = Peer()
    peer.say(text)
    peer.hangUp()
    #expect(throws: SessionError.hungUp) { try peer.session.readEnvironment() }
  }

  @Test(arguments: ["", "HANGUP\n", "200 resu"])
  func anEndBeforeTheReplyIsAHangUp(text: String) {
    var peer = Peer()
    peer.say(text)
    peer.hangUp()
    #expect(throws: SessionError.hungUp) { try peer.session.send(.getVariable(name: "X")) }
  }

  @Test func nobodyThereToWriteToIsAHangUp() {
    var peer = Peer()
    try? peer.fromProgram.fileHandleForReading.close()
    #expect(throws: SessionError.hungUp) { try peer.session.send(.getVariable(name: "X")) }
  }

  @Test func aSilentAsteriskIsNotWaitedForForEver() {
    var peer = Peer(milliseconds: 20)
    #expect(throws: SessionError.timedOut) { try peer.session.readEnvironment() }
    #expect(throws: SessionError.timedOut) { try peer.session.send(.getVariable(name: "X")) }
  }

  @Test func anEndlessEnvironmentIsNoAsterisk() {
    var peer = Peer()
    let writer = peer.toProgram.fileHandleForWriting
    Thread.detachNewThread {
      let line = Data("agi_x: \(String(repeating: "x", count: 1000))\n".utf8)
      for _ in 0..<400 { try? writer.write(contentsOf: line) }
    }
    #expect(throws: SessionError.notAsterisk) { try peer.session.readEnvironment() }
  }

  @Test func aLineThatIsTooLongIsCutOffAndTheNextIsRead() throws {
    var peer = Peer()
    let writer = peer.toProgram.fileHandleForWriting
    Thread.detachNewThread {
      try? writer.write(contentsOf: Data("agi_x: \(String(repeating: "x", count: 100_000))\nagi_extension: 1\n\n".utf8))
    }
    let environment = try peer.session.readEnvironment()
    #expect(environment["agi_x"]?.utf8.count == Session.maximumLine - 7)
    #expect(environment.extension == "1")
  }
}

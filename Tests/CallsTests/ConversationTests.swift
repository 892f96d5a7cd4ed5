import CallVectors
import Testing

@testable import Calls
@testable import Rotation

/// Each conversation of the vectors, without a descriptor.
struct ConversationTests {
  /// How much of what there is comes and goes at once.
  enum Pieces: CaseIterable {
    case whole, lines, bytes
  }

  /// What a conversation came to.
  private struct Course: Equatable {
    /// The lines that were sent between two waits for Asterisk.
    var turns: [[String]] = []
    var questions = 0
    var isSuccess = false
    var isHeld = false
  }

  /// Asterisk's side of a vector: its next lines once the commands are there that they reply to.
  private struct Peer {
    let vector: CallVector
    let pieces: Pieces
    var text: [UInt8]
    var turn = 0

    init(_ vector: CallVector, _ pieces: Pieces) {
      self.vector = vector
      self.pieces = pieces
      text = Array(vector.opening.utf8)
    }

    mutating func next() -> [UInt8]? {
      if text.isEmpty, turn < vector.turns.count {
        text = Array(vector.turns[turn].replies.map { $0 + vector.lineEnd }.joined().utf8)
        turn += 1
      }
      guard !text.isEmpty else { return nil }
      let piece = Array(text.prefix(size(of: text)))
      text.removeFirst(piece.count)
      return piece
    }

    func size(of text: [UInt8]) -> Int {
      switch pieces {
      case .whole: text.count
      case .lines: (text.firstIndex(of: UInt8(ascii: "\n")) ?? text.count - 1) + 1
      case .bytes: 1
      }
    }
  }

  private func hold(_ vector: CallVector, _ source: Conversation.Source, _ pieces: Pieces) throws -> Course {
    var (peer, store, course) = (Peer(vector, pieces), StockedStore(vector.stock), Course())
    var conversation = Conversation(source)
    var sent: [UInt8] = []
    var step = Conversation.Step.wait
    for _ in 0..<20_000 {
      switch step {
      case .wait, .look:
        if !sent.isEmpty {
          course.turns.append(sent.split(separator: UInt8(ascii: "\n")).map { String(decoding: $0, as: UTF8.self) })
          sent = []
        }
        if let bytes = peer.next() {
          step = conversation.received(bytes)
        } else {
          var isLooking = false
          if case .look = step { isLooking = true }
          #expect(vector.end != .waits || isLooking, "it waits for more")
          step =
            vector.end == .hangsUp
            ? conversation.hungUp() : isLooking ? conversation.heardAll() : conversation.timedOut()
        }
      case .send(let bytes):
        let count = peer.size(of: bytes)
        sent += bytes[..<count]
        step = conversation.sent(count)
      case .ask(let question):
        course.questions += 1
        step = conversation.answered(try store.answer(question))
      case .finish(let ending):
        if let request = ending.givenBack { store.giveBack(request) }
        course.isSuccess = ending.isSuccess
        course.isHeld = store.isHeld
        return course
      }
    }
    throw Endless()
  }

  private struct Endless: Error {}

  private func expect(_ vector: CallVector, _ source: Conversation.Source, _ pieces: Pieces) throws {
    let course = try hold(vector, source, pieces)
    #expect(course.turns == vector.turns.map(\.commands))
    #expect(course.isSuccess == vector.isSuccess)
    #expect(course.isHeld == vector.isHeld)
    #expect(course.questions <= 1)
  }

  @Test(arguments: CallVector.all, Pieces.allCases)
  func goesAsItShould(vector: CallVector, pieces: Pieces) throws {
    try expect(vector, .given(Arguments(vector.arguments)), pieces)
  }

  /// As a server hears it: what the dialplan asks stands in the environment.
  @Test(arguments: CallVector.all)
  func goesTheSameWhereTheArgumentsAreInTheEnvironment(vector: CallVector) throws {
    var served = vector
    // Where there is a blank line to stand before.
    let arguments = vector.arguments.enumerated().map { "agi_arg_\($0 + 1): \($1)" }
    if vector.environment.last == "" {
      served.environment.insert(contentsOf: arguments, at: vector.environment.count - 1)
    }
    try expect(served, .environment, .whole)
  }

  /// Everything may have come before it is asked for, as from a file.
  @Test(arguments: CallVector.all.filter { $0.end != .isSilent })
  func repliesMayComeBeforeTheirCommands(vector: CallVector) throws {
    var early = vector
    early.turns = []
    early.environment += vector.turns.flatMap(\.replies)
    early.end = .hangsUp
    let course = try hold(early, .given(Arguments(vector.arguments)), .whole)
    #expect(course.isSuccess == vector.isSuccess)
    #expect(course.isHeld == vector.isHeld)
  }
}

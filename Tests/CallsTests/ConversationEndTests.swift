import CallVectors
import Testing

@testable import Calls
@testable import Rotation

/// How a conversation ends at each moment that something may happen in.
struct ConversationEndTests {
  private let environment = Array(CallVector("").opening.utf8)

  /// What is to be done next, without what belongs to it.
  private func name(_ step: Conversation.Step) -> String {
    switch step {
    case .send: "send"
    case .ask: "ask"
    case .wait: "wait"
    case .look: "look"
    case .finish(let ending): "finish \(ending.isSuccess) \(ending.givenBack ?? 0)"
    }
  }

  /// A conversation that has been given a number, and the commands that it is about to send.
  private struct Granted: ~Copyable {
    var conversation = Conversation(.given(Arguments(["SALES"])))
    let commands: [UInt8]

    init(hearing environment: [UInt8]) throws {
      guard case .ask(.pick) = conversation.received(environment),
        case .send(let commands) = conversation.answered(try Self.answer())
      else { throw Unexpected() }
      self.commands = commands
    }

    static func answer() throws -> StoreAnswer {
      .picked(.granted(try StockedStore.grant()), Presenting(Settings()))
    }
  }

  private struct Unexpected: Error {}

  private func end(of line: String, in commands: [UInt8]) throws -> Int {
    let text = String(decoding: commands, as: UTF8.self)
    let range = try #require(text.ranges(of: line).first)
    return text.utf8.distance(from: text.startIndex, to: range.upperBound)
  }

  // MARK: While commands are sent

  @Test func aNumberIsKeptOnceItsLineIsSentWhole() throws {
    let number = "SET VARIABLE CALLERID(num) 2145550101\n"
    let all = try Granted(hearing: environment).commands
    let decisive = try end(of: number, in: all)
    #expect(decisive < all.count)
    for count in 0...all.count {
      var late = try Granted(hearing: environment)
      #expect(name(late.conversation.sent(count)) == (count == all.count ? "wait" : "send"))
      #expect(
        name(late.conversation.timedOut()) == (count < decisive ? "finish false 42" : "finish true 0"), "\(count)")
      // A caller who has hung up needs no number, whatever was sent.
      var ended = try Granted(hearing: environment)
      _ = ended.conversation.sent(count)
      #expect(name(ended.conversation.hungUp()) == "finish true 42")
    }
  }

  @Test func whatIsNotSentYetIsSentNext() throws {
    var granted = try Granted(hearing: environment)
    var rest = granted.commands[...]
    while rest.count > 1 {
      rest = rest.dropFirst()
      guard case .send(let bytes) = granted.conversation.sent(1) else { throw Unexpected() }
      #expect(bytes == Array(rest))
    }
    #expect(name(granted.conversation.sent(1)) == "wait")
  }

  @Test(arguments: [
    ([], StoreAnswer.picked(.kept(reason: "x"), Presenting(Settings())), true),
    (["action=release"], .released([]), true), ([], .failed(StoreError(.busy, "x")), false),
  ])
  func whatIsOnlyToldIsASuccessOnceItIsSentWhole(options: [String], answer: StoreAnswer, isSuccess: Bool) throws {
    for isWhole in [false, true] {
      var conversation = Conversation(.given(Arguments(["S", ""] + options)))
      guard case .ask = conversation.received(environment), case .send(let commands) = conversation.answered(answer)
      else { throw Unexpected() }
      _ = conversation.sent(commands.count - (isWhole ? 0 : 1))
      #expect(name(conversation.timedOut()) == "finish \(isSuccess && isWhole) 0")
    }
  }

  @Test func oneReplyTellsThatTheRestIsCarriedOut() throws {
    var granted = try Granted(hearing: environment)
    _ = granted.conversation.sent(granted.commands.count)
    // Nothing was said yet: the caller may have hung up.
    #expect(name(granted.conversation.heardAll()) == "wait")
    #expect(name(granted.conversation.received(Array("200 result=1\n".utf8))) == "look")
    #expect(name(granted.conversation.heardAll()) == "finish true 0")
  }

  // MARK: While the store is asked

  @Test func aHangUpMeanwhileGivesBackWhatThePickGets() throws {
    var conversation = Conversation(.given(Arguments(["SALES"])))
    #expect(name(conversation.received(environment)) == "ask")
    #expect(name(conversation.hungUp()) == "wait")
    #expect(name(conversation.timedOut()) == "wait")
    #expect(name(conversation.answered(try Granted.answer())) == "finish true 42")
  }

  @Test func whatTakesTooLongIsGivenBackToo() throws {
    var conversation = Conversation(.given(Arguments(["SALES"])))
    #expect(name(conversation.received(environment)) == "ask")
    #expect(name(conversation.timedOut()) == "wait")
    #expect(name(conversation.answered(try Granted.answer())) == "finish false 42")
  }

  @Test func whatIsSaidMeanwhileWaitsForItsCommands() throws {
    var conversation = Conversation(.given(Arguments(["SALES"])))
    #expect(name(conversation.received(environment)) == "ask")
    #expect(name(conversation.received(Array(String(repeating: "200 result=1\n", count: 6).utf8))) == "wait")
    guard case .send(let commands) = conversation.answered(try Granted.answer()) else { throw Unexpected() }
    #expect(name(conversation.sent(commands.count)) == "look")
    #expect(name(conversation.hungUp()) == "finish true 0")
  }

  // MARK: After the end

  @Test func nothingIsGivenBackTwice() throws {
    var granted = try Granted(hearing: environment)
    #expect(name(granted.conversation.hungUp()) == "finish true 42")
    #expect(name(granted.conversation.hungUp()) == "finish true 0")
    #expect(name(granted.conversation.timedOut()) == "finish true 0")
    #expect(name(granted.conversation.received(environment)) == "finish true 0")
    #expect(name(granted.conversation.answered(.logged)) == "finish true 0")
    #expect(name(granted.conversation.sent(granted.commands.count)) == "finish true 0")
  }
}

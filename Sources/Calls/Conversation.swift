internal import AGI
internal import Rotation

/// The conversation with Asterisk over one call, without its bytes' coming and going: a driver tells what has happened,
/// and is told by each `Step` what to do next. It keeps to one thread at a time, and shares nothing with others.
///
///     environment ──> the channel's variables, for what the dialplan does not say ──> a question to the store
///                 ──> its answer, told in commands that are sent together ──> a reply, and the end
///
/// A hang-up is an ordinary end. What was picked is given back, unless Asterisk has confirmed the caller-ID by then, or
/// has been told of it and has not hung up.
package struct Conversation: ~Copyable {
  /// What the driver is to do next.
  package enum Step: Sendable {
    /// Send these bytes, or as many of them as can be sent, and tell how many (`sent`).
    case send([UInt8])
    /// Ask the store, and tell its answer (`answered`).
    case ask(Question)
    /// Wait for Asterisk (`received`, `hungUp`), but not for ever (`timedOut`).
    case wait
    /// Take what Asterisk has said already (`received`, `hungUp`), without waiting (`heardAll`).
    case look
    case finish(Ending)
  }

  /// Where what the dialplan asks is to be found.
  package indirect enum Source: Sendable {
    /// It is known already: the arguments that a program was started with.
    case given(Arguments)
    /// In the environment, as a server gets it (`agi_arg_1` and so on); a store of the dialplan's own is refused.
    case environment
  }

  private enum State {
    case environment
    case channelVariables(ChannelVariables)
    /// The store has been asked; what ended the conversation meanwhile is acted upon when its answer is there.
    case store(Announcement.Interruption?)
    case announcement(Announcement)
    case finished(Ending)
  }

  private let source: Source
  private var reader = MessageReader()
  private var state = State.environment
  private var call: Call?
  private var unsent: [UInt8] = []

  package init(_ source: Source) { self.source = source }

  // MARK: What has happened

  /// Asterisk has said something. Bytes may come in pieces of any size.
  package mutating func received(_ bytes: [UInt8]) -> Step {
    reader.append(bytes)
    return listen()
  }

  /// So many bytes have been written of those that were to be sent.
  package mutating func sent(_ count: Int) -> Step {
    unsent.removeFirst(min(count, unsent.count))
    if case .announcement(var announcement) = state {
      announcement.send(count)
      state = .announcement(announcement)
    }
    return unsent.isEmpty ? listen() : .send(unsent)
  }

  /// The store has answered the question.
  package mutating func answered(_ answer: StoreAnswer) -> Step {
    guard case .store(let interruption) = state, let call else { return listen() }
    let announcement = call.announcement(of: answer)
    if let interruption { return finish(announcement.ending(interruption)) }
    return announce(announcement)
  }

  /// The caller has hung up, or Asterisk has gone away.
  package mutating func hungUp() -> Step { end(.hungUp) }

  /// The time allowed is over.
  package mutating func timedOut() -> Step { end(.timedOut) }

  /// Asterisk has said nothing more by now.
  package mutating func heardAll() -> Step {
    guard case .announcement(let announcement) = state, announcement.isAnswered else { return .wait }
    return finish(announcement.ending(.left))
  }

  // MARK: What to do next

  private mutating func listen() -> Step {
    switch state {
    case .finished(let ending): return .finish(ending)
    // Replies that have come too early wait for their commands.
    case .store: return .wait
    case .environment, .channelVariables, .announcement: break
    }
    while let message = reader.next() {
      if let step = take(message) { return step }
    }
    if case .announcement(let announcement) = state, announcement.isAnswered { return .look }
    return .wait
  }

  /// - Returns: nil where more must come.
  private mutating func take(_ message: MessageReader.Message) -> Step? {
    switch message {
    case .environment(let environment): return begin(environment)
    case .hangUp, .reply(.deadChannel): return end(.hungUp)
    case .notAsterisk: return end(.notAsterisk)
    case .reply(let reply):
      switch state {
      case .channelVariables(var variables):
        let question = variables.take(reply)
        state = .channelVariables(variables)
        if let question { return send(question) }
        call = call.map { Call(arguments: $0.arguments, environment: $0.environment, channel: variables) }
        return ask()
      case .announcement(var announcement):
        let ending = announcement.take(reply)
        state = .announcement(announcement)
        return ending.map { finish($0) }
      case .environment, .store, .finished: return nil
      }
    }
  }

  private mutating func begin(_ environment: Environment) -> Step {
    let arguments =
      switch source {
      case .given(let arguments): arguments
      case .environment: Arguments(script: environment.script ?? "", environment.arguments)
      }
    let call = Call(arguments: arguments, environment: environment, channel: nil)
    self.call = call
    guard arguments.action == .pick, arguments.invalid == nil else { return ask() }
    let variables = ChannelVariables(
      outgoing: call.mayBeOutgoing, destination: !call.dialsANumber, campaign: arguments.campaign == nil)
    guard let question = variables.question else { return ask() }
    state = .channelVariables(variables)
    return send(question)
  }

  private mutating func ask() -> Step {
    guard let call else { return .wait }
    guard let question = call.question else { return announce(call.announcementWithoutAnswer) }
    state = .store(nil)
    return .ask(question)
  }

  private mutating func announce(_ announcement: Announcement) -> Step {
    state = .announcement(announcement)
    return send(announcement.bytes)
  }

  private mutating func send(_ bytes: [UInt8]) -> Step {
    unsent = bytes
    return .send(bytes)
  }

  private mutating func end(_ interruption: Announcement.Interruption) -> Step {
    switch state {
    case .environment, .channelVariables: return finish(Ending(isSuccess: interruption == .hungUp))
    case .store(let earlier):
      state = .store(earlier ?? interruption)
      return .wait
    case .announcement(let announcement): return finish(announcement.ending(interruption))
    case .finished(let ending): return .finish(ending)
    }
  }

  private mutating func finish(_ ending: Ending) -> Step {
    // Whatever happens from here on, nothing is given back twice.
    state = .finished(Ending(isSuccess: ending.isSuccess))
    return .finish(ending)
  }
}

/// How a conversation ends.
package struct Ending: Equatable, Sendable {
  /// What Asterisk is to see, as far as it sees it (`AGISTATUS`, by a program's exit status).
  package let isSuccess: Bool
  /// The request whose number the call does not show after all: the store is to release it.
  package let givenBack: Int?

  init(isSuccess: Bool, givenBack: Int? = nil) {
    self.isSuccess = isSuccess
    self.givenBack = givenBack
  }
}

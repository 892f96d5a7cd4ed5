import Calls
import NIOCore
import Rotation

/// One call that Asterisk tells of over a connection of its own: carries out what its conversation asks for.
///
/// From the connection to its end a call is held no longer than `callerid-agi` would hold it.
final class CallHandler: ChannelInboundHandler, Watched {
  typealias InboundIn = ByteBuffer
  typealias OutboundOut = ByteBuffer

  /// Milliseconds past the store's own time, for the conversation with Asterisk. The watch may take as many more as lie
  /// between its looks, and as many again for a call whose store has not answered.
  private static let grace = 20
  /// Milliseconds for Asterisk to take what it was sent and to close the connection.
  private static let parting = 1000

  private let desk: CallDesk
  private let measures: Measures
  private let deadline: Deadline
  private let began = Monotonic.now
  /// When the call is ended, or, once that is over, the connection.
  private(set) var due: NIODeadline
  private var context: ChannelHandlerContext?
  private var conversation = Conversation(.environment)
  private var isOver = false
  /// Whether the store has been asked and has not answered.
  private var isAsking = false
  /// Whether Asterisk has closed its side. What it said before that counts first.
  private var isGone = false

  init(_ desk: CallDesk, measures: Measures) {
    self.desk = desk
    self.measures = measures
    let milliseconds = desk.writer.callTimeout
    deadline = .after(milliseconds: milliseconds)
    due = .now() + .milliseconds(Int64(milliseconds + Self.grace))
  }

  // MARK: What happens

  func handlerAdded(context: ChannelHandlerContext) {
    self.context = context
    desk.watch.add(self)
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    // What comes after the end is read only to be thrown away: closing a connection with something unread resets it, and
    // Asterisk might not read its last commands.
    if isOver { return }
    var buffer = unwrapInboundIn(data)
    carryOut(conversation.received(buffer.readBytes(length: buffer.readableBytes) ?? []), context)
  }

  func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
    guard case ChannelEvent.inputClosed = event else { return context.fireUserInboundEventTriggered(event) }
    leave(context)
  }

  func channelInactive(context: ChannelHandlerContext) { leave(context) }

  func handlerRemoved(context: ChannelHandlerContext) {
    desk.watch.remove(self)
    self.context = nil
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) { leave(context) }

  func timeOut() {
    guard let context else { return }
    if isOver { return context.close(promise: nil) }
    if isAsking {
      // A disk may keep the store for longer than it was allowed to. What it answers then is given back.
      isAsking = false
      carryOut(conversation.answered(.failed(StoreWriter.busy)), context)
    } else {
      carryOut(conversation.timedOut(), context)
    }
  }

  private func leave(_ context: ChannelHandlerContext) {
    if isOver { return context.close(promise: nil) }
    isGone = true
    if isWaiting { carryOut(conversation.hungUp(), context) }
  }

  // MARK: What is done

  /// Whether nothing is to be done before Asterisk says more.
  private var isWaiting = true

  private func carryOut(_ first: Conversation.Step, _ context: ChannelHandlerContext) {
    var step = first
    isWaiting = false
    while !isOver {
      switch step {
      case .wait where isGone, .look where isGone:
        step = conversation.hungUp()
        // The store's answer comes first.
        if case .wait = step { return }
      case .wait:
        // What Asterisk says meanwhile waits for the store's answer.
        isWaiting = !isAsking
        return
      case .look: return look(context)
      case .send(let bytes): return send(bytes, context)
      case .ask(let question): return ask(question, context)
      case .finish(let ending): finish(ending, context)
      }
    }
  }

  /// That Asterisk has closed its side is told after what it said before, but before the loop does anything else.
  private func look(_ context: ChannelHandlerContext) {
    context.eventLoop.assumeIsolated().execute {
      if self.isOver { return }
      self.carryOut(self.isGone ? self.conversation.hungUp() : self.conversation.heardAll(), context)
    }
  }

  private func send(_ bytes: [UInt8], _ context: ChannelHandlerContext) {
    let sent = context.eventLoop.makePromise(of: Void.self)
    sent.futureResult.assumeIsolated().whenComplete { result in
      if self.isOver { return }
      switch result {
      case .success: self.carryOut(self.conversation.sent(bytes.count), context)
      case .failure: self.carryOut(self.conversation.hungUp(), context)
      }
    }
    context.writeAndFlush(wrapOutboundOut(context.channel.allocator.buffer(bytes: bytes)), promise: sent)
  }

  private func ask(_ question: Question, _ context: ChannelHandlerContext) {
    isAsking = true
    askStore(question.askingCluster, context)
  }

  /// - Parameter question: asks the store again, without the cluster, once that has been asked.
  private func askStore(_ question: Question, _ context: ChannelHandlerContext) {
    let loop = context.eventLoop
    let bound = NIOLoopBound((self, context), eventLoop: loop)
    let body = { @Sendable (transaction: Transaction) throws in try question.answer(in: transaction) }
    desk.ask(
      StoreWriter.Request(until: deadline, body) { result in
        let answer: StoreAnswer =
          switch result {
          case .success(let answer): answer
          case .failure(let error): .failed(error)
          }
        loop.execute {
          let (handler, context) = bound.value
          guard let wish = answer.wish, handler.isAsking else { return handler.take(answer, context) }
          handler.desk.cluster.fulfil(wish) {
            loop.execute {
              let (handler, context) = bound.value
              // Its time may be over by now.
              if handler.isAsking { handler.askStore(question.askingStoreOnly, context) }
            }
          }
        }
      })
  }

  private func take(_ answer: StoreAnswer, _ context: ChannelHandlerContext) {
    measures.call(answer, by: .fastAGI, took: Monotonic.now - began)
    if isAsking {
      isAsking = false
      carryOut(conversation.answered(answer), context)
    } else if case .picked(.granted(let grant), _) = answer {
      giveBack(grant.request)
    }
  }

  private func giveBack(_ request: Int) {
    // If the store is busy for so long, the time to live ends the reservation.
    desk.ask(
      StoreWriter.Request(until: .after(milliseconds: 10_000), { try $0.giveBack(request: request) }, answer: { _ in }))
  }

  private func finish(_ ending: Ending, _ context: ChannelHandlerContext) {
    isOver = true
    if let request = ending.givenBack { giveBack(request) }
    guard context.channel.isActive else { return context.close(promise: nil) }
    // Asterisk carries out the rest of the commands when it sees the end (see `Announcement`).
    context.close(mode: .output, promise: nil)
    due = .now() + .milliseconds(Int64(Self.parting))
  }
}

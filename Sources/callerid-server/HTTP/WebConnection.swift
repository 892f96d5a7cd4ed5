import HTTPTypes
import HummingbirdCore
import NIOCore
import NIOHTTP1
import NIOHTTPTypesHTTP1

/// One connection over HTTP/1: has one request answered after the other, and reads no more than the one at hand needs.
///
/// So what a client sends ahead, and what it does not read, waits in the kernel's buffers, which are bounded. Between two
/// requests that came in one piece, what others have sent is read first.
final class WebConnection: ChannelDuplexHandler, Watched {
  typealias InboundIn = HTTPServerRequestPart
  typealias OutboundIn = HTTPServerResponsePart
  typealias OutboundOut = HTTPServerResponsePart

  /// Answers a request, whatever is wrong with it.
  typealias Respond = @Sendable (Request, any Channel) async -> Response

  /// From the first byte of a request to the first of its answer, and for the answer to be taken: whoever speaks a byte a
  /// second would hold a connection for ever.
  private static let patience = TimeAmount.seconds(10)
  /// Between two requests.
  private static let idleness = TimeAmount.seconds(75)
  /// A long body is given more time for each of its bytes: so many a second come over the slowest of lines.
  private static let slowest = 32 * 1024
  /// For a client to close its side after the last answer.
  private static let parting = TimeAmount.seconds(1)
  /// Between two requests that came in one piece. The loop looks at its connections only where it has nothing left to do.
  private static let pause = TimeAmount.microseconds(50)
  /// The longest body, or by how much that of a file of numbers may be longer than its route takes: whoever sends a little
  /// too much still reads why it was refused; the connection of whoever goes on sending is closed.
  private static let longestBody = 1 << 20

  private enum Stage {
    /// Between two requests.
    case idle
    /// A request's head has come, and nothing yet of what follows.
    case head(HTTPRequestHead)
    case answering
    /// The answer has been written before all of the request's body has come.
    case passingOverBody
    /// Nothing is answered any more. What still comes is read and thrown away: closing a connection with something unread
    /// resets it, and the client might not read the last answer.
    case over
  }

  private let respond: Respond
  /// The answer to what cannot be read as a request.
  private let refuse: @Sendable () -> Response
  private let watch: Watch
  private let executor: LoopExecutor
  private var context: ChannelHandlerContext?
  private var stage = Stage.idle
  /// What has come before its turn: of the body of the request at hand, and of those that follow it.
  private var waiting = CircularBuffer<HTTPServerRequestPart>()
  /// When the connection is closed.
  private(set) var due = NIODeadline.distantFuture

  /// Whether bytes of the next request have come.
  private var hasBegun = false
  /// Whether all of the request at hand has come.
  private var isWhole = false
  private var bodyBytes = 0
  private var mostBodyBytes = longestBody
  /// When its first byte came.
  private var began = NIODeadline.now()
  /// Who waits for the next part of its body.
  private var reader: CheckedContinuation<ByteBuffer?, any Error>?
  /// Whether the client waits to be told that the body is wanted.
  private var awaitsConsent = false
  /// Whether the connection goes on after the answer.
  private var isKept = true

  private var isReadHeld = false
  private var isPausing = false
  /// Whether what came cannot be read as a request.
  private var isMalformed = false
  /// Whether the client has closed its side. What it asked before that is answered first.
  private var isGone = false

  init(watch: Watch, executor: LoopExecutor, refuse: @escaping @Sendable () -> Response, respond: @escaping Respond) {
    self.watch = watch
    self.executor = executor
    self.refuse = refuse
    self.respond = respond
  }

  // MARK: What happens

  func handlerAdded(context: ChannelHandlerContext) {
    self.context = context
    due = .now() + Self.patience
    watch.add(self)
  }

  func handlerRemoved(context: ChannelHandlerContext) {
    watch.remove(self)
    end()
    self.context = nil
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    if case .over = stage { return }
    waiting.append(unwrapInboundIn(data))
    proceed()
  }

  func channelReadComplete(context: ChannelHandlerContext) {
    switch stage {
    // Its body is still to come; a refusal need not wait for it.
    case .head(let head): begin(head)
    case .idle where !isPausing && !hasBegun: beginRequest()
    default: break
    }
    context.fireChannelReadComplete()
  }

  func read(context: ChannelHandlerContext) {
    if wantsMore { context.read() } else { isReadHeld = true }
  }

  func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
    switch event {
    case ChannelEvent.inputClosed:
      isGone = true
      if case .over = stage { return context.close(promise: nil) }
      proceed()
    case is ChannelShouldQuiesceEvent:
      isKept = false
      if case .idle = stage, waiting.isEmpty { context.close(promise: nil) }
    default: context.fireUserInboundEventTriggered(event)
    }
  }

  func channelInactive(context: ChannelHandlerContext) { end() }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    guard error is HTTPParserError || error is HTTP1TypeConversionError else { return context.close(promise: nil) }
    isMalformed = true
    proceed()
  }

  func timeOut() { context?.close(promise: nil) }

  private func end() {
    stage = .over
    waiting.removeAll()
    reader?.resume(throwing: ChannelError.eof)
    reader = nil
  }

  // MARK: Reading

  private var wantsMore: Bool {
    switch stage {
    case .idle: !isPausing
    case .answering: !isWhole && reader != nil
    case .head, .passingOverBody, .over: true
    }
  }

  private func readOn() {
    guard isReadHeld, wantsMore else { return }
    isReadHeld = false
    context?.read()
  }

  private func beginRequest() {
    hasBegun = true
    began = .now()
    due = began + Self.patience
  }

  /// Does what can be done with what has come.
  private func proceed() {
    while true {
      switch stage {
      case .idle:
        if isPausing { return }
        guard let part = waiting.popFirst() else { return waitForRequest() }
        guard case .head(let head) = part else { continue }
        if !hasBegun { beginRequest() }
        stage = .head(head)
      case .head(let head):
        if !waiting.isEmpty || isGone || isMalformed { begin(head) }
        return
      case .answering: return feedReader()
      case .passingOverBody:
        guard let part = waiting.popFirst() else {
          if isMalformed || isGone { context?.close(promise: nil) }
          return readOn()
        }
        if takeBody(part) == nil, isWhole { becomeIdle() }
      case .over: return
      }
    }
  }

  private func waitForRequest() {
    if isMalformed {
      isKept = false
      stage = .answering
      isWhole = true
      write(refuse())
    } else if isGone {
      context?.close(promise: nil)
    } else {
      readOn()
    }
  }

  private func begin(_ head: HTTPRequestHead) {
    guard let context else { return }
    stage = .answering
    isWhole = false
    bodyBytes = 0
    // A file of numbers is not kept before it is known whose it is.
    mostBodyBytes = head.uri == PageImport.path ? PageImport.longestForm + Self.longestBody : Self.longestBody
    if case .end? = waiting.first {
      waiting.removeFirst()
      isWhole = true
    }
    isKept = isKept && head.isKeepAlive
    awaitsConsent = !isWhole && head.headers[canonicalForm: "expect"].contains { $0.lowercased() == "100-continue" }
    guard let request = try? HTTPRequest(head, secure: false, splitCookie: false) else {
      isKept = false
      return write(refuse())
    }
    let side = Side(self, on: context.eventLoop)
    let body = isWhole ? RequestBody(buffer: ByteBuffer()) : RequestBody(asyncSequence: Body(side: side))
    Task(executorPreference: executor) { [respond, channel = context.channel] in
      await side.send(await respond(Request(head: request, body: body), channel))
    }
  }

  // MARK: The body

  /// - Returns: the bytes of a part; nil: it is none of the body.
  private func takeBody(_ part: HTTPServerRequestPart) -> ByteBuffer? {
    switch part {
    case .head: return nil
    case .body(let bytes):
      bodyBytes += bytes.readableBytes
      if bodyBytes > mostBodyBytes { context?.close(promise: nil) }
      due = max(due, began + Self.patience + .milliseconds(Int64(bodyBytes) * 1000 / Int64(Self.slowest)))
      return bytes
    case .end:
      isWhole = true
      return nil
    }
  }

  func hand(_ continuation: CheckedContinuation<ByteBuffer?, any Error>) {
    guard case .answering = stage, reader == nil else { return continuation.resume(throwing: ChannelError.eof) }
    reader = continuation
    if awaitsConsent, waiting.isEmpty {
      awaitsConsent = false
      let consent = HTTPResponseHead(version: .http1_1, status: .continue)
      context?.writeAndFlush(wrapOutboundOut(.head(consent)), promise: nil)
    }
    feedReader()
  }

  private func feedReader() {
    guard let reader else { return }
    if isWhole {
      self.reader = nil
      return reader.resume(returning: nil)
    }
    if let part = waiting.popFirst() {
      self.reader = nil
      awaitsConsent = false
      return reader.resume(returning: takeBody(part))
    }
    if isMalformed || isGone {
      self.reader = nil
      return reader.resume(throwing: ChannelError.eof)
    }
    readOn()
  }

  // MARK: Answering

  func open(_ response: Response) {
    guard case .answering = stage, let context else { return }
    // Who has asked for consent and got an answer instead may send the body or not.
    if awaitsConsent || response.headers[.connection] == "close" { isKept = false }
    var head = HTTPResponseHead(response.head)
    if !isKept { head.headers.replaceOrAdd(name: "connection", value: "close") }
    due = .now() + Self.patience
    context.write(wrapOutboundOut(.head(head)), promise: nil)
  }

  /// - Parameter promise: is kept when the client's side of the kernel has the bytes; nil: they go with what follows.
  func write(_ bytes: ByteBuffer, promise: EventLoopPromise<Void>?) {
    guard case .answering = stage, let context else { return promise?.fail(ChannelError.ioOnClosedChannel) ?? () }
    let data = wrapOutboundOut(.body(.byteBuffer(bytes)))
    guard let promise else { return context.write(data, promise: nil) }
    due = .now() + Self.patience
    promise.futureResult.assumeIsolated().whenSuccess { self.due = .now() + Self.idleness }
    context.writeAndFlush(data, promise: promise)
  }

  func finish() {
    guard case .answering = stage, let context else { return }
    due = .now() + Self.patience
    let written = context.eventLoop.makePromise(of: Void.self)
    written.futureResult.assumeIsolated().whenComplete { result in
      switch result {
      case .success: self.answered()
      case .failure: self.context?.close(promise: nil)
      }
    }
    context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: written)
  }

  func giveUp() { context?.close(promise: nil) }

  /// Writes an answer that is there as a whole.
  private func write(_ response: Response) {
    guard let context else { return }
    let side = Side(self, on: context.eventLoop)
    Task(executorPreference: executor) { await side.send(response) }
  }

  private func answered() {
    guard case .answering = stage else { return }
    reader?.resume(throwing: ChannelError.eof)
    reader = nil
    guard isKept else { return leave() }
    if isWhole { return becomeIdle() }
    stage = .passingOverBody
    proceed()
  }

  private func becomeIdle() {
    guard let context else { return }
    stage = .idle
    hasBegun = false
    due = .now() + Self.idleness
    if waiting.isEmpty { return waitForRequest() }
    isPausing = true
    context.eventLoop.assumeIsolated().scheduleTask(in: Self.pause) {
      self.isPausing = false
      self.proceed()
    }
  }

  private func leave() {
    guard let context else { return }
    stage = .over
    waiting.removeAll()
    guard !isGone else { return context.close(promise: nil) }
    due = .now() + Self.parting
    context.close(mode: .output, promise: nil)
    readOn()
  }
}

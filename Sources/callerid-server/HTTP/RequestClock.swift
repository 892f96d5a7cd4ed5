import NIOCore

/// Closes a connection whose client takes too long to say what it wants, or to take the answer: whoever speaks a byte a
/// second would hold a connection for ever. It sees bytes, before they are read as HTTP.
final class RequestClock: ChannelDuplexHandler {
  typealias InboundIn = ByteBuffer
  typealias InboundOut = ByteBuffer
  typealias OutboundIn = IOData
  typealias OutboundOut = IOData

  /// From the first byte of a request to the first of its answer, and for the answer to be taken.
  private static let patience = TimeAmount.seconds(10)
  /// A file of numbers is given more time for each of its bytes: so many a second come over the slowest of lines.
  private static let slowest = 32 * 1024
  /// After how many bytes that is reckoned anew.
  private static let step = 64 * 1024
  /// Between two requests.
  private static let idle = TimeAmount.seconds(75)

  private var timer: Scheduled<Void>?
  private var isAsked = false
  private var began = NIODeadline.now()
  private var bytes = 0
  private var reckoned = 0

  func handlerAdded(context: ChannelHandlerContext) { start(Self.patience, context) }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    if !isAsked {
      isAsked = true
      (began, bytes, reckoned) = (.now(), 0, 0)
      start(Self.patience, context)
    }
    bytes += unwrapInboundIn(data).readableBytes
    if bytes - reckoned >= Self.step {
      reckoned = bytes
      let earned = TimeAmount.milliseconds(Int64(bytes) * 1000 / Int64(Self.slowest))
      start(began + Self.patience + earned - .now(), context)
    }
    context.fireChannelRead(data)
  }

  func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
    let written = promise ?? context.eventLoop.makePromise(of: Void.self)
    written.futureResult.assumeIsolated().whenSuccess {
      self.isAsked = false
      self.start(Self.idle, context)
    }
    start(Self.patience, context)
    context.write(data, promise: written)
  }

  func channelInactive(context: ChannelHandlerContext) {
    timer?.cancel()
    context.fireChannelInactive()
  }

  func handlerRemoved(context: ChannelHandlerContext) { timer?.cancel() }

  private func start(_ time: TimeAmount, _ context: ChannelHandlerContext) {
    timer?.cancel()
    timer = context.eventLoop.assumeIsolated().scheduleTask(in: time) { context.close(promise: nil) }
  }
}

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
  /// Between two requests.
  private static let idle = TimeAmount.seconds(75)

  private var timer: Scheduled<Void>?
  private var isAsked = false

  func handlerAdded(context: ChannelHandlerContext) { start(Self.patience, context) }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    if !isAsked {
      isAsked = true
      start(Self.patience, context)
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

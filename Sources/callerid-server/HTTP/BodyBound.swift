import NIOCore
import NIOHTTPTypes

/// Closes a connection whose client goes on sending a body that no request has. Routes refuse a body that is too long for
/// them, but what comes of it after that would be read to its end.
final class BodyBound: ChannelInboundHandler, RemovableChannelHandler {
  typealias InboundIn = HTTPRequestPart

  /// More than any route takes, so that whoever sends a little too much still reads why it was refused.
  private static let mostBytes = 1 << 20

  private var bytes = 0

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    switch unwrapInboundIn(data) {
    case .head: bytes = 0
    case .body(let buffer): bytes += buffer.readableBytes
    case .end: break
    }
    if bytes > Self.mostBytes { return context.close(promise: nil) }
    context.fireChannelRead(data)
  }
}

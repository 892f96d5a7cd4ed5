import HTTPTypes
import NIOCore
import NIOHTTPTypes

/// Closes a connection whose client goes on sending a body that no request has. Routes refuse a body that is too long for
/// them, but what comes of it after that would be read to its end.
final class BodyBound: ChannelInboundHandler, RemovableChannelHandler {
  typealias InboundIn = HTTPRequestPart

  /// More than any route takes, so that whoever sends a little too much still reads why it was refused.
  private static let mostBytes = 1 << 20

  private var bytes = 0
  private var most = mostBytes

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    switch unwrapInboundIn(data) {
    case .head(let request):
      bytes = 0
      // A file of numbers, which is not kept before it is known whose it is.
      most = request.path == PageImport.path ? PageImport.longestForm + Self.mostBytes : Self.mostBytes
    case .body(let buffer): bytes += buffer.readableBytes
    case .end: break
    }
    if bytes > most { return context.close(promise: nil) }
    context.fireChannelRead(data)
  }
}

import NIOCore
import Rotation

/// Who may connect, and how often at once.
struct ConnectionLimits: Sendable {
  /// Empty: whoever can reach the address.
  var allowed: [AddressRange] = []
  var total = 4096
  var fromOneAddress = 1024
}

/// Stands where connections come in, and closes those that may not: there are too many, or their address is none of those
/// that are allowed.
final class Gate: ChannelInboundHandler {
  typealias InboundIn = any Channel

  private let limits: ConnectionLimits
  private let way: Measures.Way
  private let measures: Measures
  /// Open connections by network (see `AddressRange.network`). Used on the loop that accepts.
  private var open: [String: Int] = [:]
  private var total = 0

  init(_ limits: ConnectionLimits, way: Measures.Way, measures: Measures) {
    self.limits = limits
    self.way = way
    self.measures = measures
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    let connection = unwrapInboundIn(data)
    let address = connection.remoteAddress?.ipAddress ?? ""
    let network = AddressRange.network(of: address)
    guard total < limits.total, open[network, default: 0] < limits.fromOneAddress, isAllowed(address) else {
      measures.turnedAway(by: way)
      return connection.close(promise: nil)
    }
    total += 1
    open[network, default: 0] += 1
    measures.connections(1, by: way)
    let gate = NIOLoopBound(self, eventLoop: context.eventLoop)
    connection.closeFuture.hop(to: context.eventLoop).whenComplete { _ in gate.value.close(network) }
    context.fireChannelRead(data)
  }

  private func isAllowed(_ address: String) -> Bool {
    limits.allowed.isEmpty || limits.allowed.contains { $0.contains(address) }
  }

  private func close(_ network: String) {
    total -= 1
    measures.connections(-1, by: way)
    if let count = open[network] { open[network] = count > 1 ? count - 1 : nil }
  }
}

import Glibc
import NIOCore
import NIOExtras
import NIOPosix

/// A socket that takes in connections, and ends them all when the server ends.
struct Listener: Sendable {
  private let channel: any Channel
  private let quiescing: ServerQuiescingHelper

  /// What is listened on.
  enum Place: Sendable, CustomStringConvertible {
    case address(ListenAddress)
    /// A socket that systemd has opened.
    case inherited(Int32)

    var isInherited: Bool {
      if case .inherited = self { true } else { false }
    }

    var isLoopback: Bool {
      switch self {
      case .address(let address): address.isLoopback
      case .inherited(let descriptor): Self.isLoopback(descriptor)
      }
    }

    private static func isLoopback(_ descriptor: Int32) -> Bool {
      var storage = sockaddr_storage()
      var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
      let isKnown = withUnsafeMutablePointer(to: &storage) { storage in
        storage.withMemoryRebound(to: sockaddr.self, capacity: 1) { getsockname(descriptor, $0, &length) == 0 }
      }
      guard isKnown else { return false }
      if Int32(storage.ss_family) == AF_UNIX { return true }
      return withUnsafePointer(to: &storage) { storage in
        var text = [CChar](repeating: 0, count: Int(NI_MAXHOST))
        let isNumeric = storage.withMemoryRebound(to: sockaddr.self, capacity: 1) {
          getnameinfo($0, length, &text, socklen_t(text.count), nil, 0, NI_NUMERICHOST) == 0
        }
        let end = text.firstIndex(of: 0) ?? text.count
        let address = String(decoding: text[..<end].map(UInt8.init(bitPattern:)), as: UTF8.self)
        return isNumeric && AddressRange.loopback.contains { $0.contains(address) }
      }
    }

    var description: String {
      switch self {
      case .address(let address): address.description
      case .inherited(let descriptor): "the socket that systemd has opened (\(descriptor))"
      }
    }
  }

  /// Connections that the kernel keeps until they are taken in: more than a dialer's burst has. The kernel cuts it to
  /// net.core.somaxconn.
  private static let backlog: Int32 = 4096

  /// Begins to listen.
  ///
  /// - Parameters:
  ///   - setUp: gives each new connection its handlers, on its loop.
  ///   - loops: where connections are served.
  init(
    on place: Place, gate: @escaping @Sendable () -> Gate, loops: any EventLoopGroup,
    setUp: @escaping @Sendable (any Channel) throws -> Void
  ) async throws {
    let quiescing = ServerQuiescingHelper(group: loops)
    let bootstrap = ServerBootstrap(group: loops)
      .serverChannelOption(.backlog, value: Self.backlog)
      .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
      .serverChannelOption(.maxMessagesPerRead, value: 64)
      .serverChannelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
          // Connections have it from here, but for those of a socket that is none of TCP.
          try? channel.syncOptions?.setOption(.tcpOption(.tcp_nodelay), value: 1)
          try channel.pipeline.syncOperations.addHandler(gate())
          try channel.pipeline.syncOperations.addHandler(quiescing.makeServerChannelHandler(channel: channel))
        }
      }
      .childChannelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
          try Self.setOptions(of: channel)
          try setUp(channel)
        }
      }
    channel =
      switch place {
      case .address(let address): try await bootstrap.bind(host: address.host, port: address.port).get()
      case .inherited(let descriptor): try await bootstrap.withBoundSocket(descriptor).get()
      }
    self.quiescing = quiescing
  }

  /// Here and not by the bootstrap, which takes a future for each option.
  private static func setOptions(of channel: any Channel) throws {
    let options = channel.syncOptions
    try options?.setOption(.allowRemoteHalfClosure, value: true)
    // One read at a time and no long ones: what a client sends ahead of its answers waits in the kernel's buffer.
    try options?.setOption(.maxMessagesPerRead, value: 1)
    try options?.setOption(
      .recvAllocator, value: AdaptiveRecvByteBufferAllocator(minimum: 64, initial: 2048, maximum: 16_384))
  }

  /// The address that is listened on, with the port that the system has chosen where it was 0.
  var address: String {
    guard let address = channel.localAddress else { return "a socket" }
    guard let host = address.ipAddress, let port = address.port else { return "\(address)" }
    return host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)"
  }

  /// Takes in nothing more, and waits until those that are open have ended.
  func end() async throws {
    let ended = channel.eventLoop.makePromise(of: Void.self)
    quiescing.initiateShutdown(promise: ended)
    try await ended.futureResult.get()
  }
}

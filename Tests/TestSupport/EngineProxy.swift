internal import Foundation
internal import Glibc
internal import Synchronization

/// What lies between a client and a server, and does what networks do: it passes bytes on, falls silent, or loses them at
/// the moment that a test has chosen.
package final class EngineProxy: Sendable {
  /// What is done with the first request that contains a text.
  package enum Trap: Sendable {
    /// The server carries it out and answers; the client never hears of it.
    case loseAnswer
    /// The server never gets it, and sees the connection closed.
    case loseRequest
    /// The client sees the connection closed. The server gets it when `release` is called.
    case hold
  }

  private struct State {
    var isSilent = false
    var trap: (text: [UInt8], kind: Trap)?
    /// The same at the request that is this many ahead, and whether the proxy then shuts.
    var counted: (left: Int, kind: Trap, shuts: Bool)?
    var isShut = false
    var isReleased = false
    var held = 0
    var roundTrips = 0
    var connections: [(client: Int32, server: Int32)] = []
  }

  package let port: Int
  private let target: Int
  private let listener: Int32
  private let state = Mutex(State())

  /// Listens on a free port of this machine.
  ///
  /// - Parameter target: the port of the server, on this machine.
  package init(to target: Int) throws {
    self.target = target
    listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
    port = try Self.listen(listener)
    let listener = self.listener
    Thread.detachNewThread { [weak self] in
      while true {
        let client = accept(listener, nil, nil)
        guard client >= 0 else { return }
        _ = fcntl(client, F_SETFD, FD_CLOEXEC)
        guard let self, !self.state.withLock({ $0.isShut }), let server = try? Self.connect(self.target) else {
          close(client)
          continue
        }
        self.state.withLock { $0.connections.append((client, server)) }
        Thread.detachNewThread { self.pass(client, server) }
      }
    }
  }

  deinit {
    shutdown(listener, Int32(SHUT_RDWR))
    close(listener)
  }

  /// How often a client has sent something and heard an answer.
  package var roundTrips: Int { state.withLock { $0.roundTrips } }

  /// From now on nothing gets through, and nobody is told.
  package func fallSilent() { state.withLock { $0.isSilent = true } }

  package func speak() { state.withLock { $0.isSilent = false } }

  /// Waits for a request that contains `text`; it goes off once.
  package func set(_ trap: Trap, at text: String) { state.withLock { $0.trap = (Array(text.utf8), trap) } }

  /// Waits for a request by its number, whatever it says; it goes off once.
  ///
  /// - Parameters:
  ///   - count: 1: the next one. The steps of a login count.
  ///   - shuts: whether nothing more gets through after it, as if the client had ended there, until `open` is called.
  package func set(_ trap: Trap, atRequest count: Int, shuts: Bool) {
    state.withLock { $0.counted = (count, trap, shuts) }
  }

  /// Lets nobody through, and says so.
  package func shut() {
    state.withLock { $0.isShut = true }
    cut()
  }

  /// Lets everything through again, and forgets the traps that have not gone off.
  package func open() {
    state.withLock { ($0.isShut, $0.isSilent, $0.counted, $0.trap) = (false, false, nil, nil) }
  }

  /// Sends on what a trap holds, and waits until it has been carried out.
  package func release() {
    state.withLock { $0.isReleased = true }
    while state.withLock({ $0.held > 0 }) { usleep(500) }
    state.withLock { $0.isReleased = false }
  }

  /// Closes every connection.
  package func cut() {
    state.withLock {
      for (client, server) in $0.connections {
        shutdown(client, Int32(SHUT_RDWR))
        shutdown(server, Int32(SHUT_RDWR))
      }
    }
  }

  private func pass(_ client: Int32, _ server: Int32) {
    var bytes = [UInt8](repeating: 0, count: 65_536)
    var (isAsked, losesAnswer) = (false, false)
    defer {
      state.withLock { $0.connections.removeAll { $0.client == client } }
      close(client)
      close(server)
    }
    while true {
      if state.withLock({ $0.isSilent }) {
        usleep(1000)
        continue
      }
      var polled = [
        pollfd(fd: client, events: Int16(POLLIN), revents: 0), pollfd(fd: server, events: Int16(POLLIN), revents: 0),
      ]
      // Now and then it looks whether it is to be silent.
      guard poll(&polled, 2, 20) > 0, !state.withLock({ $0.isSilent }) else { continue }
      if polled[0].revents != 0 {
        let count = recv(client, &bytes, bytes.count, 0)
        guard count > 0 else { return }
        isAsked = true
        switch sprung(bytes[..<count]) {
        case .loseRequest: return
        case .loseAnswer: losesAnswer = true
        case .hold:
          defer { state.withLock { $0.held -= 1 } }
          shutdown(client, Int32(SHUT_RDWR))
          while !state.withLock({ $0.isReleased }) { usleep(1000) }
          guard Self.send(bytes[..<count], to: server) else { return }
          // The answer says that it has been carried out.
          _ = recv(server, &bytes, bytes.count, 0)
          return
        case nil: break
        }
        guard Self.send(bytes[..<count], to: server) else { return }
      }
      if polled[1].revents != 0 {
        let count = recv(server, &bytes, bytes.count, 0)
        guard count > 0, !losesAnswer else { return }
        if isAsked { state.withLock { $0.roundTrips += 1 } }
        isAsked = false
        guard Self.send(bytes[..<count], to: client) else { return }
      }
    }
  }

  private func sprung(_ request: ArraySlice<UInt8>) -> Trap? {
    state.withLock { state in
      if state.isShut { return .loseRequest }
      if let counted = state.counted {
        state.counted?.left -= 1
        if counted.left <= 1 {
          (state.counted, state.isShut) = (nil, counted.shuts)
          if counted.kind == .hold { state.held += 1 }
          return counted.kind
        }
      }
      guard let trap = state.trap, request.firstRange(of: trap.text) != nil else { return nil }
      state.trap = nil
      if trap.kind == .hold { state.held += 1 }
      return trap.kind
    }
  }

  // MARK: Sockets

  private static func send(_ bytes: ArraySlice<UInt8>, to descriptor: Int32) -> Bool {
    var rest = bytes
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes { Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
      guard count > 0 else { return false }
      rest = rest.dropFirst(count)
    }
    return true
  }

  private static func address(_ port: Int) -> sockaddr_in {
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = UInt16(port).bigEndian
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    return address
  }

  private static func listen(_ descriptor: Int32) throws -> Int {
    var address = address(0)
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let bound = withUnsafeMutablePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        bind(descriptor, $0, length) == 0 && Glibc.listen(descriptor, 16) == 0
          && getsockname(descriptor, $0, &length) == 0
      }
    }
    guard bound else { throw Failure("cannot listen") }
    return Int(UInt16(bigEndian: address.sin_port))
  }

  private static func connect(_ port: Int) throws -> Int32 {
    let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
    var address = address(port)
    let connected = withUnsafePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        Glibc.connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
      }
    }
    guard connected == 0 else {
      close(descriptor)
      throw Failure("cannot connect to port \(port)")
    }
    var isOn: Int32 = 1
    setsockopt(descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, &isOn, socklen_t(MemoryLayout<Int32>.size))
    return descriptor
  }
}

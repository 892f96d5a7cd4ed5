internal import Foundation
internal import Glibc

/// A client's side of a connection to a server on this machine, such as Asterisk's over FastAGI.
package final class Connection {
  private let descriptor: Int32
  private var heard: [UInt8] = []

  package init(port: Int) throws {
    descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = UInt16(port).bigEndian
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    let connected = withUnsafePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
      }
    }
    guard connected == 0 else { throw Failure("cannot connect to port \(port)") }
  }

  deinit { close(descriptor) }

  package func say(_ text: String) throws { try say(Array(text.utf8)) }

  package func say(_ bytes: [UInt8]) throws {
    var bytes = bytes[...]
    while !bytes.isEmpty {
      let count = bytes.withUnsafeBytes { send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
      guard count > 0 else { throw Failure("cannot write to the server") }
      bytes = bytes.dropFirst(count)
    }
  }

  /// Says as much as the kernel takes now, which may end within a request.
  package func say(asFarAsTaken bytes: [UInt8]) {
    _ = bytes.withUnsafeBytes { send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL) | Int32(MSG_DONTWAIT)) }
  }

  /// Says something as its last words: the server never sees them without the end.
  package func say(last text: String) throws {
    var isHeld: Int32 = 1
    setsockopt(descriptor, Int32(IPPROTO_TCP), TCP_CORK, &isHeld, socklen_t(MemoryLayout<Int32>.size))
    try say(text)
    hangUp()
  }

  /// Says that nothing more will be said.
  package func hangUp() { shutdown(descriptor, Int32(SHUT_WR)) }

  /// Goes away without a word: the connection is reset.
  package func vanish() {
    var linger = linger(l_onoff: 1, l_linger: 0)
    setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &linger, socklen_t(MemoryLayout<linger>.size))
  }

  /// The lines that have come, without waiting for more.
  package func heardAlready() -> [String] {
    var chunk = [UInt8](repeating: 0, count: 65_536)
    while true {
      let read = recv(descriptor, &chunk, chunk.count, Int32(MSG_DONTWAIT))
      guard read > 0 else { break }
      heard += chunk[..<read]
    }
    return heard.split(separator: UInt8(ascii: "\n")).map { String(decoding: $0, as: UTF8.self) }
  }

  /// Waits for so many lines, or for the end of what the server says.
  package func hear(lines count: Int) async throws -> [String] {
    var chunk = [UInt8](repeating: 0, count: 65_536)
    for _ in 0..<6000 {
      let lines = heard.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).dropLast()
      if lines.count >= count {
        heard.removeFirst(lines.prefix(count).reduce(0) { $0 + $1.count + 1 })
        return lines.prefix(count).map { String(decoding: $0, as: UTF8.self) }
      }
      var poll = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
      guard Glibc.poll(&poll, 1, 0) > 0 else {
        try await Task.sleep(for: .milliseconds(2))
        continue
      }
      let read = recv(descriptor, &chunk, chunk.count, Int32(MSG_DONTWAIT))
      if read > 0 {
        heard += chunk[..<read]
      } else {
        defer { heard = [] }
        return heard.split(separator: UInt8(ascii: "\n")).map { String(decoding: $0, as: UTF8.self) }
      }
    }
    throw Failure("the server said only \(String(decoding: heard, as: UTF8.self)) in 12 seconds")
  }
}

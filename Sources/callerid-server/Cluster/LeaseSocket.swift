import Foundation
import Rotation

/// The socket beside the store where `callerid-agi` asks for a number that this dialer does not have: one line of numbers
/// a connection, answered with `1` or `0`.
final class LeaseSocket: Sendable {
  /// Milliseconds for a line to come. It is in the kernel when the connection is made, as a rule.
  private static let patience: Int32 = 20
  private static let longestLine = 1024

  private let path: String
  private let socket: Int32

  /// Listens in a thread of its own, and hands on what is asked.
  ///
  /// - Throws: `permission` where it cannot.
  init(
    ofStore store: String,
    ask: @escaping @Sendable (_ numbers: [String], _ answer: @escaping @Sendable (Bool) -> Void) -> Void
  ) throws(StoreError) {
    let path = Store.leaseSocket(ofStore: store)
    self.path = path
    // One that ended without a word has left it there.
    unlink(path)
    socket = Glibc.socket(AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
    let bound = Store.withLeaseSocketAddress(ofStore: store) { [socket] in bind(socket, $0, $1) }
    guard bound == 0, Glibc.listen(socket, 128) == 0 else {
      let code = errno
      close(socket)
      throw StoreError(.permission, "cannot listen on \(path): \(String(cString: strerror(code)))")
    }
    // For the store's owner and group, as the store is.
    var model = stat()
    if stat(store, &model) == 0 {
      chown(path, .max, model.st_gid)
      chown(path, model.st_uid, .max)
    }
    chmod(path, 0o660)
    let listening = socket
    Thread.detachNewThread {
      while true {
        let connection = accept(listening, nil, nil)
        if connection < 0 {
          // `end` was called.
          if errno == EINVAL { break }
          // There are no more descriptors, say.
          if errno != EINTR, errno != ECONNABORTED { usleep(10_000) }
          continue
        }
        guard let numbers = Self.line(from: connection) else {
          close(connection)
          continue
        }
        ask(numbers) { isLeased in
          _ = send(connection, isLeased ? "1\n" : "0\n", 2, Int32(MSG_NOSIGNAL))
          close(connection)
        }
      }
      close(listening)
    }
  }

  func end() {
    shutdown(socket, Int32(SHUT_RDWR))
    unlink(path)
  }

  /// The numbers that a caller names; nil: it says something else.
  private static func line(from connection: Int32) -> [String]? {
    var bytes = [UInt8](repeating: 0, count: longestLine)
    var wait = pollfd(fd: connection, events: Int16(POLLIN), revents: 0)
    guard poll(&wait, 1, patience) == 1 else { return nil }
    let count = recv(connection, &bytes, bytes.count, Int32(MSG_DONTWAIT))
    guard count > 1, bytes[count - 1] == UInt8(ascii: "\n") else { return nil }
    let words = String(decoding: bytes[..<(count - 1)], as: UTF8.self).split(separator: " ").map(String.init)
    let isPlain = words.allSatisfy { word in
      word.utf8.count <= 20 && word.utf8.allSatisfy { (0x30...0x39).contains($0) }
    }
    return isPlain && words.count <= LeaseWish.most ? words : nil
  }
}

import Foundation
import Synchronization
import TestSupport

/// A SIP trunk on a port of this machine that ends every call with one answer.
final class SIPPeer: Sendable {
  let port: UInt16
  private let descriptor: Int32
  /// The From header of the last call.
  private let from = From()

  private final class From: Sendable { let header = Mutex("") }

  /// - Parameter answer: the status line's end, such as `603 Network Blocked`.
  init(answering answer: String) throws {
    let descriptor = socket(AF_INET, Int32(SOCK_DGRAM.rawValue), 0)
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    var size = socklen_t(MemoryLayout<sockaddr_in>.size)
    let bound = withUnsafeMutablePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        bind(descriptor, $0, size) == 0 && getsockname(descriptor, $0, &size) == 0
      }
    }
    guard bound else { throw Failure("no port for a SIP trunk") }
    port = UInt16(bigEndian: address.sin_port)
    self.descriptor = descriptor
    let from = from
    Thread.detachNewThread { Self.serve(descriptor, answer) { header in from.header.withLock { $0 = header } } }
  }

  deinit { close(descriptor) }

  var lastFrom: String { from.header.withLock { $0 } }

  private static func serve(_ descriptor: Int32, _ answer: String, _ called: (String) -> Void) {
    var buffer = [UInt8](repeating: 0, count: 65_536)
    while true {
      var sender = sockaddr_in()
      var size = socklen_t(MemoryLayout<sockaddr_in>.size)
      let count = withUnsafeMutablePointer(to: &sender) { pointer in
        pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
          recvfrom(descriptor, &buffer, buffer.count, 0, $0, &size)
        }
      }
      guard count > 0 else { return }
      let lines = String(decoding: buffer[..<count], as: UTF8.self).components(separatedBy: "\r\n")
      guard lines[0].hasPrefix("INVITE ") else { continue }
      func header(_ name: String) -> String { lines.first { $0.hasPrefix(name + ":") } ?? "" }
      called(header("From"))
      let reply =
        (["SIP/2.0 \(answer)", header("Via"), header("From"), header("To") + ";tag=x"]
        + [header("Call-ID"), header("CSeq"), "Content-Length: 0", "", ""]).joined(separator: "\r\n")
      _ = withUnsafePointer(to: &sender) { pointer in
        pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
          sendto(descriptor, reply, reply.utf8.count, 0, $0, size)
        }
      }
    }
  }
}

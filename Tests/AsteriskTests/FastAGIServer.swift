import Foundation
import Synchronization
import TestSupport

/// Stands in for VICIdial's `call_log`: sets CAMPCUST on each call that asks it.
final class FastAGIServer: Sendable {
  private let listener: Int32
  private let asked = Mutex<[String]>([])

  /// What was asked of it: the paths of the addresses, oldest first.
  var scripts: [String] { asked.withLock { $0 } }

  /// Listens on VICIdial's own port, 4577, which the carrier entry names.
  init(campaign: String) throws {
    let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    var reuse: Int32 = 1
    setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &reuse, socklen_t(MemoryLayout<Int32>.size))
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = UInt16(4577).bigEndian
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    let bound = withUnsafePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        bind(listener, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
      }
    }
    guard bound == 0, listen(listener, 64) == 0 else { throw Failure("port 4577 is taken") }
    self.listener = listener
    Thread.detachNewThread { [self] in
      while case let connection = accept(listener, nil, nil), connection >= 0 {
        serve(FileHandle(fileDescriptor: connection, closeOnDealloc: true), campaign: campaign)
      }
    }
  }

  /// Frees the port.
  func stop() {
    shutdown(listener, Int32(SHUT_RDWR))
    close(listener)
  }

  private func serve(_ connection: FileHandle, campaign: String) {
    var environment = Data()
    while !environment.suffix(2).elementsEqual("\n\n".utf8) {
      guard let more = try? connection.read(upToCount: 1), !more.isEmpty else { return }
      environment += more
    }
    for line in String(decoding: environment, as: UTF8.self).split(separator: "\n") {
      guard let end = line.range(of: "agi_network_script: ")?.upperBound else { continue }
      asked.withLock { $0.append(String(line[end...])) }
    }
    // The call may have ended meanwhile: writing to nobody would end the tests.
    let command = Array("SET VARIABLE CAMPCUST \(campaign)\n".utf8)
    _ = send(connection.fileDescriptor, command, command.count, Int32(MSG_NOSIGNAL))
    _ = try? connection.read(upToCount: 1)
  }
}

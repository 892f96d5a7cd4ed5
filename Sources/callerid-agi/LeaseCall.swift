internal import Glibc
internal import Rotation

/// Asks `callerid-server` for a number that this dialer of a cluster does not have, over a socket beside the store.
enum LeaseCall {
  /// Waits no longer than this for it. Where nobody listens nothing is waited for.
  private static let milliseconds = 15

  /// Returns when the server has answered, or does not in time.
  static func ask(_ wish: LeaseWish, ofStore path: String) {
    let socket = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue) | O_NONBLOCK | O_CLOEXEC, 0)
    guard socket >= 0 else { return }
    defer { close(socket) }
    let deadline = Deadline.after(milliseconds: milliseconds)
    guard var address = sockaddr_un(path: Store.leaseSocket(ofStore: path)),
      withUnsafePointer(
        to: &address,
        { pointer in
          pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
            connect(socket, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
          }
        }) == 0
    else { return }
    var line = ""
    for number in wish.numbers { line += (line.isEmpty ? "" : " ") + number }
    line += "\n"
    guard line.withUTF8({ write(socket, $0.baseAddress, $0.count) }) == line.utf8.count else { return }
    // It answers with one line and closes the connection; what it says stands in the store as well.
    var wait = pollfd(fd: socket, events: Int16(POLLIN), revents: 0)
    _ = poll(&wait, 1, Int32(deadline.remainingMilliseconds))
  }
}

extension sockaddr_un {
  /// - Returns: nil where the path is longer than such addresses can be.
  fileprivate init?(path: String) {
    self.init()
    sun_family = sa_family_t(AF_UNIX)
    let fits = withUnsafeMutableBytes(of: &sun_path) { place in
      guard path.utf8.count < place.count else { return false }
      place.copyBytes(from: path.utf8)
      return true
    }
    if !fits { return nil }
  }
}

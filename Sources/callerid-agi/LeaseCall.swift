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
    guard Store.withLeaseSocketAddress(ofStore: path, { connect(socket, $0, $1) }) == 0 else { return }
    var line = ""
    for number in wish.numbers { line += (line.isEmpty ? "" : " ") + number }
    line += "\n"
    guard line.withUTF8({ write(socket, $0.baseAddress, $0.count) }) == line.utf8.count else { return }
    // It answers with one line and closes the connection; what it says stands in the store as well.
    var wait = pollfd(fd: socket, events: Int16(POLLIN), revents: 0)
    _ = poll(&wait, 1, Int32(deadline.remainingMilliseconds))
  }
}

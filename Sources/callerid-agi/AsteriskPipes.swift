internal import Glibc
internal import Rotation

/// The pipes to the Asterisk that started the program: it speaks on stdin and listens on stdout.
///
/// SIGPIPE must be ignored (see `HangUp.prepare`).
struct AsteriskPipes {
  /// When to stop waiting for Asterisk.
  let end: Deadline

  /// Why there is nothing more to read, or to write to.
  enum Interruption: Error {
    /// The caller hung up, or Asterisk went away.
    case hungUp
    case timedOut
  }

  private static let chunk = 4096

  /// Takes what Asterisk has said already; nil where that is nothing.
  func readAtOnce() throws(Interruption) -> [UInt8]? {
    if HangUp.isSignalled { throw .hungUp }
    var poll = pollfd(fd: STDIN_FILENO, events: Int16(POLLIN), revents: 0)
    return Glibc.poll(&poll, 1, 0) > 0 ? try read() : nil
  }

  /// Waits for Asterisk to say something.
  func read() throws(Interruption) -> [UInt8] {
    while true {
      // Or whoever speaks without end would be heard without end.
      guard end.remainingMilliseconds > 0 else { throw .timedOut }
      try wait(for: POLLIN, on: STDIN_FILENO)
      var count = 0
      let bytes = [UInt8](unsafeUninitializedCapacity: Self.chunk) { buffer, initializedCount in
        count = Glibc.read(STDIN_FILENO, buffer.baseAddress, buffer.count)
        initializedCount = max(0, count)
      }
      if count > 0 { return bytes }
      guard count < 0, errno == EINTR || errno == EAGAIN else { throw .hungUp }
    }
  }

  /// Writes what Asterisk's pipe has room for, of whole lines of at most 4096 bytes each. What need not be waited for is
  /// written also when time is over: that costs none.
  ///
  /// - Returns: how many bytes that was.
  func write(_ lines: [UInt8]) throws(Interruption) -> Int {
    let count = Self.piece(of: lines)
    while true {
      // A pipe that can be written to has room for PIPE_BUF bytes, and takes as many in one piece: the write does not
      // wait (pipe(7)), and Asterisk, which carries out half a line where the pipe ends, never gets one.
      try wait(for: POLLOUT, on: STDOUT_FILENO)
      let written = lines.withUnsafeBytes { Glibc.write(STDOUT_FILENO, $0.baseAddress, count) }
      if written >= 0 { return written }
      guard errno == EINTR || errno == EAGAIN else { throw .hungUp }
    }
  }

  /// How many bytes of the lines may be written at once.
  private static func piece(of lines: [UInt8]) -> Int {
    guard lines.count > Int(PIPE_BUF) else { return lines.count }
    return lines[..<Int(PIPE_BUF)].lastIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? Int(PIPE_BUF)
  }

  /// Waits until the descriptor is ready, and notices also when time is over whether it is.
  private func wait(for event: Int32, on descriptor: Int32) throws(Interruption) {
    while true {
      if HangUp.isSignalled { throw .hungUp }
      let remaining = end.remainingMilliseconds
      var poll = pollfd(fd: descriptor, events: Int16(event), revents: 0)
      let count = Glibc.poll(&poll, 1, Int32(clamping: remaining))
      if count > 0 { return }
      if count == 0, remaining == 0 { throw .timedOut }
      if count < 0, errno != EINTR { throw .hungUp }
    }
  }
}

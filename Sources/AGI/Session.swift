internal import Glibc

/// Why a conversation with Asterisk ended early.
package enum SessionError: Error, Equatable {
  /// The caller hung up, or Asterisk went away: an ordinary end.
  case hungUp
  /// Asterisk did not answer in the time allowed.
  case timedOut
  /// What came is not the Asterisk Gateway Interface.
  case notAsterisk
}

/// The conversation with Asterisk over a pair of file descriptors.
///
/// Nothing but the protocol is written to `output`. SIGPIPE must be ignored (see `HangUp.prepare`).
package struct Session: ~Copyable {
  private let input: Int32
  private let output: Int32
  /// Milliseconds that may still be waited; asked before each wait.
  private let remainingMilliseconds: () -> Int
  private var buffer: [UInt8] = []
  /// Where in `buffer` the next line begins.
  private var start = 0

  /// A longer line is cut off; Asterisk's own are shorter.
  static let maximumLine = 4096
  /// More than Asterisk could send before the first command: what comes is something else.
  static let maximumEnvironment = 256 * 1024
  /// Lines between a command and its reply; the longest usage text has about 20.
  static let maximumReplyLines = 200

  package init(input: Int32 = 0, output: Int32 = 1, remainingMilliseconds: @escaping () -> Int) {
    self.input = input
    self.output = output
    self.remainingMilliseconds = remainingMilliseconds
  }

  package mutating func readEnvironment() throws(SessionError) -> Environment {
    var environment = Environment()
    var bytes = 0
    while !environment.isComplete {
      let line = try readLine()
      bytes += line.count + 1
      guard bytes <= Self.maximumEnvironment else { throw .notAsterisk }
      environment.read(line: line)
    }
    return environment
  }

  /// Sends a command and reads its reply.
  package mutating func send(_ command: Command) throws(SessionError) -> Reply {
    try write(command.line)
    var parser = ReplyParser()
    for _ in 0..<Self.maximumReplyLines {
      switch parser.read(line: try readLine()) {
      case .reply(let reply): return reply
      case .hangUp: throw .hungUp
      case .partial: continue
      }
    }
    throw .notAsterisk
  }

  // MARK: Bytes

  /// The next line, without its line end (LF or CRLF), cut off at `maximumLine`.
  private mutating func readLine() throws(SessionError) -> ArraySlice<UInt8> {
    var searched = start
    while true {
      if let end = buffer[searched...].firstIndex(of: UInt8(ascii: "\n")) {
        defer { start = end + 1 }
        let line = buffer[start..<end]
        return (line.last == UInt8(ascii: "\r") ? line.dropLast() : line).prefix(Self.maximumLine)
      }
      buffer.removeFirst(start)
      start = 0
      // The tail of a line that is too long goes unread: only its line end is looked for.
      if buffer.count > Self.maximumLine { buffer.removeLast(buffer.count - Self.maximumLine) }
      searched = buffer.count
      try fill()
    }
  }

  private mutating func fill() throws(SessionError) {
    var chunk = [UInt8](repeating: 0, count: 4096)
    while true {
      try wait(for: Int16(POLLIN), on: input)
      let count = read(input, &chunk, chunk.count)
      if count > 0 {
        buffer += chunk[..<count]
        return
      }
      if count == 0 { throw .hungUp }
      guard errno == EINTR || errno == EAGAIN else { throw .hungUp }
    }
  }

  private func write(_ bytes: [UInt8]) throws(SessionError) {
    var rest = bytes[...]
    while !rest.isEmpty {
      if HangUp.isSignalled { throw .hungUp }
      let count = rest.withUnsafeBytes { Glibc.write(output, $0.baseAddress, $0.count) }
      if count >= 0 {
        rest = rest.dropFirst(count)
      } else if errno == EAGAIN {
        try wait(for: Int16(POLLOUT), on: output)
      } else if errno != EINTR {
        throw .hungUp
      }
    }
  }

  private func wait(for events: Int16, on descriptor: Int32) throws(SessionError) {
    while true {
      if HangUp.isSignalled { throw .hungUp }
      let remaining = remainingMilliseconds()
      guard remaining > 0 else { throw .timedOut }
      var poll = pollfd(fd: descriptor, events: events, revents: 0)
      let count = Glibc.poll(&poll, 1, Int32(clamping: remaining))
      if count > 0 { return }
      if count < 0, errno != EINTR { throw .hungUp }
    }
  }
}

internal import Glibc

/// Puts together what Asterisk says from bytes as they come: the environment first, then replies.
///
/// What comes is bounded, and may be cut anywhere. Bytes are kept until `next()` asks for what they say.
package struct MessageReader: ~Copyable {
  package enum Message: Equatable, Sendable {
    /// All that Asterisk tells of the call before it takes commands; comes once, before all else.
    case environment(Environment)
    case reply(Reply)
    /// Asterisk tells of its own accord that the caller has hung up.
    case hangUp
    /// What came is not the Asterisk Gateway Interface.
    case notAsterisk
  }

  /// A longer line is cut off; Asterisk's own are shorter.
  static let maximumLine = 4096
  /// More than Asterisk could send before the first command: what comes is something else.
  static let maximumEnvironment = 256 * 1024
  /// Lines between two replies; the longest usage text has about 20.
  static let maximumReplyLines = 200

  private var buffer: [UInt8] = []
  /// Where in `buffer` the next line begins.
  private var start = 0
  /// Up to where `buffer` holds no end of that line.
  private var searched = 0
  private var environment = Environment()
  private var environmentBytes = 0
  private var parser = ReplyParser()
  private var replyLines = 0

  package init() {}

  /// At most a line's worth once `next()` has said that there is no more, however much came.
  var keptBytes: Int { buffer.count }

  /// Takes the next bytes, however many there are.
  package mutating func append(_ bytes: [UInt8]) {
    if start == buffer.count {
      buffer = bytes
    } else {
      buffer.removeFirst(start)
      buffer += bytes
    }
    searched -= start
    start = 0
  }

  /// What the bytes that have come say next; nil where more of them must come.
  package mutating func next() -> Message? {
    while let line = nextLine() {
      if environment.isComplete {
        replyLines += 1
        guard replyLines <= Self.maximumReplyLines else { return .notAsterisk }
        switch parser.read(line: line) {
        case .reply(let reply):
          replyLines = 0
          return .reply(reply)
        case .hangUp: return .hangUp
        case .partial: continue
        }
      } else {
        environmentBytes += line.count + 1
        guard environmentBytes <= Self.maximumEnvironment else { return .notAsterisk }
        environment.read(line: line)
        if environment.isComplete { return .environment(environment) }
      }
    }
    return nil
  }

  /// Where the next line feed is; nil where there is none yet.
  private var lineEnd: Int? {
    buffer.withUnsafeBytes { bytes in
      guard searched < bytes.count, let start = bytes.baseAddress,
        let found = memchr(start + searched, Int32(UInt8(ascii: "\n")), bytes.count - searched)
      else { return nil }
      return UnsafeRawPointer(found) - start
    }
  }

  /// The next line, without its line end (LF or CRLF), cut off at `maximumLine`.
  private mutating func nextLine() -> ArraySlice<UInt8>? {
    guard let end = lineEnd else {
      // The tail of a line that is too long is not kept: only its end is looked for.
      let excess = buffer.count - start - Self.maximumLine
      if excess > 0 { buffer.removeLast(excess) }
      searched = buffer.count
      return nil
    }
    let line = buffer[start..<end]
    start = end + 1
    searched = start
    return (line.last == UInt8(ascii: "\r") ? line.dropLast() : line).prefix(Self.maximumLine)
  }
}

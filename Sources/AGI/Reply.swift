/// What Asterisk answers to a command.
package enum Reply: Equatable, Sendable {
  /// `200 result=1 (value)`.
  case result(Int, value: String?)
  /// `510`, `520`, or anything with another code: the command was not carried out.
  case refused(code: Int, text: String)
  /// `511`: the channel is gone. Some commands are refused so while the program still runs.
  case deadChannel
}

/// Puts replies together from the lines Asterisk sends.
package struct ReplyParser: Sendable {
  /// Set inside the usage text that follows `520-`.
  private var isInUsage = false
  private static let endOfUsage: StaticString = "520 End of proper usage."

  package init() {}

  package enum Line: Equatable, Sendable {
    case reply(Reply)
    /// `HANGUP`, which Asterisk sends of its own accord.
    case hangUp
    /// A line that belongs to a reply still to end, or to none.
    case partial
  }

  /// Takes the next line, without its line end. By bytes: a text is made only of what somebody may want to read.
  package mutating func read(line: ArraySlice<UInt8>) -> Line {
    if line.elementsEqual("HANGUP") { return .hangUp }
    if isInUsage {
      // Older versions of Asterisk send no line end after the usage text: the 520 stands right behind it.
      guard line.suffix(Self.endOfUsage.utf8CodeUnitCount).elementsEqual(Self.endOfUsage) else { return .partial }
      isInUsage = false
      return .reply(.refused(code: 520, text: "Invalid command syntax"))
    }
    guard let code = Self.code(of: line) else { return .partial }
    let rest = line.dropFirst(3)
    guard rest.isEmpty || rest.first == UInt8(ascii: " ") || rest.first == UInt8(ascii: "-") else { return .partial }
    switch code {
    case 100..<200: return .partial
    case 200: return .reply(Self.result(rest.dropFirst()))
    case 511: return .reply(.deadChannel)
    case 520 where rest.first == UInt8(ascii: "-"):
      isInUsage = true
      return .partial
    default: return .reply(.refused(code: code, text: String(decoding: rest.dropFirst(), as: UTF8.self)))
    }
  }

  /// The three digits that a reply begins with, the first of which is no 0.
  private static func code(of line: ArraySlice<UInt8>) -> Int? {
    guard line.count >= 3, line.first != UInt8(ascii: "0") else { return nil }
    var code = 0
    for byte in line.prefix(3) {
      guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) else { return nil }
      code = code * 10 + Int(byte - UInt8(ascii: "0"))
    }
    return code
  }

  /// Reads `result=1 (value)`. The value is everything up to the last parenthesis: it may hold some itself.
  private static func result(_ text: ArraySlice<UInt8>) -> Reply {
    let head: StaticString = "result="
    let rest = text.dropFirst(head.utf8CodeUnitCount)
    let digits = rest.prefix { $0 != UInt8(ascii: " ") }
    guard text.prefix(head.utf8CodeUnitCount).elementsEqual(head),
      let result = Int(String(decoding: digits, as: UTF8.self))
    else { return .refused(code: 200, text: String(decoding: text, as: UTF8.self)) }
    guard let open = rest.firstIndex(of: UInt8(ascii: "(")), let close = rest.lastIndex(of: UInt8(ascii: ")")),
      open < close
    else { return .result(result, value: nil) }
    return .result(result, value: String(decoding: rest[(open + 1)..<close], as: UTF8.self))
  }
}

extension ArraySlice<UInt8> {
  /// Whether these are the bytes of a text of ours.
  fileprivate func elementsEqual(_ text: StaticString) -> Bool {
    elementsEqual(UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
  }
}

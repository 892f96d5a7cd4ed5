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
  private static let endOfUsage = "520 End of proper usage."

  package init() {}

  package enum Line: Equatable, Sendable {
    case reply(Reply)
    /// `HANGUP`, which Asterisk sends of its own accord.
    case hangUp
    /// A line that belongs to a reply still to end, or to none.
    case partial
  }

  /// Takes the next line, without its line end.
  package mutating func read(line bytes: some Collection<UInt8>) -> Line {
    let line = String(decoding: bytes, as: UTF8.self)
    if line == "HANGUP" { return .hangUp }
    let code = line.utf8.count >= 3 ? Int(line.prefix(3)) : nil
    let separator = line.dropFirst(3).first
    if isInUsage {
      // Older versions of Asterisk send no line end after the usage text: the 520 stands right behind it.
      guard line.hasSuffix(Self.endOfUsage) else { return .partial }
      isInUsage = false
      return .reply(.refused(code: 520, text: "Invalid command syntax"))
    }
    guard let code, code >= 100, separator == nil || separator == " " || separator == "-" else { return .partial }
    let text = String(line.dropFirst(4))
    switch code {
    case 100..<200: return .partial
    case 200: return .reply(Self.result(text))
    case 511: return .reply(.deadChannel)
    case 520 where separator == "-":
      isInUsage = true
      return .partial
    default: return .reply(.refused(code: code, text: text))
    }
  }

  /// Reads `result=1 (value)`. The value is everything up to the last parenthesis: it may hold some itself.
  private static func result(_ text: String) -> Reply {
    guard text.hasPrefix("result=") else { return .refused(code: 200, text: text) }
    let rest = text.dropFirst("result=".count)
    let digits = rest.prefix { $0 != " " }
    guard let result = Int(digits) else { return .refused(code: 200, text: text) }
    // By scalars: the value may begin with an accent.
    let scalars = rest.unicodeScalars
    guard let open = scalars.firstIndex(of: "("), let close = scalars.lastIndex(of: ")"), open < close else {
      return .result(result, value: nil)
    }
    return .result(result, value: String(rest[scalars.index(after: open)..<close]))
  }
}

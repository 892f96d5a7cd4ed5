/// A value of a JSON text (RFC 8259). Numbers, `true` and `false` stay the text that they are: a phone number written as
/// a number must not go through a floating point number.
package enum JSONText {
  case text(String)
  case null
  case list([Element])
  case object([(key: String, value: JSONText)])

  package struct Element {
    /// The line that the value begins in, counted from 1.
    package let line: Int
    package let value: JSONText
  }
}

/// Reads JSON values that follow one another: one in a JSON file, one a line in NDJSON.
package struct JSONParser {
  /// How many lists and objects may be in one another.
  package static let deepest = 32

  private let bytes: [UInt8]
  private var position = 0
  private(set) var line = 1

  package init(_ bytes: [UInt8]) { self.bytes = bytes }

  /// Returns the next value, or nil at the end of the text.
  ///
  /// - Throws: `CSVError` where the text is not JSON.
  package mutating func next() throws -> JSONText.Element? {
    skipSpace()
    // Some programs divide the objects of NDJSON with commas.
    if position > 0, peek == UInt8(ascii: ",") {
      position += 1
      skipSpace()
    }
    guard position < bytes.count else { return nil }
    return try element(depth: 0)
  }

  // MARK: Values

  private mutating func element(depth: Int) throws -> JSONText.Element {
    skipSpace()
    return JSONText.Element(line: line, value: try value(depth: depth))
  }

  private mutating func value(depth: Int) throws -> JSONText {
    guard depth <= Self.deepest else { throw error("the JSON is more than \(Self.deepest) lists and objects deep") }
    switch peek {
    case UInt8(ascii: "{"):
      var members: [(key: String, value: JSONText)] = []
      try each(closedBy: UInt8(ascii: "}")) { parser in
        let key = try parser.string()
        parser.skipSpace()
        try parser.take(UInt8(ascii: ":"))
        members.append((key, try parser.element(depth: depth + 1).value))
      }
      return .object(members)
    case UInt8(ascii: "["):
      var elements: [JSONText.Element] = []
      try each(closedBy: UInt8(ascii: "]")) { elements.append(try $0.element(depth: depth + 1)) }
      return .list(elements)
    case UInt8(ascii: "\""): return .text(try string())
    default: return try word()
    }
  }

  private mutating func each(closedBy end: UInt8, _ body: (inout JSONParser) throws -> Void) throws {
    position += 1
    skipSpace()
    if peek == end {
      position += 1
      return
    }
    while true {
      skipSpace()
      try body(&self)
      skipSpace()
      if peek == end {
        position += 1
        return
      }
      try take(UInt8(ascii: ","))
    }
  }

  /// A number, `true`, `false` or `null`.
  private mutating func word() throws -> JSONText {
    let start = position
    while let byte = peek, Self.isOfWord(byte) { position += 1 }
    let word = String(decoding: bytes[start..<position], as: UTF8.self)
    switch word {
    case "null": return .null
    case "true", "false": return .text(word)
    default:
      guard let first = word.utf8.first, first == UInt8(ascii: "-") || (0x30...0x39).contains(first),
        word.utf8.count <= CSVReader.maximumCell, Double(word) != nil
      else { throw unexpected() }
      return .text(word)
    }
  }

  private static func isOfWord(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "E"),
      UInt8(ascii: "+"), UInt8(ascii: "-"), UInt8(ascii: "."):
      true
    default: false
    }
  }

  private mutating func string() throws -> String {
    try take(UInt8(ascii: "\""))
    let opened = line
    var text: [UInt8] = []
    while let byte = peek {
      position += 1
      switch byte {
      case UInt8(ascii: "\""):
        guard let text = String(validating: text, as: UTF8.self) else { throw error("the text is not UTF-8") }
        return text
      case UInt8(ascii: "\\"): text += Array(String(try escaped()).utf8)
      default:
        if byte == UInt8(ascii: "\n") { line += 1 }
        text.append(byte)
      }
      guard text.count <= CSVReader.maximumCell else {
        throw error("a text has more than \(CSVReader.maximumCell) bytes")
      }
    }
    throw CSVError(line: opened, reason: "a quote is opened here and never closed. The file seems to be cut off")
  }

  private mutating func escaped() throws -> Unicode.Scalar {
    guard let byte = peek else { throw unexpected() }
    position += 1
    switch byte {
    case UInt8(ascii: "n"): return "\n"
    case UInt8(ascii: "t"): return "\t"
    case UInt8(ascii: "r"): return "\r"
    case UInt8(ascii: "b"): return "\u{8}"
    case UInt8(ascii: "f"): return "\u{C}"
    case UInt8(ascii: "u"):
      let unit = try hexadecimal()
      guard (0xD800..<0xDC00).contains(unit), peek == UInt8(ascii: "\\"), position + 1 < bytes.count,
        bytes[position + 1] == UInt8(ascii: "u")
      else { return Unicode.Scalar(unit) ?? "\u{FFFD}" }
      position += 2
      let low = try hexadecimal()
      guard (0xDC00..<0xE000).contains(low) else { return "\u{FFFD}" }
      return Unicode.Scalar(0x10000 + (unit - 0xD800) << 10 + (low - 0xDC00)) ?? "\u{FFFD}"
    default: return Unicode.Scalar(byte)
    }
  }

  private mutating func hexadecimal() throws -> UInt32 {
    let digits = bytes[position..<min(position + 4, bytes.count)]
    guard digits.count == 4, let unit = UInt32(String(decoding: digits, as: UTF8.self), radix: 16) else {
      throw unexpected()
    }
    position += 4
    return unit
  }

  // MARK: Bytes

  private var peek: UInt8? { position < bytes.count ? bytes[position] : nil }

  private mutating func take(_ byte: UInt8) throws {
    guard peek == byte else { throw unexpected() }
    position += 1
  }

  private mutating func skipSpace() {
    while let byte = peek, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 {
      if byte == 0x0A { line += 1 }
      position += 1
    }
  }

  private func unexpected() -> CSVError {
    guard let byte = peek else { return error("the JSON ends too early. The file seems to be cut off") }
    guard byte < 0x7F, byte > 0x20 else { return error("the text is not JSON") }
    return error("the text is not JSON: \"\(Character(Unicode.Scalar(byte)))\" is not expected here")
  }

  private func error(_ reason: String) -> CSVError { CSVError(line: line, reason: reason) }
}

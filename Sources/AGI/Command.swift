internal import PlainText

/// One line to Asterisk.
package enum Command: Equatable, Sendable {
  case setVariable(name: String, value: String)
  case getVariable(name: String)
  case verbose(String, level: Int)

  /// The longest line sent, its line end included. Asterisk reads commands into a buffer of 2048 bytes
  /// (`AGI_BUF_LEN` in res_agi.c) and would take the rest for another command.
  static let maximumLength = 2047

  /// The bytes to send.
  package var line: [UInt8] {
    var line: [UInt8] = []
    write(to: &line)
    return line
  }

  /// Adds the line to those that are to be sent together.
  package func write(to bytes: inout [UInt8]) {
    let end = bytes.count + Self.maximumLength
    switch self {
    case .setVariable(let name, let value):
      Self.write("SET VARIABLE ", to: &bytes)
      Self.write(argument: name, to: &bytes, room: Self.maximumName)
      bytes.append(UInt8(ascii: " "))
      Self.write(argument: value, to: &bytes, room: end - bytes.count - 1)
    case .getVariable(let name):
      Self.write("GET VARIABLE ", to: &bytes)
      Self.write(argument: name, to: &bytes, room: Self.maximumName)
    case .verbose(let message, let level):
      let level = " \(level)"
      Self.write("VERBOSE ", to: &bytes)
      Self.write(argument: message, to: &bytes, room: end - bytes.count - level.utf8.count - 1, alwaysQuoted: true)
      bytes.append(contentsOf: level.utf8)
    }
    bytes.append(UInt8(ascii: "\n"))
  }

  /// Bytes of a variable's name: Asterisk's own are far shorter.
  private static let maximumName = 256

  private static func write(_ verb: StaticString, to bytes: inout [UInt8]) {
    bytes.append(contentsOf: UnsafeBufferPointer(start: verb.utf8Start, count: verb.utf8CodeUnitCount))
  }

  /// Writes what nearly all values are: a number, or a few words.
  ///
  /// - Returns: whether it was such a value.
  private static func writePlain(_ value: String, to bytes: inout [UInt8], room: Int, isQuoted: Bool) -> Bool {
    let quote = UInt8(ascii: "\"")
    var value = value
    return value.withUTF8 { value in
      guard !value.isEmpty, value.count + 2 <= room else { return false }
      var isQuoted = isQuoted
      for byte in value {
        guard (0x20...0x7E).contains(byte), byte != quote, byte != UInt8(ascii: "\\") else { return false }
        if byte == UInt8(ascii: " ") { isQuoted = true }
      }
      if isQuoted { bytes.append(quote) }
      bytes.append(contentsOf: value)
      if isQuoted { bytes.append(quote) }
      return true
    }
  }

  /// Writes a value as Asterisk's `parse_args` reads one argument: in quotes where it holds a space, a tab, a quote or a
  /// backslash or is empty, with a backslash before each quote and backslash. Control characters become spaces, so that
  /// no value can end its line and begin a command of its own; so does all else that is unsafe, which would garble
  /// Asterisk's console and log.
  private static func write(
    argument value: String, to bytes: inout [UInt8], room: Int, alwaysQuoted: Bool = false
  ) {
    let start = bytes.count
    if writePlain(value, to: &bytes, room: room, isQuoted: alwaysQuoted) { return }
    var needsQuotes = alwaysQuoted || value.isEmpty
    for scalar in value.unicodeScalars {
      let length = bytes.count
      switch scalar.value {
      case 0x22, 0x5C:
        bytes.append(UInt8(ascii: "\\"))
        bytes.append(UInt8(scalar.value))
        needsQuotes = true
      case 0x21...0x7E: bytes.append(UInt8(scalar.value))
      case _ where scalar == " " || scalar.isUnsafe:
        bytes.append(UInt8(ascii: " "))
        needsQuotes = true
      default: bytes.append(contentsOf: Array(String(scalar).utf8))
      }
      // Whole characters only, and room for the quotes.
      if bytes.count - start + 2 > room {
        bytes.removeLast(bytes.count - length)
        break
      }
    }
    guard needsQuotes else { return }
    bytes.insert(UInt8(ascii: "\""), at: start)
    bytes.append(UInt8(ascii: "\""))
  }
}

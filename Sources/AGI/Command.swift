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
    switch self {
    case .setVariable(let name, let value): Self.line("SET VARIABLE ", name, " ", value)
    case .getVariable(let name): Self.line("GET VARIABLE ", name)
    case .verbose(let message, let level):
      Self.line("VERBOSE ", quoted: message, " \(level)")
    }
  }

  private static func line(_ verb: StaticString, _ name: String, _ space: String = "", _ value: String? = nil)
    -> [UInt8]
  {
    let head = Array(verb.description.utf8) + argument(name, room: 256)
    guard let value else { return head + [UInt8(ascii: "\n")] }
    return head + Array(space.utf8) + argument(value, room: maximumLength - head.count - 2) + [UInt8(ascii: "\n")]
  }

  private static func line(_ verb: StaticString, quoted message: String, _ end: String) -> [UInt8] {
    let room = maximumLength - verb.utf8CodeUnitCount - end.utf8.count - 1
    return Array(verb.description.utf8) + argument(message, room: room, alwaysQuoted: true)
      + Array(end.utf8) + [UInt8(ascii: "\n")]
  }

  /// A value as Asterisk's `parse_args` reads one argument: in quotes where it holds a space, a tab, a quote or a
  /// backslash or is empty, with a backslash before each quote and backslash. Control characters become spaces, so that
  /// no value can end its line and begin a command of its own; so do line separators and direction overrides, which
  /// would garble Asterisk's console and log.
  static func argument(_ value: String, room: Int, alwaysQuoted: Bool = false) -> [UInt8] {
    var bytes: [UInt8] = []
    var needsQuotes = alwaysQuoted || value.isEmpty
    bytes.reserveCapacity(value.utf8.count + 2)
    for scalar in value.unicodeScalars {
      let length = bytes.count
      switch scalar.value {
      case 0...0x20, 0x7F..<0xA0, 0x200E...0x200F, 0x2028...0x202E, 0x2066...0x2069:
        bytes.append(UInt8(ascii: " "))
        needsQuotes = true
      case 0x22, 0x5C:
        bytes += [UInt8(ascii: "\\"), UInt8(scalar.value)]
        needsQuotes = true
      case 0x21...0x7E: bytes.append(UInt8(scalar.value))
      default: bytes += Array(String(scalar).utf8)
      }
      // Whole characters only, and room for the quotes.
      if bytes.count + 2 > room {
        bytes.removeLast(bytes.count - length)
        break
      }
    }
    let quote = [UInt8(ascii: "\"")]
    return needsQuotes ? quote + bytes + quote : bytes
  }
}

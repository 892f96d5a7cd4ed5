import Rotation

/// Text on a terminal: made safe, measured and cut.
package enum TerminalText {
  /// The text with � in the place of each control character, so that a name in the store cannot control the terminal.
  package static func safe(_ text: String) -> String {
    guard text.unicodeScalars.contains(where: CallerText.isUnsafe) else { return text }
    return String(String.UnicodeScalarView(text.unicodeScalars.map { CallerText.isUnsafe($0) ? "\u{FFFD}" : $0 }))
  }

  /// The columns that a text takes up on a terminal: two for each character of the East Asian scripts and for each
  /// emoji.
  package static func width(_ text: String) -> Int {
    text.reduce(0) { width, character in
      switch character.unicodeScalars.first?.value ?? 0 {
      case 0x1100...0x115F, 0x2E80...0xA4CF, 0xAC00...0xD7A3, 0xF900...0xFAFF, 0xFE30...0xFE6F, 0xFF00...0xFF60,
        0xFFE0...0xFFE6, 0x1F300...0x1FAFF, 0x20000...0x3FFFD:
        width + 2
      default: width + 1
      }
    }
  }

  /// The beginning of a text, as much of it as fits into so many columns.
  package static func cut(_ text: String, to columns: Int) -> String {
    var left = columns
    return String(
      text.prefix { character in
        left -= width(String(character))
        return left >= 0
      })
  }
}

import Rotation

/// What a cell says, without what spreadsheets, web pages and mail programs have put around and into it.
enum CellText {
  /// The text that a spreadsheet would show of a cell: `="2145550101"` is how a number is kept from being rounded.
  static func shown(_ cell: String) -> String {
    guard cell.utf8.first == UInt8(ascii: "=") else { return cell }
    let inner = cell.unicodeScalars.dropFirst()
    guard inner.count >= 2, inner.first == "\"", inner.last == "\"" else { return cell }
    return String(String.UnicodeScalarView(inner.dropFirst().dropLast())).replacing("\"\"", with: "\"")
  }

  /// The text of a cell that holds a number, a code or a word, in ASCII where there is such a character: an apostrophe
  /// in front and all that nobody sees are gone, and every space, dash or dot is the plain one.
  ///
  /// What is left beyond ASCII is for the reader of the text to refuse.
  static func plain(_ cell: String) -> String {
    let cell = shown(CSVWriter.unguarded(cell))
    guard cell.utf8.contains(where: { $0 >= 0x80 }) || cell.utf8.first == UInt8(ascii: "'") else { return cell }
    var scalars = String.UnicodeScalarView()
    for scalar in cell.unicodeScalars {
      if scalars.isEmpty, "'‘’ʼ`´".unicodeScalars.contains(scalar) { continue }
      if let plain = plain(scalar) { scalars.append(plain) }
    }
    var text = scalars[...]
    while text.first == " " { text.removeFirst() }
    while text.last == " " { text.removeLast() }
    return String(text)
  }

  /// A cell out of MySQL: its client writes NULL where there is nothing, its dumps \N.
  static func ofMySQL(_ cell: String) -> String { cell == "NULL" || cell == "\\N" ? "" : cell }

  /// Nil for what nobody sees.
  private static func plain(_ scalar: Unicode.Scalar) -> Unicode.Scalar? {
    guard !scalar.isASCII else { return scalar }
    switch scalar.properties.generalCategory {
    case .spaceSeparator: return " "
    case .dashPunctuation: return "-"
    case .format, .lineSeparator, .paragraphSeparator: return nil
    default: break
    }
    switch scalar {
    case "\u{2212}": return "-"
    case "·", "•", "∙", "․": return "."
    // What East Asian spreadsheets have for ASCII.
    case "\u{FF01}"..."\u{FF5E}": return Unicode.Scalar(scalar.value - 0xFEE0)
    default: return CallerText.isUnsafe(scalar) ? nil : scalar
    }
  }
}

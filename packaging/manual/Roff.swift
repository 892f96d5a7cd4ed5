enum Font: String {
  case roman = "R"
  case bold = "B"
  case italic = "I"
}

/// Text as roff takes it: no character of it is a command.
func roff(_ text: String, in font: Font = .roman) -> String {
  let escaped = text.replacing("\\", with: "\\e").replacing("-", with: "\\-").replacing("'", with: "\\(aq")
  return font == .roman ? escaped : "\\f\(font.rawValue)\(escaped)\\fR"
}

/// A page of the manual in man(7)'s macros, line by line.
struct Page {
  private(set) var text = ""

  init(title: String, version: String) {
    text = ".TH \(title) 8 \"\" \"callerid \(version)\" \"callerid\"\n"
  }

  mutating func macro(_ line: String) { text += line + "\n" }

  /// A line of text that is already roff; where it begins with a control character, that is hidden.
  mutating func line(_ roff: String) { text += (roff.hasPrefix(".") ? "\\&" : "") + roff + "\n" }

  mutating func section(_ name: String) { macro(".SH \(name)") }

  /// A tag, and beside it what it means, each text on a line of its own.
  mutating func tagged(_ tag: String, _ texts: [String]) {
    macro(".TP")
    line(tag)
    for (index, text) in texts.enumerated() {
      if index > 0 { macro(".br") }
      line(text)
    }
  }

  mutating func literal(_ lines: [String]) {
    macro(".PP\n.RS 4\n.nf")
    for text in lines { line(roff(text, in: text.isEmpty ? .roman : .bold)) }
    macro(".fi\n.RE")
  }
}

import Output
package import Rotation

/// A moment, as the page shows it: in the store's zone, and for scripts in UTC, so that they can show it in the viewer's.
package struct Stamp: Sendable {
  let utc: String
  let local: String

  /// Nil for 0, which stands for "never".
  package init?(_ seconds: Int, in calendar: Rotation.Calendar) {
    guard let utc = Time.utc(seconds) else { return nil }
    self.utc = utc
    local = Time.local(seconds, in: calendar)
  }
}

/// A piece of a sentence: a text, or a moment, which scripts show in the viewer's zone.
struct Piece: Sendable {
  var text = ""
  var stamp: Stamp?
}

extension Sentence {
  func pieces(in calendar: Rotation.Calendar) -> [Piece] {
    parts.map { part in
      switch part {
      case .text(let text): Piece(text: text)
      case .time(let seconds), .minute(let seconds): Piece(stamp: Stamp(seconds, in: calendar))
      }
    }
  }
}

/// A sentence in a list.
struct Line: Sendable {
  let pieces: [Piece]

  init(_ sentence: Sentence, in calendar: Rotation.Calendar) { pieces = sentence.pieces(in: calendar) }
}

/// What is known of something, by name.
struct Fact: Sendable {
  let name: String
  let pieces: [Piece]

  init(_ name: String, _ sentence: Sentence, in calendar: Rotation.Calendar) {
    (self.name, pieces) = (name, sentence.pieces(in: calendar))
  }

  /// Nil for an empty text.
  init?(_ name: String, _ text: String) {
    guard !text.isEmpty else { return nil }
    (self.name, pieces) = (name, [Piece(text: text)])
  }
}

extension Int {
  /// With a thin space between groups of three digits, as people read them.
  var grouped: String {
    let digits = String(magnitude)
    var text = ""
    for (index, digit) in digits.enumerated() {
      if index > 0, (digits.count - index) % 3 == 0 { text.append("\u{202F}") }
      text.append(digit)
    }
    return self < 0 ? "−" + text : text
  }

  /// A part in percent of a whole, such as `97 %`; a dash where there is nothing to compute it from.
  func share(of whole: Int) -> String {
    guard whole > 0 else { return "–" }
    // All but a few is not all, and a few are not none.
    if self < whole, self * 1000 >= whole * 995 { return "> 99 %" }
    if self > 0, self * 1000 < whole * 5 { return "< 1 %" }
    return "\((self * 100 + whole / 2) / whole)\u{202F}%"
  }
}

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

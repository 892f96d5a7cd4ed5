/// The digits of a telephone number as people and programs write it.
struct Digits: Equatable {
  var digits: String
  /// Whether a + stands before them.
  var hasPlus: Bool

  /// What is in a text that holds no number.
  enum Unreadable: Error, Equatable {
    /// It is no digit and no mark that people write in numbers.
    case character(Unicode.Scalar)
    /// A spreadsheet's decimal number, such as `2145550101.0`.
    case decimal
    /// A spreadsheet's rounded number, such as `2.14555E+09`: its last digits are lost.
    case rounded
  }

  /// Digits without marks.
  init(digits: String, hasPlus: Bool) { (self.digits, self.hasPlus) = (digits, hasPlus) }

  /// Takes digits with the marks that people write between them: spaces, dashes, dots, slashes and brackets. Characters
  /// that cannot be seen are passed over. In `+44 (0)20 …` the zero stands for those who dial inside the country, so it
  /// is left out.
  init(_ text: String) throws(Unreadable) {
    digits = ""
    hasPlus = false
    var dots = 0
    var behindLastDot = 0
    var scalars = text.unicodeScalars[...]
    while let scalar = scalars.popFirst() {
      switch scalar {
      case "0"..."9":
        digits.unicodeScalars.append(scalar)
        behindLastDot += 1
      case "+" where digits.isEmpty && !hasPlus: hasPlus = true
      case "(" where scalars.starts(with: "0)".unicodeScalars) && (hasPlus || digits.hasPrefix("00")):
        scalars.removeFirst(2)
      case ".":
        dots += 1
        behindLastDot = 0
      case " ", "-", "(", ")", "/": continue
      default:
        let isExponent = scalar == "e" || scalar == "E"
        if isExponent, !digits.isEmpty, scalars.allSatisfy({ "+-0123456789".unicodeScalars.contains($0) }) {
          throw .rounded
        }
        guard Self.isMark(scalar) else { throw .character(scalar) }
      }
    }
    if dots == 1, (1...2).contains(behindLastDot), digits.utf8.count - behindLastDot >= 7, !hasPlus { throw .decimal }
  }

  /// Spaces, dashes, and characters that are not seen, such as marks of direction, which come along when a number is
  /// copied.
  private static func isMark(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.properties.generalCategory {
    case .dashPunctuation, .spaceSeparator, .format: true
    default: scalar == "\u{2212}" || scalar == "\t"  // minus
    }
  }
}

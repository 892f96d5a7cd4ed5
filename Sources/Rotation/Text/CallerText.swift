/// Free text from a call, made safe to store and to show: valid Unicode of at most 64 characters on one line.
package struct CallerText: Equatable, Sendable {
  package static let maximumLength = 64

  package let text: String

  /// Control characters, line separators among them, and bidirectional overrides become spaces; space at either end
  /// and anything past 64 characters is cut off. Nil where nothing is left.
  package init?(_ raw: String, maximumLength: Int = CallerText.maximumLength) {
    if Self.isClean(raw, maximumLength: maximumLength) {
      text = raw
      return
    }
    var scalars = String.UnicodeScalarView()
    var pendingSpaces = 0
    for scalar in raw.unicodeScalars {
      if scalar == " " || Self.isUnsafe(scalar) {
        if !scalars.isEmpty { pendingSpaces += 1 }
        continue
      }
      guard scalars.count + pendingSpaces < maximumLength else { break }
      for _ in 0..<pendingSpaces { scalars.append(" ") }
      pendingSpaces = 0
      scalars.append(scalar)
    }
    guard !scalars.isEmpty else { return nil }
    text = String(scalars)
  }

  /// Whether it can stay as it is. This is checked first, because nearly all text from calls is plain ASCII.
  static func isClean(_ raw: String, maximumLength: Int = CallerText.maximumLength) -> Bool {
    let (utf8, space) = (raw.utf8, UInt8(ascii: " "))
    guard let first = utf8.first, let last = utf8.last, first != space, last != space else { return false }
    return utf8.count <= maximumLength && utf8.allSatisfy { (space..<0x7F).contains($0) }
  }

  /// Whether it would act as a command to a terminal or end a line.
  package static func isUnsafe(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0..<0x20, 0x7F..<0xA0, 0x200E...0x200F, 0x2028...0x202E, 0x2066...0x2069: true
    default: false
    }
  }
}

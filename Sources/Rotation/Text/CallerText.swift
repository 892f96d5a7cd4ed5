internal import PlainText

/// Text from a call, made safe to store and to show: valid Unicode on one line, and no longer than it may be. Free text
/// is cut, a name is refused (`init(name:of:)`).
package struct CallerText: Equatable, Sendable {
  package static let maximumLength = 64
  /// Asterisk's own name for a call has 150 characters at most, `;2` at the end of a Local channel's among them
  /// (`AST_MAX_UNIQUEID` in channel.h).
  package static let maximumUniqueID = 150

  package let text: String

  /// Characters that do harm (`Unicode.Scalar.isUnsafe`) become spaces; space at either end and anything past 64
  /// characters is cut off. Nil where nothing is left.
  package init?(_ raw: String, maximumLength: Int = CallerText.maximumLength) {
    if Self.isClean(raw, maximumLength: maximumLength) {
      text = raw
      return
    }
    var scalars = String.UnicodeScalarView()
    // To ask the view for its count is to count it anew.
    var count = 0
    var pendingSpaces = 0
    for scalar in raw.unicodeScalars {
      if scalar == " " || scalar.isUnsafe {
        if count > 0 { pendingSpaces += 1 }
        continue
      }
      guard count + pendingSpaces < maximumLength else { break }
      for _ in 0..<pendingSpaces { scalars.append(" ") }
      scalars.append(scalar)
      count += pendingSpaces + 1
      pendingSpaces = 0
    }
    guard count > 0 else { return nil }
    text = String(scalars)
  }

  /// A name, by which somebody or something is found again. It is never cut: what two names have in common at their
  /// beginnings would be a third one, and stand for both.
  ///
  /// - Parameter what: what it is, for whoever gave it: `the agent's name`.
  /// - Throws: `refused` where it is too long.
  package init?(name raw: String, of what: String, maximumLength most: Int = CallerText.maximumLength)
    throws(StoreError)
  {
    guard let whole = CallerText(raw, maximumLength: .max) else { return nil }
    guard whole.text.utf8.count <= most || whole.text.unicodeScalars.count <= most else {
      throw .refused("\(what) is longer than \(most) characters")
    }
    self = whole
  }

  /// The name that Asterisk gives a call.
  package init?(uniqueID raw: String) throws(StoreError) {
    try self.init(name: raw, of: "the call's uniqueid", maximumLength: Self.maximumUniqueID)
  }

  /// Whether it can stay as it is. This is checked first, because nearly all text from calls is plain ASCII.
  static func isClean(_ raw: String, maximumLength: Int = CallerText.maximumLength) -> Bool {
    let (utf8, space) = (raw.utf8, UInt8(ascii: " "))
    guard let first = utf8.first, let last = utf8.last, first != space, last != space else { return false }
    return utf8.count <= maximumLength && utf8.allSatisfy { (space..<0x7F).contains($0) }
  }

  /// For those who show what was kept before a character was known to do harm.
  package static func isUnsafe(_ scalar: Unicode.Scalar) -> Bool { scalar.isUnsafe }
}

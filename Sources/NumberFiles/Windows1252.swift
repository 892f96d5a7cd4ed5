/// The encoding in which Excel saves CSV on western Windows (https://encoding.spec.whatwg.org/#windows-1252).
enum Windows1252 {
  /// Nil where a byte stands for no character.
  static func text(_ bytes: [UInt8]) -> String? {
    var scalars = String.UnicodeScalarView()
    for byte in bytes {
      switch byte {
      case 0x80...0x9F:
        guard let scalar = upper[Int(byte - 0x80)] else { return nil }
        scalars.append(scalar)
      default: scalars.append(Unicode.Scalar(byte))
      }
    }
    return String(scalars)
  }

  /// What differs from ISO 8859-1: 0x80 to 0x9F.
  private static let upper: [Unicode.Scalar?] = [
    "€", nil, "‚", "ƒ", "„", "…", "†", "‡", "ˆ", "‰", "Š", "‹", "Œ", nil, "Ž", nil,
    nil, "‘", "’", "“", "”", "•", "–", "—", "˜", "™", "š", "›", "œ", nil, "ž", "Ÿ",
  ]
}

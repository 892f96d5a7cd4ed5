import Crypto
package import Rotation

/// What the owner of a token keeps: 256 random bits as text, behind `cid_`, by which searches for leaked secrets know it.
package struct TokenText: Sendable {
  package let text: String

  private static let prefix = "cid_"

  /// A new one, from the system's random numbers.
  package static func random() -> TokenText {
    var random = SystemRandomNumberGenerator()
    let digits = (0..<4).map { _ in hexadecimal(random.next() as UInt64, digits: 16) }
    return TokenText(text: prefix + digits.joined())
  }

  package init(text: String) { self.text = text }

  /// SHA-256, in 64 hexadecimal digits: what the store keeps. A slow hash would protect no text of so many random bits
  /// better.
  package var hash: String {
    SHA256.hash(data: Array(text.utf8)).map { Self.hexadecimal(UInt64($0), digits: 2) }.joined()
  }

  private static func hexadecimal(_ number: UInt64, digits: Int) -> String {
    let text = String(number, radix: 16)
    return String(repeating: "0", count: digits - text.count) + text
  }
}

extension [Token] {
  /// The token of a text, or nil. It takes as long for a text that is wrong from its first character on as for one that is
  /// wrong in its last.
  package func token(of text: TokenText) -> Token? {
    let hash = [UInt8](text.hash.utf8)
    var found: Token?
    for token in self where token.hash.isSame(as: hash) { found = token }
    return found
  }
}

extension String {
  /// It takes as long wherever the two differ.
  func isSame(as other: [UInt8]) -> Bool {
    utf8.count == other.count && zip(utf8, other).reduce(0) { $0 | ($1.0 ^ $1.1) } == 0
  }
}

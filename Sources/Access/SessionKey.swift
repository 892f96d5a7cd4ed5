import Crypto
package import Rotation

/// Makes and reads the cookies by which a browser shows that somebody has logged in with a token. Nothing is kept of them:
/// a cookie says whose it is and until when, and nobody without the key can make one.
package struct SessionKey: Sendable {
  /// How long somebody stays logged in, in seconds: a shift.
  package static let lifetime = 12 * 3600

  /// Somebody who has logged in.
  package struct Session: Sendable {
    package let token: Token
    /// Tells it from others of the same token.
    package let name: String
    /// When it ends, in seconds since 1970-01-01 UTC.
    package let end: Int
    /// What each form of the page sends back. Another page cannot read it, so it can send none.
    package let formToken: String
  }

  private let key: SymmetricKey

  /// 32 bytes of the key.
  package let bytes: [UInt8]

  /// A new one.
  package init() { self.init(SymmetricKey(size: .bits256)) }

  /// - Parameter bytes: what another one had for its bytes; nil for any other count of them.
  package init?(bytes: [UInt8]) {
    guard bytes.count == 32 else { return nil }
    self.init(SymmetricKey(data: bytes))
  }

  private init(_ key: SymmetricKey) {
    self.key = key
    bytes = key.withUnsafeBytes { Array($0) }
  }

  // MARK: Cookies

  /// The cookie of a new session.
  package func cookie(of token: Token, at now: Int) -> String {
    var random = SystemRandomNumberGenerator()
    let name = (0..<2).map { _ in String(random.next() as UInt64, radix: 36) }.joined()
    let parts = [Self.hexadecimal(token.name.utf8), name, String(now + Self.lifetime)]
    return (parts + [code(of: parts, token)]).joined(separator: ".")
  }

  /// The session of a cookie; nil where it is none of ours, or is over, or its token was revoked.
  package func session(of cookie: String, among tokens: [Token], at now: Int) -> Session? {
    let parts = cookie.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
    guard parts.count == 4, let end = Int(parts[2]), end > now, end <= now + Self.lifetime,
      let token = tokens.first(where: { Self.hexadecimal($0.name.utf8) == parts[0] }),
      isRight(parts[3], for: Array(parts[0..<3]), token)
    else { return nil }
    let formToken = Self.hexadecimal(authentication(of: "form " + cookie))
    return Session(token: token, name: parts[1], end: end, formToken: formToken)
  }

  /// A token that was made anew under an old name has another hash, and so another code.
  private func code(of parts: [String], _ token: Token) -> String {
    Self.hexadecimal(authentication(of: "session " + (parts + [token.hash]).joined(separator: ".")))
  }

  private func isRight(_ code: String, for parts: [String], _ token: Token) -> Bool {
    code.isSame(as: Array(self.code(of: parts, token).utf8))
  }

  private func authentication(of text: String) -> HMAC<SHA256>.MAC {
    HMAC<SHA256>.authenticationCode(for: Array(text.utf8), using: key)
  }

  private static func hexadecimal(_ bytes: some Sequence<UInt8>) -> String {
    let digits = Array("0123456789abcdef")
    return String(bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] })
  }
}

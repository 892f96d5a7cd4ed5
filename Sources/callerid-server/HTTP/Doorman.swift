import Access
import Foundation
import HTTPTypes
import Hummingbird
import HummingbirdCore
import Rotation
import Synchronization

/// Looks at each request before anything is done for it: where it comes from, how many there have been, and whose token it
/// brings.
final class Doorman: Sendable {
  private let configuration: Configuration
  private let pages: PageRules
  private let sessions: SessionKeeper
  private let tokens = Mutex<[Token]>([])
  private let counts = Mutex<(second: UInt64, counts: [String: Int])>((0, [:]))

  init(_ configuration: Configuration, pages: PageRules, sessions: SessionKeeper) {
    self.configuration = configuration
    self.pages = pages
    self.sessions = sessions
  }

  /// The tokens as the store has them now.
  func know(_ tokens: [Token]) { self.tokens.withLock { $0 = tokens } }

  /// - Throws: `Refused` where it may not ask at all.
  func admit(_ request: HummingbirdCore.Request, _ context: inout WebContext) throws(Refused) {
    let isOfProxy = configuration.trustedProxies.contains { $0.contains(context.peer) }
    if isOfProxy, let asking = request.headers[.xForwardedFor] { context.address = try Self.last(of: asking) }
    context.isEncrypted = isOfProxy && request.headers[.xForwardedProto]?.lowercased() == "https"
    let address = context.address
    // Without a list whoever brings a token may come.
    let allowed = configuration.allowed
    guard !address.isEmpty, allowed.isEmpty || allowed.contains(where: { $0.contains(address) }) else {
      throw Refused(.forbidden, "the address \(address) is not allowed (--allow)")
    }
    try count(AddressRange.network(of: address))
    try pages.check(request, isOfProxy: isOfProxy)
    if let text = Self.token(in: request.headers) {
      guard let token = token(of: text) else {
        var refused = Refused(.unauthorized, "the token is not known, or was revoked")
        refused.headers[.wwwAuthenticate] = "Bearer"
        throw refused
      }
      context.token = token
    } else if Self.isForSessions(request.uri.path), let cookie = sessionCookie(in: request.headers) {
      context.session = sessions.session(of: cookie, among: tokens.withLock { $0 })
      context.token = context.session?.token
    }
    if let token = context.token { try count("token " + token.name) }
  }

  /// The token of a text; nil: it is not known.
  func token(of text: String) -> Token? { tokens.withLock { $0 }.token(of: TokenText(text: text)) }

  /// Whether who has asked might still: a token may have been revoked since, and a session may be over.
  func isStillAllowed(_ context: WebContext) -> Bool {
    guard let token = context.token, tokens.withLock({ $0.contains(token) }) else { return false }
    return context.session.map { sessions.isOpen($0) } ?? true
  }

  // MARK: Sessions

  /// A browser sends its cookies along with whatever any page has it ask for. So they count for the page alone, whose forms
  /// bring more than a cookie.
  private static func isForSessions(_ path: String) -> Bool {
    path == "/dashboard" || path.hasPrefix("/dashboard/") || ["/events", "/openapi.json"].contains(path)
  }

  private func sessionCookie(in headers: HTTPFields) -> String? {
    let name = sessions.cookieName + "="
    return headers[values: .cookie].lazy.flatMap { $0.split(separator: ";") }
      .map { $0.trimmingCharacters(in: .whitespaces) }
      .first { $0.hasPrefix(name) }.map { String($0.dropFirst(name.count)) }
  }

  /// Each proxy appends the address that it was asked by; the last is the one that the trusted one has seen.
  private static func last(of forwarded: String) throws(Refused) -> String {
    let last = forwarded.split(separator: ",").last?.trimmingCharacters(in: .whitespaces) ?? ""
    // Some proxies write the port, too.
    let address = ListenAddress.host(of: last)
    guard AddressRange.isAddress(address) else {
      throw Refused(.badRequest, "X-Forwarded-For of the proxy does not end with an address")
    }
    return address
  }

  /// - Throws: `Refused` without a token of a role.
  func require(_ role: Token.Role, _ context: WebContext) throws(Refused) {
    guard let token = context.token else {
      var refused = Refused(
        .unauthorized, "a token with the role \(role.rawValue) is needed; make one with callerid-admin token add")
      refused.headers[.wwwAuthenticate] = "Bearer"
      throw refused
    }
    guard token.role.includes(role) else {
      throw Refused(.forbidden, "the token \(token.name) has the role \(token.role.rawValue), not \(role.rawValue)")
    }
  }

  func requireAnyToken(_ context: WebContext) throws(Refused) {
    if context.token == nil { try require(.pick, context) }
  }

  /// Without a list of addresses that may ask, others than this machine need a token.
  func requireOfStrangers(_ role: Token.Role, _ context: WebContext) throws(Refused) {
    let isLocal = AddressRange.loopback.contains { $0.contains(context.address) }
    if configuration.allowed.isEmpty, !isLocal { try require(role, context) }
  }

  func requireForPick(_ context: WebContext) throws(Refused) {
    if configuration.asksPickToken { try require(.pick, context) }
  }

  private static func token(in headers: HTTPFields) -> String? {
    if let text = headers[.xAdminToken] ?? headers[.xAPIKey] { return text }
    guard let text = headers[.authorization], text.lowercased().hasPrefix("bearer ") else { return nil }
    return String(text.dropFirst(7)).trimmingCharacters(in: .whitespaces)
  }

  private func count(_ who: String) throws(Refused) {
    let second = Monotonic.now / 1_000_000_000
    let count = counts.withLock { state in
      if state.second != second { state = (second, [:]) }
      state.counts[who, default: 0] += 1
      return state.counts[who] ?? 0
    }
    guard count > configuration.rate else { return }
    // What it has sent already would be answered before anybody else's next request.
    var refused = Refused(.tooManyRequests, "Too many requests", retryAfter: 1)
    refused.headers[.connection] = "close"
    throw refused
  }
}

extension HTTPField.Name {
  static let xForwardedFor = HTTPField.Name("X-Forwarded-For")!
  static let xForwardedProto = HTTPField.Name("X-Forwarded-Proto")!
  static let xAdminToken = HTTPField.Name("X-Admin-Token")!
  static let xAPIKey = HTTPField.Name("x-api-key")!
}

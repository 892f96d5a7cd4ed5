import Glibc
import HTTPTypes
import Hummingbird
import HummingbirdCore

/// What pages in browsers may do. A browser on a machine that may ask carries the requests of any page that is open in it,
/// so that a page from anywhere could use up the numbers.
struct PageRules: Sendable {
  /// Whose pages may ask and read the answers, besides this server's own.
  private let corsOrigin: String?
  /// The names by which this server is known, in small letters; nil: any, because a certificate says it.
  private let names: [String]?

  init(corsOrigin: String?, serverNames: [String], isEncrypted: Bool) {
    self.corsOrigin = corsOrigin
    names = isEncrypted ? nil : (serverNames + [Self.nameOfMachine]).map { $0.lowercased() }
  }

  private static var nameOfMachine: String {
    var name = [CChar](repeating: 0, count: 256)
    guard gethostname(&name, name.count - 1) == 0 else { return "localhost" }
    return String(decoding: name.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
  }

  // MARK: Requests

  /// - Parameter isOfProxy: a proxy that is trusted has sent it, which looks after names itself.
  /// - Throws: `Refused` for what comes from a page of another origin.
  func check(_ request: HummingbirdCore.Request, isOfProxy: Bool) throws(Refused) {
    // Many proxies ask by an address of their own, and say by which name they were asked.
    let forwarded = isOfProxy ? request.headers[.xForwardedHost]?.split(separator: ",").last.map(String.init) : nil
    let authority = forwarded?.trimmingPrefix { $0 == " " }.description ?? request.head.authority
    let origin = request.headers[.origin]
    if !isOfProxy, let host = authority.map(ListenAddress.host), !isOurs(host: host) {
      throw Refused(.misdirectedRequest, "this server is not known as \(host) (--server-name)")
    }
    let isAllowed = origin == nil || origin == corsOrigin || origin?.hasSuffix("//" + (authority ?? "")) == true
    // Somebody who follows a link to the page from elsewhere only looks.
    let isLink =
      request.method == .get && request.headers[.secFetchMode] == "navigate" && request.uri.path.hasPrefix("/dashboard")
    guard isAllowed, isLink || origin != nil || request.headers[.secFetchSite] != "cross-site" else {
      throw Refused(
        .forbidden, "pages of other origins may not ask (--cors); a proxy in front of this server has to pass on Host")
    }
  }

  /// Whoever owns a name in the DNS can let it lead to an address of this network, and a page of that name is then of the
  /// same origin as this server (DNS rebinding). Nobody owns an address, or a name without a dot.
  private func isOurs(host: String) -> Bool {
    guard let names else { return true }
    let host = host.lowercased()
    return !host.contains(".") || AddressRange.isAddress(host) || names.contains(host)
  }

  // MARK: Answers

  /// What a browser is told that asks whether a page may send what it is about to send
  /// (https://fetch.spec.whatwg.org/#cors-preflight-fetch); nil: it does not ask that.
  ///
  /// - Parameter methods: with which the path is asked; looked up only for who asks that.
  func preflight(_ request: HummingbirdCore.Request, methods: @autoclosure () -> [String]) -> Response? {
    guard request.method == .options, let corsOrigin, request.headers[.origin] == corsOrigin,
      request.headers[.accessControlRequestMethod] != nil
    else { return nil }
    var response = Response(status: .noContent)
    response.headers[.accessControlAllowMethods] = methods().joined(separator: ", ")
    response.headers[.accessControlAllowHeaders] = "Authorization, Content-Type, X-Admin-Token, x-api-key"
    response.headers[.accessControlMaxAge] = "600"
    return response
  }

  /// Lets pages of the origin that is allowed read the answer.
  func add(to headers: inout HTTPFields) {
    guard let corsOrigin else { return }
    headers[.accessControlAllowOrigin] = corsOrigin
    headers[.vary] = "Origin"
  }
}

extension HTTPField.Name {
  static let xForwardedHost = HTTPField.Name("X-Forwarded-Host")!
  static let secFetchSite = HTTPField.Name("Sec-Fetch-Site")!
  static let secFetchMode = HTTPField.Name("Sec-Fetch-Mode")!
}

import Access
import Dashboard
import Foundation
import HTTPTypes
import Hummingbird
import HummingbirdCore
import Rotation
import Synchronization
import WebCalls

/// What all views of the page share: who may see them, what stands around them, and what is shown where one fails.
final class PageFrame: Sendable {
  let doorman: Doorman
  let sessions: SessionKeeper
  private let office: StoreOffice
  private let path: String
  private let isEncrypted: Bool
  private let hasEnded = Atomic(false)
  /// What is to be told on a session's next page, by the session's name.
  private let notices = Mutex<[String: Notice]>([:])

  init(doorman: Doorman, sessions: SessionKeeper, office: StoreOffice, path: String, isEncrypted: Bool) {
    self.doorman = doorman
    self.sessions = sessions
    self.office = office
    self.path = path
    self.isEncrypted = isEncrypted
  }

  /// Whether the server is about to end: what goes on without an end has to end then.
  var isEnding: Bool { hasEnded.load(ordering: .relaxed) }

  func end() { hasEnded.store(true, ordering: .relaxed) }

  // MARK: Views

  /// The page with a view, or the way in for somebody who has not logged in.
  func response<Shown: View>(
    to request: HummingbirdCore.Request, _ context: WebContext,
    _ view: @Sendable (WebContext) async throws -> Shown
  ) async throws -> Response {
    guard context.token != nil else { return redirect(to: Self.login(for: request)) }
    do {
      try doorman.require(.read, context)
      return try await page(view(context), context)
    } catch let error as StoreError {
      return try await failure(Refused(error), context)
    } catch let refused as Refused {
      return try await failure(refused, context)
    }
  }

  /// A page that says why there is no other.
  ///
  /// - Parameter again: where it can be tried again; nil: at the same address.
  func failure(_ refused: Refused, _ context: WebContext, again: String? = nil) async throws -> Response {
    let title = refused.status == .notFound ? "Not found" : refused.status == .forbidden ? "Not allowed" : "Not now"
    var response = try await page(
      Failure(
        title: title, text: Self.sentence(refused.detail),
        again: context.token == nil ? Query.path("/dashboard/login", ["target": again ?? ""]) : again ?? ""), context)
    response.status = refused.status
    if let retryAfter = refused.retryAfter { response.headers[.retryAfter] = "\(retryAfter)" }
    return response
  }

  private static func sentence(_ text: String) -> String { text.prefix(1).uppercased() + text.dropFirst() + "." }

  /// Has the next page of a session say what was done.
  func tell(_ notice: Notice, _ context: WebContext) {
    guard let session = context.session else { return }
    notices.withLock { notices in
      // Those of sessions that did not ask for a page any more.
      if notices.count >= 1000 { notices = [:] }
      notices[session.name] = notice
    }
  }

  func page<Shown: View>(_ view: Shown, _ context: WebContext) async throws -> Response {
    let notice = context.session.flatMap { session in notices.withLock { $0.removeValue(forKey: session.name) } }
    let named = (try? await office.ask { Setting.timeZone.value(in: $0.settings) }) ?? ""
    let zone = named.isEmpty ? "that of the dialer" : named
    let viewer = context.token.map {
      Viewer(name: $0.name, mayWrite: $0.role.includes(.write), formToken: context.session?.formToken ?? "")
    }
    let page = try Page(
      view,
      Surroundings(viewer: viewer, store: path, zone: zone, version: Version.text.description, notice: notice))
    var headers = HTTPFields()
    headers[.contentSecurityPolicy] =
      "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; connect-src 'self'; form-action 'self'; "
      + "base-uri 'none'; frame-ancestors 'none'"
    return Response.text(page.html, type: "text/html; charset=utf-8", headers: headers)
  }

  func asset(_ asset: Asset) -> Response {
    var headers = HTTPFields()
    // Its address changes when it does.
    headers[.cacheControl] = "public, max-age=31536000, immutable"
    return Response.text(String(decoding: asset.bytes, as: UTF8.self), type: asset.type, headers: headers)
  }

  // MARK: Forms

  /// - Throws: `Refused` for somebody who is not logged in, or not so that it may be changed.
  func require(_ role: Token.Role, _ context: WebContext) throws(Refused) {
    guard context.token != nil else {
      // Nobody looks after what a form has in it meanwhile: browsers show it again when one goes back.
      throw Refused(.unauthorized, "nothing was changed, because you are logged in no longer. Log in, and do it again")
    }
    try doorman.require(role, context)
  }

  /// Does what a form asks for, and leads to a view that says what was done, or why it was not.
  func act(
    _ request: HummingbirdCore.Request, _ context: WebContext, leadingTo address: String,
    _ body: @Sendable (WebParameters) async throws -> Notice
  ) async throws -> Response {
    do {
      let form = try await form(of: request, context)
      try require(.write, context)
      do {
        tell(try await body(form), context)
      } catch let error as StoreError {
        tell(Notice("Nothing was changed: \(error.description).", isError: true), context)
      }
      return redirect(to: form["back"] == Place.burnt.rawValue ? Place.burnt.path : address)
    } catch let refused as Refused {
      return try await failure(refused, context, again: address)
    }
  }

  /// The fields of a form, if it is the page's own.
  ///
  /// - Parameter most: the most bytes that it may have.
  func form(of request: HummingbirdCore.Request, _ context: WebContext, upTo most: Int = 64 * 1024) async throws
    -> WebParameters
  {
    let form = try await request.bodyParameters(upTo: most)
    if let session = context.session, form["form"] != session.formToken {
      throw Refused(.forbidden, "this form is not of the page that you are logged in to. Go back and load it again")
    }
    return form
  }

  // MARK: The way in and out

  private static func login(for request: HummingbirdCore.Request) -> String {
    let target = request.method == .get ? request.uri.string : ""
    return Query.path("/dashboard/login", ["target": target == "/dashboard" ? "" : target])
  }

  func redirect(to address: String, cookie: String? = nil) -> Response {
    var headers = HTTPFields()
    headers[.location] = address
    if let cookie { headers[.setCookie] = cookie }
    return Response(status: .seeOther, headers: headers)
  }

  /// The field that sets the session's cookie, or takes it away.
  func cookie(_ value: String?, _ context: WebContext) -> String {
    let name = sessions.cookieName
    let life = value == nil ? 0 : SessionKey.lifetime
    return "\(name)=\(value ?? ""); Path=/; Max-Age=\(life); HttpOnly; SameSite=Lax"
      + (isEncrypted || context.isEncrypted ? "; Secure" : "")
  }
}

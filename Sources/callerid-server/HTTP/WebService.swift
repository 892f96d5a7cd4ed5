import Foundation
import HTTPTypes
import Hummingbird
import HummingbirdCore
import Logging
import NIOCore
import NIOHTTP1
import NIOSSL
import Rotation

/// HTTP on one or several sockets: gives each connection its handlers, each request its answer, and each answer the fields
/// that it needs.
struct WebService: Sendable {
  private let responder: RouterResponder<WebContext>
  private let doorman: Doorman
  private let pages: PageRules
  private let methods: RouteMethods
  private let certificate: Certificate?
  private let log: Logger

  init(
    _ router: Router<WebContext>, doorman: Doorman, pages: PageRules, certificate: Certificate?, log: Logger
  ) {
    responder = router.buildResponder()
    methods = RouteMethods(router.routes.map { ("\($0.path)", $0.method.rawValue) })
    self.doorman = doorman
    self.pages = pages
    self.certificate = certificate
    self.log = log
  }

  /// More than any client sends (in bytes, and fields): what is longer is no request.
  private static let limits: NIOHTTPDecoderLimitConfiguration = {
    var limits = NIOHTTPDecoderLimitConfiguration()
    limits.maxHeaderFieldSize = 16 * 1024
    limits.maxHeaderListSize = 32 * 1024
    limits.maxHeaderFieldCount = 100
    return limits
  }()

  func listener(
    on place: Listener.Place, gate: @escaping @Sendable () -> Gate, loops: any EventLoopGroup,
    watches: [ObjectIdentifier: NIOLoopBound<Watch>]
  ) async throws -> Listener {
    try await Listener(on: place, gate: gate, loops: loops) { channel in
      guard let watch = watches[ObjectIdentifier(channel.eventLoop)] else { throw ChannelError.operationUnsupported }
      let pipeline = channel.pipeline.syncOperations
      if let certificate { try pipeline.addHandler(NIOSSLServerHandler(context: certificate.context)) }
      // Answers are checked by Swift's HTTP types already.
      try pipeline.configureHTTPServerPipeline(
        withPipeliningAssistance: false, withErrorHandling: false, withOutboundHeaderValidation: false,
        withEncoderConfiguration: .init(), withDecoderLimitConfiguration: Self.limits)
      try pipeline.addHandler(
        WebConnection(
          watch: watch.value, executor: LoopExecutor(channel.eventLoop), refuse: { malformed() },
          respond: { await respond(to: $0, on: $1) }))
    }
  }

  private func malformed() -> Response {
    var response = Refused(.badRequest, "this is no request of HTTP/1").response
    addFields(to: &response)
    return response
  }

  private func respond(to request: HummingbirdCore.Request, on channel: any Channel) async -> Response {
    var context = WebContext(source: .init(channel: channel, logger: log))
    var response: Response
    do {
      try doorman.admit(request, &context)
      response =
        if let preflight = pages.preflight(request, methods: methods.of(request.uri.path)) {
          preflight
        } else {
          try await responder.respond(to: request, context: context)
        }
      // Where it has no route the router answers itself, without a body and without throwing; each route's own answer
      // has a type.
      if response.status == .notFound, response.headers[.contentType] == nil {
        response = unknown(request).response
      }
    } catch let refused as Refused {
      response = refused.response
    } catch {
      log.error("an answer failed: \(error)")
      response = Refused(.internalServerError, "the server has failed").response
    }
    addFields(to: &response)
    log.debug(
      "http",
      metadata: [
        "method": "\(request.method)", "path": "\(request.uri.path)", "status": "\(response.status.code)",
      ])
    return response
  }

  private func unknown(_ request: HummingbirdCore.Request) -> Refused {
    let (path, methods) = (request.uri.path, methods.of(request.uri.path))
    guard !methods.isEmpty else { return Refused(.notFound, "there is no \(path)") }
    var refused = Refused(
      .methodNotAllowed, "\(path) is asked with \(methods.joined(separator: " or ")), not with \(request.method)")
    refused.headers[.allow] = methods.joined(separator: ", ")
    return refused
  }

  private func addFields(to response: inout Response) {
    // What is answered is for whoever has asked, now.
    if response.headers[.cacheControl] == nil { response.headers[.cacheControl] = "no-store" }
    response.headers[.xContentTypeOptions] = "nosniff"
    if response.headers[.contentSecurityPolicy] == nil {
      response.headers[.contentSecurityPolicy] = "default-src 'none'; frame-ancestors 'none'"
    }
    response.headers[.referrerPolicy] = "same-origin"
    if certificate != nil { response.headers[.strictTransportSecurity] = "max-age=31536000" }
    pages.add(to: &response.headers)
  }
}

extension HTTPField.Name {
  static let contentSecurityPolicy = HTTPField.Name("Content-Security-Policy")!
  static let referrerPolicy = HTTPField.Name("Referrer-Policy")!
}

import Glibc
import HTTPTypes
import Hummingbird
import HummingbirdCore
import Output
import Rotation

/// What watches the server, and what describes it.
struct ServiceRoutes: Sendable {
  let writer: StoreWriter
  let reader: StoreOffice
  let measures: Measures
  let doorman: Doorman

  func add(to router: Router<WebContext>) {
    router.get("/health") { _, _ in try await health() }
    // Load balancers ask so.
    router.head("/health") { _, _ in try await health().createHeadResponse() }
    router.get("/openapi.json") { _, context in
      try doorman.requireAnyToken(context)
      return Response.text(Self.description, type: "application/json")
    }
    router.get("/metrics") { _, context in
      try doorman.requireOfStrangers(.read, context)
      return Response.text(
        MetricsText(measures.now, waiting: writer.waiting, numbers: await numbers()).text,
        type: "text/plain; version=0.0.4; charset=utf-8")
    }
  }

  /// The interface, for programs that make clients of it (https://spec.openapis.org/oas/v3.1.1.html).
  private static let description = String(decoding: PackageResources.OpenAPI_json, as: UTF8.self)

  /// Whether a request would be answered: one that changes nothing goes the way of all others.
  private func health() async throws -> Response {
    do throws(StoreError) {
      try await writer.ask(until: .after(milliseconds: 1000)) { _ in }
      return .json(Self.health("ok", store: "ok"))
    } catch {
      return .json(Self.health("error", store: error.message), status: .serviceUnavailable)
    }
  }

  private static func health(_ status: String, store: String) -> JSON {
    .object([
      ("status", .text(status)), ("store", .text(store)), ("time", JSON(time: Int(time(nil)))),
      ("version", .text(Version.text.description)),
    ])
  }

  private func numbers() async -> Statistics? { try? await reader.ask { try $0.statistics() } }
}

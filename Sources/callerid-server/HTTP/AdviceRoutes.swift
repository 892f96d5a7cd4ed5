import Hummingbird
import HummingbirdCore
import Output
import Rotation
import WebCalls

/// What the store advises: the JSON of the commands that look through the whole request log. They have a thread of their
/// own, because one of them may take seconds, in which others that read are not to wait.
struct AdviceRoutes: Sendable {
  let reporter: StoreOffice
  let doorman: Doorman

  func add(to router: Router<WebContext>) {
    router.get("/requests/{request}") { request, context in
      _ = try request.queryParameters(allowing: [])
      let text = context.parameters.get("request") ?? ""
      guard let id = Int(text), id > 0 else {
        throw Refused(.unprocessableContent, "a request is a whole number from 1, not \(text)")
      }
      return try await report(context) { store in JSON(try store.why(request: id), in: store.settings.calendar) }
    }
  }

  private func report(
    _ context: WebContext, _ body: @escaping @Sendable (Store) throws -> JSON
  ) async throws -> Response {
    try doorman.require(.read, context)
    do throws(StoreError) {
      return .json(try await reporter.ask(body))
    } catch {
      throw Refused(error)
    }
  }
}

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
    router.get("/burnt") { request, context in
      let parameters = try request.queryParameters(allowing: ["since", "pool", "all"])
      let since = try parameters.since() ?? .aWeekAgo
      let isForAll = try parameters.flag("all") ?? false
      let pool = parameters["pool"]
      return try await report(context) { store in
        let rows = try store.burnt(since: since.past(at: store.moment), pool: pool, listingAll: isForAll).rows
        let fields = Fields.burnt(at: store.moment.now)
        return .list(rows.filter { isForAll || $0.verdict == .burnt }.map(fields.object(of:)))
      }
    }
    router.get("/forecast") { request, context in
      let parameters = try request.queryParameters(allowing: ["since", "match", "area"])
      let since = try parameters.since() ?? .aWeekAgo
      guard let match = ForecastReport.Place(rawValue: parameters["match"] ?? "area") else {
        throw Refused(.unprocessableContent, "match is area or region, not \(parameters["match"] ?? "")")
      }
      let area = parameters["area"]
      return try await report(context) { store in
        let forecast = try store.forecast(since: since.past(at: store.moment), by: match)
        let rows = area.map(forecast.rows(of:)) ?? forecast.rows
        return .list(rows.map(Fields.forecast(by: match).object(of:)))
      }
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

extension WebParameters {
  /// Whether a parameter says yes; nil where it is not given.
  fileprivate func flag(_ name: String) throws(Refused) -> Bool? {
    guard let text = self[name] else { return nil }
    guard let flag = YesNo.read(text) else { throw Refused(.unprocessableContent, "\(name) is yes or no, not \(text)") }
    return flag
  }
}

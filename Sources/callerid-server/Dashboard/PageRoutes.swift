import Access
import Dashboard
import Foundation
import HTTPTypes
import Hummingbird
import HummingbirdCore
import NumberFiles
import Output
import Rotation
import WebCalls

/// The page that people look at: its views, and the way in.
struct PageRoutes: Sendable {
  let reader: StoreOffice
  let lookout: Lookout
  let advice: Advice
  let frame: PageFrame
  let measures: Measures

  /// Requests that a search looks through before it asks whether to go on: a fifth of a second.
  private static let mostRequests = 200_000
  private static let requestsOnPage = 50
  private static let mostNumbers = 10_000
  private static let numbersOnPage = 100
  private static let mostChanges = 20_000
  private static let changesOnPage = 100
  /// Days of a number that are shown.
  private static let days = 90

  func add(to router: Router<WebContext>) {
    router.get("/dashboard") { request, context in
      try await show(request, context) { _, _ in try await lookout.sight().overview }
    }
    router.get("/dashboard/supply") { request, context in
      try await show(request, context) { parameters, _ in
        let (pool, area) = (parameters["pool"] ?? "", parameters["area"] ?? "")
        let found = advice.forecast.latest()
        return try await reader.ask { store in
          SupplyView(
            found?.report, pool: pool, area: area, at: found?.at ?? 0, since: Advice.since(found?.at ?? 0),
            in: store.settings.calendar)
        }
      }
    }
    router.get("/dashboard/burnt") { request, context in
      try await show(request, context) { _, _ in
        let found = advice.burnt.latest()
        return try await reader.ask { store in
          // Somebody may have put them to rest since.
          let numbers = Burnt.burnt(of: found?.report).compactMap { try? store.find($0.number.phone) }
          return Burnt(
            found?.report, now: Dictionary(numbers.map { ($0.phone.e164, $0) }) { $1 }, at: found?.at ?? 0,
            since: Advice.since(found?.at ?? 0), moment: store.moment)
        }
      }
    }
    router.get("/dashboard/numbers") { request, context in try await numbers(request, context) }
    router.get("/dashboard/numbers/{number}") { request, context in try await number(request, context) }
    router.get("/dashboard/calls") { request, context in try await calls(request, context) }
    router.get("/dashboard/calls/{request}") { request, context in
      let id = Int(context.parameters.get("request") ?? "") ?? 0
      return try await show(request, context) { _, _ in
        try await reader.ask { store in
          CallView(try store.why(request: id, lookingThrough: Self.mostRequests), in: store.settings.calendar)
        }
      }
    }
    router.get("/dashboard/campaigns") { request, context in
      try await show(request, context) { _, _ in
        let counts = try await lookout.sight().counts
        return try await reader.ask { store in
          let campaigns = try store.campaigns(configuredOrNamed: Campaigns.busiest(counts.campaigns))
          let agents = try store.agents(named: Campaigns.busiest(counts.agents))
          return Campaigns(campaigns, agents, counts, at: store.moment)
        }
      }
    }
    router.get("/dashboard/campaigns/{campaign}") { request, context in
      let name = context.text("campaign")
      return try await show(request, context) { _, _ in
        try await reader.ask { store in
          guard let name = CallerText(name) else { throw StoreError(.unknown, "there is no campaign \(name)") }
          return CampaignView(try store.campaign(named: name), at: store.moment)
        }
      }
    }
    router.get("/dashboard/audit") { request, context in try await audit(request, context) }
    for asset in Asset.allCases {
      router.get("/dashboard/\(asset.rawValue)") { _, _ in frame.asset(asset) }
    }
    router.get("/events") { request, context in try await events(request, context) }
  }

  private func show<Shown: View>(
    _ request: HummingbirdCore.Request, _ context: WebContext,
    _ view: @Sendable (WebParameters, WebContext) async throws -> Shown
  ) async throws -> Response {
    try await frame.response(to: request, context) { context in
      try await view(try request.queryParameters(), context)
    }
  }

  // MARK: Numbers

  private func numbers(_ request: HummingbirdCore.Request, _ context: WebContext) async throws -> Response {
    try await show(request, context) { parameters, _ in
      let (search, pool, state) = (parameters["q"] ?? "", parameters["pool"] ?? "", parameters["state"] ?? "")
      var filter = NumberFilter()
      filter.digits = search
      filter.pool = pool.isEmpty ? nil : pool
      filter.isFree = ["free": true, "asleep": false][state]
      let (wanted, after) = (filter, parameters["after"])
      return try await reader.ask { store in
        let found = try store.numbers(
          wanted, after: after, atMost: Self.numbersOnPage, lookingThrough: Self.mostNumbers)
        let more = found.next.map { Query.text(["q": search, "pool": pool, "state": state, "after": $0]) }
        return Numbers(
          found.numbers, search: search, pool: pool, state: state, pools: try store.names(of: .pool),
          looked: found.looked, more: more, at: store.moment)
      }
    }
  }

  private func number(_ request: HummingbirdCore.Request, _ context: WebContext) async throws -> Response {
    let text = context.text("number")
    return try await show(request, context) { _, _ in
      try await reader.ask { store in
        let number = try store.find(store.phone(text))
        var filter = RequestFilter()
        filter.number = number.phone
        let log = try store.requests(
          last: 1000, filter, before: nil, lookingThrough: Self.mostRequests)
        let changes = try store.auditEntries(
          last: 20, what: number.phone.written, lookingThrough: Self.mostChanges)
        return NumberView(
          number, history: try store.history(of: number, days: Self.days), log: log.requests,
          looked: Self.mostRequests, changes: changes, at: store.moment)
      }
    }
  }

  // MARK: Calls

  private func calls(_ request: HummingbirdCore.Request, _ context: WebContext) async throws -> Response {
    try await show(request, context) { parameters, _ in
      var given: [String: String] = [:]
      for name in Calls.names.map(\.name) + ["status"] { given[name] = parameters[name] }
      let (asked, before) = (given, parameters["before"].flatMap { Int($0) })
      return try await reader.ask { store in
        do {
          let found = try store.requests(
            last: Self.requestsOnPage, Self.filter(asked, in: store), before: before,
            lookingThrough: Self.mostRequests)
          let more = found.next.map { Query.text(asked.merging(["before": String($0)]) { $1 }) }
          return Calls(found, given: asked, more: more, error: nil, in: store.settings.calendar)
        } catch let error as StoreError where error.kind == .refused {
          return Calls(
            FoundRequests.none, given: asked, more: nil, error: error.description, in: store.settings.calendar)
        }
      }
    }
  }

  private static func filter(_ given: [String: String], in store: Store) throws -> RequestFilter {
    func text(_ name: String) -> String? { given[name].flatMap { $0.isEmpty ? nil : $0 } }
    var filter = RequestFilter()
    filter.destination = text("destination")
    filter.number = try text("number").map { (text) throws(StoreError) in try store.phone(text) }
    (filter.campaign, filter.agent, filter.callCode) = (text("campaign"), text("agent"), text("code"))
    filter.status = text("status").flatMap(Status.init(rawValue:))
    if let lead = text("lead") {
      guard let number = Int(lead), (1...9_999_999_999).contains(number) else {
        throw StoreError(.refused, "a lead is a number from 1 to 9999999999, not \(lead)")
      }
      filter.lead = number
    }
    return filter
  }

  // MARK: Audit

  private func audit(_ request: HummingbirdCore.Request, _ context: WebContext) async throws -> Response {
    try await show(request, context) { parameters, _ in
      let (who, what) = (parameters["who"] ?? "", parameters["what"] ?? "")
      let before = parameters["before"].flatMap { Int($0) }
      return try await reader.ask { store in
        let entries = try store.auditEntries(
          last: Self.changesOnPage, before: before, who: who, what: what, lookingThrough: Self.mostChanges)
        let next = entries.count == Self.changesOnPage ? entries.last?.id : nil
        let more = next.map { Query.text(["who": who, "what": what, "before": String($0)]) }
        return AuditView(
          entries, undoable: try store.undoable(among: entries), who: who, what: what, more: more,
          in: store.settings.calendar)
      }
    }
  }

  // MARK: What changes

  /// Tells what has changed of the overview, once a second at most (https://html.spec.whatwg.org/#server-sent-events).
  private func events(_ request: HummingbirdCore.Request, _ context: WebContext) async throws -> Response {
    try frame.doorman.require(.read, context)
    var headers = HTTPFields()
    headers[.contentType] = "text/event-stream; charset=utf-8"
    // Proxies that keep answers back until they are whole would keep this one for ever.
    headers[.xAccelBuffering] = "no"
    headers[.cacheControl] = "no-store, no-transform"
    let body = ResponseBody { [lookout, frame, measures] writer in
      measures.followers(1)
      defer { measures.followers(-1) }
      var shown: [String: String] = [:]
      var quiet = 0
      while !frame.isEnding {
        guard frame.doorman.isStillAllowed(context) else {
          try await writer.write(ByteBuffer(string: "event: end\ndata: \n\n"))
          break
        }
        let parts = (try? await lookout.sight().parts) ?? [:]
        let changed = parts.filter { shown[$0.key] != $0.value }
        if !changed.isEmpty || quiet >= 15 {
          let data = JSON.object(changed.sorted { $0.key < $1.key }.map { ($0.key, .text($0.value)) })
          // JSON has no line ends in its texts.
          try await writer.write(ByteBuffer(string: "event: parts\ndata: \(data)\n\n"))
          shown.merge(changed) { $1 }
          quiet = 0
        }
        quiet += 1
        try await Task.sleep(for: .seconds(1))
      }
      try await writer.finish(nil)
    }
    return Response(status: .ok, headers: headers, body: body)
  }
}

extension HTTPField.Name {
  static let xAccelBuffering = HTTPField.Name("X-Accel-Buffering")!
}

extension WebContext {
  /// A part of the path, as it was meant.
  func text(_ parameter: String) -> String {
    let text = parameters.get(parameter) ?? ""
    return text.removingPercentEncoding ?? text
  }
}

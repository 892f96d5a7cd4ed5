import Foundation
import HTTPTypes
import Hummingbird
import HummingbirdCore
import NumberFiles
import Output
import Rotation
import WebCalls

/// What operators' programs ask: the JSON of `callerid-admin`'s commands, and changes with a token of the role `write`.
struct OperatorRoutes: Sendable {
  let reader: StoreOffice
  let editor: StoreOffice
  let doorman: Doorman

  /// Numbers on one page of `/numbers`.
  private static let page = 1000
  private static let largestPage = 10_000

  func add(to router: Router<WebContext>) {
    router.post("/add-number") { request, context in try await addNumber(request, context) }
    router.get("/numbers") { request, context in try await numbers(request, context) }
    router.get("/numbers/{number}") { request, context in
      let number = context.text("number")
      return try await read(context) { store in try Self.details(of: store.find(store.phone(number)), in: store) }
    }
    router.patch("/numbers/{number}") { request, context in try await changeNumber(request, context) }
    router.delete("/numbers/{number}") { request, context in try await removeNumber(request, context) }
    router.get("/campaigns") { request, context in
      try allow([], in: request)
      return try await read(context) { store in
        try Self.list(store.campaigns(), Fields.campaigns(at: store.moment))
      }
    }
    router.get("/campaigns/{campaign}") { request, context in
      let campaign = try self.campaign(in: context)
      return try await read(context) { store in
        try Fields.campaigns(at: store.moment).object(of: store.campaign(named: campaign))
      }
    }
    router.patch("/campaigns/{campaign}") { request, context in try await changeCampaign(request, context) }
    router.delete("/campaigns/{campaign}") { request, context in
      let campaign = try self.campaign(in: context)
      _ = try await write(context) { store in
        _ = try store.campaign(named: campaign)
        try store.remove(campaign: campaign)
      }
      return Response(status: .noContent)
    }
    router.get("/requests") { request, context in try await requests(request, context) }
    router.get("/reservations") { request, context in
      try allow([], in: request)
      return try await read(context) { store in try Self.list(store.reservations(), Fields.reservations) }
    }
    router.get("/stats") { request, context in try await statistics(request, context) }
    router.get("/explain") { request, context in try await explain(request, context) }
  }

  // MARK: Asking the store

  private func read(_ context: WebContext, _ body: @escaping @Sendable (Store) throws -> JSON) async throws -> Response
  {
    try doorman.require(.read, context)
    return .json(try await answer { () throws(StoreError) in try await reader.ask(body) })
  }

  private func write<Answer: Sendable>(
    _ context: WebContext, _ body: @escaping @Sendable (Store) throws -> Answer
  ) async throws -> Answer {
    try doorman.require(.write, context)
    return try await answer { () async throws(StoreError) in try await editor.ask(by: context.author, body) }
  }

  private func answer<Answer>(_ body: () async throws(StoreError) -> Answer) async throws(Refused) -> Answer {
    do throws(StoreError) {
      return try await body()
    } catch {
      throw Refused(error)
    }
  }

  private static func list<Row>(_ rows: [Row], _ fields: [Field<Row>]) -> JSON { .list(rows.map(fields.object(of:))) }

  private static func details(of number: Number, in store: Store) -> JSON {
    let moment = store.moment
    return (Fields.numbers(at: moment) + Fields.numberDetails(at: moment)).object(of: number)
  }

  private func campaign(in context: WebContext) throws -> CallerText {
    do {
      guard let name = try CallerText(name: context.text("campaign"), of: "the campaign's name") else {
        throw Refused(.unprocessableContent, "the campaign needs a name")
      }
      return name
    } catch let error as StoreError { throw Refused(error) }
  }

  @discardableResult
  private func allow(_ names: [String], in request: HummingbirdCore.Request) throws -> WebParameters {
    try request.queryParameters(allowing: names)
  }

  // MARK: Numbers

  private func addNumber(_ request: HummingbirdCore.Request, _ context: WebContext) async throws -> Response {
    try doorman.require(.write, context)
    let parameters = try await request.bodyParameters()
    guard let callerID = parameters["caller_id"] else { throw Refused(.unprocessableContent, "caller_id is missing") }
    let (fields, ignored) = try Self.fields(in: parameters, but: ["caller_id"])
    let number = try await write(context) { store in
      let number = try store.put(store.phone(callerID), fields).number
      return Self.details(of: number, in: store)
    }
    return .json(number.adding("ignored", .list(ignored.map { .text($0) })), status: .created)
  }

  private func changeNumber(_ request: HummingbirdCore.Request, _ context: WebContext) async throws -> Response {
    try doorman.require(.write, context)
    let callerID = context.text("number")
    let parameters = try await request.bodyParameters()
    let rest = try Self.rest(in: parameters)
    let (fields, ignored) = try Self.fields(in: parameters, but: ["resting_until", "rest_reason"])
    guard ignored.isEmpty else { throw Refused(.unprocessableContent, "unknown field \(ignored[0])") }
    return .json(
      try await write(context) { store in
        let phone = try store.phone(callerID)
        var number = try store.find(phone)
        if !fields.isEmpty { number = try store.change(phone, fields) }
        if let rest {
          try store.rest([phone], until: rest.until, reason: rest.reason)
          number = try store.find(phone)
        }
        return Self.details(of: number, in: store)
      })
  }

  private func removeNumber(_ request: HummingbirdCore.Request, _ context: WebContext) async throws -> Response {
    let callerID = context.text("number")
    let isForced = try allow(["force"], in: request)["force"].flatMap(YesNo.read) ?? false
    do {
      try await write(context) { store in
        let phone = try store.phone(callerID)
        _ = try store.find(phone)
        try store.remove([phone], evenIfUsed: isForced)
      }
    } catch let refused as Refused where refused.status == .unprocessableContent {
      throw Refused(.conflict, refused.detail)
    }
    return Response(status: .noContent)
  }

  /// The fields of a number that are given, and the names that are none.
  private static func fields(in parameters: WebParameters, but others: [String]) throws -> (
    NumberFields, ignored: [String]
  ) {
    var (fields, ignored) = (NumberFields(), [String]())
    for (name, value) in parameters.all where !others.contains(name) {
      // What existing importers call meta may hold a name and a pool.
      let plain = name.hasPrefix("meta.") ? String(name.dropFirst(5)) : name
      do throws(StoreError) {
        if plain == "enabled", !value.isEmpty {
          guard let flag = YesNo.read(value) else { throw StoreError(.refused, "enabled is yes or no, not \(value)") }
          try fields.set(.state, to: flag ? "enabled" : "disabled")
        } else if let field = NumberField(rawValue: plain) {
          try fields.set(field, to: value)
        } else if name == "meta", !value.isEmpty {
          throw StoreError(.refused, "meta is an object, with a name or a pool in it")
        } else if !["enabled", "meta"].contains(name) {
          ignored.append(name)
        }
      } catch {
        throw Refused(.unprocessableContent, error.description)
      }
    }
    return (fields, ignored)
  }

  private static func rest(in parameters: WebParameters) throws -> (until: Int, reason: String)? {
    guard parameters.has("resting_until") else { return nil }
    let reason = parameters["rest_reason"] ?? ""
    guard reason.unicodeScalars.count <= CallerText.maximumLength else {
      throw Refused(.unprocessableContent, "rest_reason is longer than \(CallerText.maximumLength) characters")
    }
    guard let text = parameters["resting_until"] else { return (0, "") }
    guard let until = try? Date(text, strategy: .iso8601) else {
      throw Refused(.unprocessableContent, "resting_until is a time such as 2026-12-01T06:00:00Z, not \(text)")
    }
    return (Int(until.timeIntervalSince1970), reason)
  }

  private func numbers(_ request: HummingbirdCore.Request, _ context: WebContext) async throws -> Response {
    let parameters = try allow(["pool", "carrier", "area", "state", "available", "limit", "after"], in: request)
    let limit =
      try reading { () throws(ParameterError) in try parameters.integer("limit", in: 1...Self.largestPage) }
      ?? Self.page
    let state = try parameters["state"].map { text in
      guard let state = Number.State(word: text) else {
        throw Refused(.unprocessableContent, "state is enabled, disabled or retired; not \(text)")
      }
      return state
    }
    let isAvailable = try parameters["available"].map { text in
      guard let flag = YesNo.read(text) else {
        throw Refused(.unprocessableContent, "available is yes or no, not \(text)")
      }
      return flag
    }
    let (pool, carrier, area, after) = (
      parameters["pool"], parameters["carrier"], parameters["area"], parameters["after"]
    )
    return try await read(context) { store in
      let moment = store.moment
      let numbers = try store.numbers(after: after.map(store.phone), atMost: limit) { number in
        (pool.map { number.pool.name.isSameName(as: $0) } ?? true)
          && (carrier.map { number.carrier?.name.isSameName(as: $0) == true } ?? true)
          && (area.map { number.areaCodes.contains($0) } ?? true) && (state.map { number.state == $0 } ?? true)
          && (isAvailable.map { (number.sleep(at: moment) == nil) == $0 } ?? true)
      }
      return Self.list(numbers, Fields.numbers(at: moment))
    }
  }

  // MARK: Campaigns

  private func changeCampaign(_ request: HummingbirdCore.Request, _ context: WebContext) async throws -> Response {
    try doorman.require(.write, context)
    let campaign = try self.campaign(in: context)
    let parameters = try await request.bodyParameters()
    let values: [(setting: CampaignSetting, text: String?)] = try parameters.all.map { name, value in
      guard let setting = CampaignSetting(rawValue: name) else {
        let known = CampaignSetting.allCases.map(\.rawValue).joined(separator: ", ")
        throw Refused(.unprocessableContent, "unknown setting \(name); the settings are \(known)")
      }
      return (setting, value.isEmpty ? nil : value)
    }
    guard !values.isEmpty else { throw Refused(.unprocessableContent, "there is no setting to change") }
    return .json(
      try await write(context) { store in
        try Fields.campaigns(at: store.moment).object(of: store.set(values, of: campaign))
      })
  }

  // MARK: Reports

  private func requests(_ request: HummingbirdCore.Request, _ context: WebContext) async throws -> Response {
    let parameters = try allow(
      ["last", "campaign", "agent", "status", "number", "destination", "lead", "since"], in: request)
    let last =
      try reading { () throws(ParameterError) in try parameters.integer("last", in: 1...Self.largestPage) } ?? 20
    let status = try parameters["status"].map { text in
      guard let status = Status(rawValue: text) else {
        throw Refused(
          .unprocessableContent,
          "status is one of \(Status.allCases.map(\.rawValue).joined(separator: ", ")); not \(text)")
      }
      return status
    }
    let lead = try reading { () throws(ParameterError) in try parameters.integer("lead", in: 1...9_999_999_999) }
    let since = try parameters.since()
    let (campaign, agent, number, destination) =
      (parameters["campaign"], parameters["agent"], parameters["number"], parameters["destination"])
    return try await read(context) { store in
      try Self.list(
        store.requests(
          last: last, campaign: campaign, agent: agent, status: status, number: number.map(store.phone),
          destination: destination, lead: lead, since: since?.past(at: store.moment) ?? 0), Fields.requests)
    }
  }

  private func statistics(_ request: HummingbirdCore.Request, _ context: WebContext) async throws -> Response {
    let parameters = try allow(["by", "since"], in: request)
    guard let by = parameters["by"] else {
      return try await read(context) { store in JSON(try store.statistics()) }
    }
    guard let grouping = StatsGrouping(by) else {
      throw Refused(
        .unprocessableContent, "by is one of \(StatsGrouping.words.joined(separator: ", ")); not \(by)")
    }
    let since = try parameters.since() ?? .today
    return try await read(context) { store in
      let start = try since.past(at: store.moment)
      switch grouping {
      case .calls(let grouping):
        return try Self.list(store.outcomes(by: grouping, since: start).groups, Fields.outcomes(by: grouping))
      case .match: return try Self.list(store.matches(since: start).rows, Fields.matches)
      }
    }
  }

  private func explain(_ request: HummingbirdCore.Request, _ context: WebContext) async throws -> Response {
    let parameters = try request.queryParameters()
    let question = try reading { () throws(ParameterError) in try Rotation.Request(nextCID: parameters) }
    return try await read(context) { store in JSON(try store.explain(question)) }
  }
}

extension HummingbirdCore.Request {
  /// - Throws: where there are others than these.
  func queryParameters(allowing names: [String]) throws(Refused) -> WebParameters {
    let parameters = try queryParameters()
    try reading { () throws(ParameterError) in try parameters.allow(names) }
    return parameters
  }
}

extension WebParameters {
  /// The moment of the parameter `since`; nil where it is not given.
  func since() throws(Refused) -> TimePoint? {
    guard let text = self["since"] else { return nil }
    guard let since = TimePoint(text) else {
      throw Refused(.unprocessableContent, "since is one of \(TimePoint.pastHelp); not \(text)")
    }
    return since
  }
}

extension JSON {
  /// An object with one more member.
  fileprivate func adding(_ key: String, _ value: JSON) -> JSON {
    guard case .object(let members) = self else { return self }
    return .object(members + [(key, value)])
  }
}

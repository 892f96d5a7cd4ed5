import Calls
import Glibc
import HTTPTypes
import Hummingbird
import HummingbirdCore
import NIOCore
import Output
import Rotation
import WebCalls

/// What a dialplan, or a script for each call, asks over HTTP.
struct CallRoutes: Sendable {
  let writer: StoreWriter
  let cluster: ClusterService
  let measures: Measures
  let doorman: Doorman

  func add(to router: Router<WebContext>) {
    router.get("/next-cid") { request, context in try await next(request, context) }
    router.post("/release") { request, context in try await release(request, context) }
    router.get("/api/v1/dids/next") { request, context in try await nextDID(request, context) }
    router.post("/api/v1/call-results") { request, context in try await callResult(request, context) }
    router.post("/api/v1/calls/report") { request, context in try await callResult(request, context) }
    router.get("/api/v1/health") { _, _ in
      Response.json(.object([("status", .text("ok")), ("timestamp", JSON(time: Int(time(nil))))]))
    }
  }

  // MARK: A number

  private func next(_ request: HummingbirdCore.Request, _ context: WebContext) async throws -> Response {
    try doorman.requireForPick(context)
    let parameters = try request.queryParameters()
    let question = try reading { () throws(ParameterError) in try Rotation.Request(nextCID: parameters) }
    let grant = try await pick(question)
    if parameters["format"] == "text" { return .text(grant.callerID + "\n") }
    return .json(
      .object(
        Self.number(grant) + [
          (
            "meta",
            .object([
              ("pool", .text(grant.number.pool.name)), ("name", .text(grant.number.name)),
              ("request", .number(grant.request)),
            ])
          ), ("expires_at", JSON(time: grant.reservedUntil)), ("campaign", JSON(question.campaign?.text)),
          ("agent", JSON(question.agent?.text)),
        ]))
  }

  /// The interface of the DID optimizer for VICIdial. Its clients read the number under several names.
  private func nextDID(_ request: HummingbirdCore.Request, _ context: WebContext) async throws -> Response {
    try doorman.requireForPick(context)
    let parameters = try request.queryParameters()
    let question = try reading { () throws(ParameterError) in try Rotation.Request(nextDID: parameters) }
    let grant: Grant
    do {
      grant = try await pick(question)
    } catch let refused as Refused {
      var headers = refused.headers
      if let retryAfter = refused.retryAfter { headers[.retryAfter] = "\(retryAfter)" }
      return .json(
        .object([
          ("success", .flag(false)), ("message", .text(refused.detail)), ("detail", .text(refused.detail)),
        ]), status: refused.status, headers: headers)
    }
    let names = ["number", "phoneNumber", "phone_number"].map { ($0, JSON.text(grant.callerID)) }
    return .json(
      .object([
        ("success", .flag(true)),
        (
          "did",
          .object(
            names + [
              ("carrier", JSON(grant.number.carrier?.name)), ("area_code", JSON(grant.areaCode)),
              ("description", .text(grant.number.name)), ("is_fallback", .flag(false)),
            ])
        ), ("data", .object([("phoneNumber", .text(grant.callerID))])),
        (
          "metadata",
          .object([
            ("campaign_id", JSON(question.campaign?.text)), ("agent_id", JSON(question.agent?.text)),
            ("match", .text(grant.match.rawValue)), ("request", .number(grant.request)),
            ("expires_at", JSON(time: grant.reservedUntil)), ("timestamp", JSON(time: Int(time(nil)))),
          ])
        ),
      ]))
  }

  private static func number(_ grant: Grant) -> [(key: String, value: JSON)] {
    [
      ("caller_id", .text(grant.callerID)), ("carrier", JSON(grant.number.carrier?.name)),
      ("area_code", JSON(grant.areaCode)), ("match", .text(grant.match.rawValue)),
    ]
  }

  private func pick(_ question: Rotation.Request) async throws -> Grant {
    let answer = try await ask(.pick(question))
    guard case .picked(let answer, _) = answer else { throw Refused(.internalServerError, "no answer") }
    switch answer {
    case .granted(let grant): return grant
    case .refused(.rateLimited, let reason):
      throw Refused(.tooManyRequests, "Agent rate limit exceeded", reason: reason, retryAfter: 60 - Int(time(nil)) % 60)
    case .refused(.badRequest, let reason): throw Refused(.badRequest, reason)
    case .refused(_, let reason), .kept(let reason):
      throw Refused(.notFound, "No available caller-ID found", reason: reason)
    case .elsewhere: throw Refused(.notFound, "No available caller-ID found")
    }
  }

  private func ask(_ question: Question) async throws -> StoreAnswer {
    let began = Monotonic.now
    do throws(StoreError) {
      let deadline = Deadline.after(milliseconds: writer.callTimeout)
      let asking = question.askingCluster
      var answer = try await writer.ask(until: deadline) { try asking.answer(in: $0) }
      if let wish = answer.wish {
        await cluster.fulfil(wish)
        answer = try await writer.ask(until: deadline) { try question.answer(in: $0) }
      }
      measures.call(answer, by: .http, took: Monotonic.now - began)
      return answer
    } catch {
      measures.call(.failed(error), by: .http, took: Monotonic.now - began)
      throw Refused(error)
    }
  }

  // MARK: Its end

  private func release(_ request: HummingbirdCore.Request, _ context: WebContext) async throws -> Response {
    try doorman.requireForPick(context)
    let parameters = try await request.bodyParameters()
    let released = try await end(reading { () throws(ParameterError) in try ReleaseParameters(parameters) })
    return .json(.object([("released", .list(released.map { .text($0.written) }))]))
  }

  private func callResult(_ request: HummingbirdCore.Request, _ context: WebContext) async throws -> Response {
    try doorman.requireForPick(context)
    let parameters = try await request.bodyParameters()
    let released = try await end(
      reading { () throws(ParameterError) in try ReleaseParameters(callResult: parameters) })
    return .json(
      .object([
        ("success", .flag(true)), ("message", .text("Call result recorded")),
        ("released", .list(released.map { .text($0.written) })),
      ]))
  }

  private func end(_ release: ReleaseParameters) async throws -> [PhoneNumber] {
    let began = Monotonic.now
    do throws(StoreError) {
      // Nobody is on the line any more: it may wait longer than a call.
      let released = try await writer.ask(until: .after(milliseconds: 5000)) { transaction in
        let outcome = release.outcome
        switch release.held {
        case .uniqueID(let uniqueID): return try transaction.release(uniqueID: uniqueID, outcome: outcome)
        case .request(let request): return try transaction.release(request: request, outcome: outcome)
        case .callerID(let text):
          return try transaction.release(number: transaction.phone(text), outcome: outcome)
        case .destination(let destination, let campaign):
          if let uniqueID = release.uniqueID, try transaction.knows(uniqueID: uniqueID) {
            return try transaction.release(uniqueID: uniqueID, outcome: outcome)
          }
          return try transaction.release(destination: destination, campaign: campaign, outcome: outcome)
        }
      }
      measures.call(.released(released), by: .http, took: Monotonic.now - began)
      return released
    } catch {
      throw Refused(error)
    }
  }
}

/// WebParameters that make no sense are refused.
func reading<Result>(_ body: () throws(ParameterError) -> Result) throws(Refused) -> Result {
  do { return try body() } catch { throw Refused(error) }
}

extension HummingbirdCore.Request {
  /// A call's is a few hundred bytes long.
  private static let longestBody = 64 * 1024

  func queryParameters() throws(Refused) -> WebParameters {
    try reading { () throws(ParameterError) in try WebParameters(query: uri.query ?? "") }
  }

  /// Those of a body: JSON, or a form, as `CURL()` of a dialplan sends it.
  ///
  /// - Parameter most: the most bytes that it may have.
  func bodyParameters(upTo most: Int = longestBody) async throws -> WebParameters {
    let buffer: ByteBuffer
    do {
      buffer = try await body.collect(upTo: most)
    } catch is NIOTooManyBytesError {
      throw Refused(.contentTooLarge, "the body is longer than \(most) bytes")
    } catch {
      throw Refused(.badRequest, "the body does not come to its end")
    }
    let bytes = Array(buffer.readableBytesView)
    let isForm = headers[.contentType]?.lowercased().hasPrefix("application/x-www-form-urlencoded") ?? false
    return try reading { () throws(ParameterError) in
      if isForm, bytes.first != UInt8(ascii: "{") {
        return try WebParameters(query: String(decoding: bytes, as: UTF8.self))
      }
      return try WebParameters(json: bytes)
    }
  }
}

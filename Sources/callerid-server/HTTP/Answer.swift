import HTTPTypes
import Hummingbird
import HummingbirdCore
import NIOCore
import Output
import Rotation
import WebCalls

/// What is answered to a request that did not get what it asked for: `{"detail": "…"}`.
struct Refused: Error {
  let status: HTTPResponse.Status
  let detail: String
  /// More for whoever looks into it, in words that may change.
  var reason: String?
  /// Seconds after which it is worth asking again.
  var retryAfter: Int?
  var headers = HTTPFields()

  init(_ status: HTTPResponse.Status, _ detail: String, reason: String? = nil, retryAfter: Int? = nil) {
    self.status = status
    self.detail = detail
    self.reason = reason
    self.retryAfter = retryAfter
  }

  init(_ error: ParameterError) {
    self.init(error.kind == .bad ? .badRequest : .unprocessableContent, error.detail)
  }

  init(_ error: StoreError) {
    switch error.kind {
    case .refused: self.init(.unprocessableContent, error.description)
    case .unknown: self.init(.notFound, error.message)
    case .busy: self.init(.serviceUnavailable, error.message, retryAfter: 1)
    default: self.init(.serviceUnavailable, "the store cannot be used: \(error)", retryAfter: 5)
    }
  }

  var response: Response {
    var fields = headers
    if let retryAfter { fields[.retryAfter] = "\(retryAfter)" }
    let reason: [(key: String, value: JSON)] = reason.map { [("reason", .text($0))] } ?? []
    return .json(.object([("detail", .text(detail))] + reason), status: status, headers: fields)
  }
}

extension Response {
  static func json(_ value: JSON, status: HTTPResponse.Status = .ok, headers: HTTPFields = HTTPFields()) -> Response {
    text(value.description + "\n", type: "application/json", status: status, headers: headers)
  }

  static func text(
    _ text: String, type: String = "text/plain; charset=utf-8", status: HTTPResponse.Status = .ok,
    headers: HTTPFields = HTTPFields()
  ) -> Response {
    var headers = headers
    headers[.contentType] = type
    return Response(status: status, headers: headers, body: .init(byteBuffer: ByteBuffer(string: text)))
  }
}

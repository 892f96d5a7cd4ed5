import TestSupport
import Testing

/// What the server says about a path or a method that it does not know.
@Suite(.timeLimit(.minutes(1)))
struct ServerUnknownPathTests {
  @Test func anUnknownPathIsAnsweredInTheFormOfErrors() async throws {
    let callerID = try await Installation(numbers: ["2145550101"])
    let server = try await Server(store: callerID.store)
    #expect(try await server.http("/nothing/here") == (404, #"{"detail":"there is no /nothing/here"}"#))
  }

  @Test(arguments: [
    ("/next-cid", "DELETE", "GET"), ("/next-cid", "HEAD", "GET"), ("/release", "GET", "POST"),
    ("/numbers/2145550101", "PUT", "DELETE, GET, PATCH"), ("/health", "OPTIONS", "GET, HEAD"),
    ("/metrics", "PROPFIND", "GET"),
  ])
  func aMethodThatAPathDoesNotKnowIsSaidWithThoseThatItKnows(path: String, method: String, allowed: String) async throws
  {
    let callerID = try await Installation(numbers: ["2145550101"])
    let server = try await Server(store: callerID.store)
    let answer = try await server.http(path, method == "HEAD" ? "-I" : "-i", "-X", method)
    #expect(answer.status == 405)
    #expect(answer.body.contains("Allow: \(allowed)\r\n"), "\(answer.body)")
    if method == "HEAD" { return }
    let methods = allowed.split(separator: ", ").joined(separator: " or ")
    #expect(
      answer.body.hasSuffix(#"{"detail":"\#(path) is asked with \#(methods), not with \#(method)"}"#), "\(answer.body)")
  }

  /// A HEAD that a router makes of each GET would take a number.
  @Test func loadBalancersMayAskWithoutABody() async throws {
    let callerID = try await Installation(numbers: ["2145550101"])
    let server = try await Server(store: callerID.store)
    let answer = try await server.http("/health", "-I")
    #expect(answer.status == 200)
    #expect(!answer.body.contains("{"))
  }
}

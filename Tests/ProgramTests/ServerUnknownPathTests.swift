import TestSupport
import Testing

/// What the server says about a path or a method that it does not know.
@Suite(.timeLimit(.minutes(1)))
struct ServerUnknownPathTests {
  @Test func anUnknownPathOrMethodIsAnsweredInTheFormOfErrors() async throws {
    let callerID = try await Installation()
    let server = try await Server(store: callerID.store)
    #expect(try await server.http("/nothing/here") == (404, #"{"detail":"there is no /nothing/here"}"#))
    let wrongMethod = try await server.http("/next-cid", "-X", "DELETE")
    #expect(wrongMethod.status == 404 || wrongMethod.status == 405)
    #expect(wrongMethod.body.hasPrefix(#"{"detail":""#), "\(wrongMethod.body)")
  }
}

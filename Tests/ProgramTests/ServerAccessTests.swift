import Foundation
import TestSupport
import Testing

/// Who may ask the server for what.
@Suite(.timeLimit(.minutes(5)))
struct ServerAccessTests {
  private func token(_ callerID: Installation, _ name: String, _ role: String) async throws -> String {
    let made = try await callerID.admin("token", "add", name, "--role", role)
    guard made.status == 0, let token = made.lines.first else { throw Failure(made.errors) }
    return token
  }

  @Test func aRoleMayDoWhatItSaysAndNoMore() async throws {
    let callerID = try await Installation(numbers: ["2145550101"])
    let tokens = [
      "pick": try await token(callerID, "dialer", "pick"), "read": try await token(callerID, "board", "read"),
      "write": try await token(callerID, "crm", "write"),
    ]
    let server = try await Server(store: callerID.store, ["--pick-token"])
    let asked: [(path: String, arguments: [String], allowed: [String: Int])] = [
      ("/next-cid?to=12145551212&campaign=S&ttl=0", [], ["pick": 200, "write": 200]),
      ("/numbers", [], ["read": 200, "write": 200]),
      ("/stats", [], ["read": 200, "write": 200]),
      ("/requests", [], ["read": 200, "write": 200]),
      ("/explain?to=12145551212&campaign=S", [], ["read": 200, "write": 200]),
      ("/add-number", ["-d", #"{"caller_id":"3125550101"}"#], ["write": 201]),
      ("/numbers/2145550101", ["-X", "PATCH", "-d", #"{"name":"x"}"#], ["write": 200]),
    ]
    for (path, arguments, allowed) in asked {
      #expect(try await http(server, path, arguments) == 401, "\(path)")
      for (role, token) in tokens {
        let status = try await http(server, path, arguments + ["-H", "Authorization: Bearer \(token)"])
        #expect(status == allowed[role] ?? 403, "\(path) as \(role)")
      }
      #expect(try await http(server, path, arguments + ["-H", "X-Admin-Token: cid_0000"]) == 401)
    }
    #expect(try await http(server, "/health", []) == 200)
    // The audit has the token's name, and nothing has the token.
    #expect(try await callerID.admin("audit").output.contains("token crm"))
    let log = try server.log()
    for token in tokens.values { #expect(!log.contains(token)) }
    let files = try Data(contentsOf: URL(fileURLWithPath: callerID.store + "-wal"))
    for token in tokens.values { #expect(files.range(of: Data(token.utf8)) == nil) }
  }

  private func http(_ server: Server, _ path: String, _ arguments: [String]) async throws -> Int {
    let finished = try await run(
      "/usr/bin/env",
      ["curl", "-sS", "-o", "/dev/null", "-w", "%{http_code}"] + arguments
        + ["http://127.0.0.1:\(server.httpPort)\(path)"])
    return Int(finished.output) ?? 0
  }

  @Test func aRevokedTokenIsRefused() async throws {
    let callerID = try await Installation(numbers: ["2145550101"])
    let server = try await Server(store: callerID.store)
    let token = try await token(callerID, "board", "read")
    let header = ["-H", "x-api-key: \(token)"]
    func becomes(_ status: Int) async throws -> Bool {
      for _ in 0..<60 {
        if try await http(server, "/numbers", header) == status { return true }
        try await Task.sleep(for: .milliseconds(50))
      }
      return false
    }
    #expect(try await becomes(200))
    #expect(try await callerID.admin("token", "revoke", "board").status == 0)
    #expect(try await becomes(401))
    #expect(try await callerID.admin("token", "revoke", "board").status == 1)
  }

  @Test func onlyAllowedAddressesAreServedAndOnlyATrustedProxyIsBelieved() async throws {
    let callerID = try await Installation(numbers: ["2145550101"])
    let server = try await Server(
      store: callerID.store, ["--allow", "10.0.0.0/8", "--trusted-proxy", "127.0.0.1"])
    let path = "/next-cid?to=12145551212&campaign=S&ttl=0"
    #expect(try await http(server, path, ["-H", "X-Forwarded-For: 10.1.2.3"]) == 200)
    #expect(try await http(server, path, ["-H", "X-Forwarded-For: 10.1.2.3, 203.0.113.9"]) == 403)
    #expect(try await http(server, path, []) == 200)
    // What proxies write, with the port, and what is no address.
    #expect(try await http(server, path, ["-H", "X-Forwarded-For: 10.1.2.3:51234"]) == 200)
    #expect(try await http(server, path, ["-H", "X-Forwarded-For: [2001:db8::1]:443"]) == 403)
    for text in ["unknown", "10.0.0.0/8", "10.1.2.3, x", "<b>"] {
      #expect(try await http(server, path, ["-H", "X-Forwarded-For: \(text)"]) == 400, "\(text)")
    }
    let believing = try await Server(store: callerID.store, ["--allow", "10.0.0.0/8"])
    #expect(try await http(believing, path, ["-H", "X-Forwarded-For: 203.0.113.9"]) == 200)
  }

  @Test func pagesOfOtherOriginsAreRefused() async throws {
    let callerID = try await Installation(numbers: ["2145550101"])
    let path = "/next-cid?to=12145551212&campaign=S&ttl=0"
    let server = try await Server(store: callerID.store)
    #expect(try await http(server, path, ["-H", "Origin: https://evil.example"]) == 403)
    #expect(try await http(server, path, ["-H", "Sec-Fetch-Site: cross-site"]) == 403)
    let open = try await Server(store: callerID.store, ["--cors", "https://crm.example"])
    #expect(try await http(open, path, ["-H", "Origin: https://crm.example"]) == 200)
    #expect(try await http(open, path, ["-H", "Origin: https://evil.example"]) == 403)
  }

  /// A page of a name that leads to this machine is of the server's own origin, as a browser sees it.
  @Test(arguments: [
    ("127.0.0.1:8000", 200), ("[::1]:8000", 200), ("localhost", 200), ("dialer7:8000", 200), ("192.0.2.7", 200),
    ("DIALER.example", 200), ("evil.example:8000", 421), ("127.0.0.1.evil.example", 421),
    ("dialer.example.evil.example", 421),
  ])
  func onlyItsOwnNamesAreServed(host: String, status: Int) async throws {
    let callerID = try await Installation(numbers: ["2145550101"])
    let server = try await Server(store: callerID.store, ["--server-name", "dialer.example"])
    let path = "/next-cid?to=12145551212&campaign=S&ttl=0"
    #expect(try await http(server, path, ["-H", "Host: \(host)"]) == status)
    #expect(try callerID.sql("SELECT count(*) FROM request") == (status == 200 ? 1 : 0))
    // A proxy that is trusted looks after names itself.
    let behind = try await Server(store: callerID.store, ["--trusted-proxy", "127.0.0.1"])
    #expect(try await http(behind, path, ["-H", "Host: evil.example"]) == 200)
  }

  /// Before a page of the origin that is allowed sends a token, its browser asks whether it may.
  @Test func aBrowserIsToldWhatAPageOfTheAllowedOriginMaySend() async throws {
    let callerID = try await Installation(numbers: ["2145550101"])
    let asking = ["-i", "-X", "OPTIONS", "-H", "Access-Control-Request-Method: PATCH", "-H", "Origin: "]
    func ask(_ server: Server, _ origin: String) async throws -> (status: Int, body: String) {
      try await server.http(
        "/numbers/2145550101", asking[0], asking[1], asking[2], asking[3], asking[4], asking[5], asking[6] + origin)
    }
    let open = try await Server(store: callerID.store, ["--cors", "https://crm.example"])
    let answer = try await ask(open, "https://crm.example")
    #expect(answer.status == 204)
    for line in [
      "Access-Control-Allow-Origin: https://crm.example", "Access-Control-Allow-Methods: DELETE, GET, PATCH",
      "Access-Control-Allow-Headers: Authorization, Content-Type, X-Admin-Token, x-api-key", "Vary: Origin",
    ] { #expect(answer.body.contains(line + "\r\n"), "\(answer.body)") }
    #expect(try await ask(open, "https://evil.example").status == 403)
    let closed = try await Server(store: callerID.store)
    #expect(try await ask(closed, "https://crm.example").status == 403)
  }

  @Test func theCertificateIsReadAgain() async throws {
    let callerID = try await Installation(numbers: ["2145550101"])
    let (certificate, key) = (callerID.folder + "/server.crt", callerID.folder + "/server.key")
    func make(_ name: String) async throws {
      let made = try await run(
        "/usr/bin/env",
        [
          "openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=\(name)", "-addext",
          "subjectAltName=IP:127.0.0.1", "-keyout", key, "-out", certificate,
        ])
      guard made.status == 0 else { throw Failure(made.errors) }
    }
    try await make("first")
    let server = try await Server(
      store: callerID.store, ["--tls-certificate", certificate, "--tls-key", key])
    func ask() async throws -> Finished {
      try await run(
        "/usr/bin/env",
        [
          "curl", "-sS", "--cacert", certificate,
          "https://127.0.0.1:\(server.httpPort)/next-cid?to=12145551212&campaign=S&ttl=0&format=text",
        ])
    }
    #expect(try await ask().output == "2145550101\n")
    try await make("second")
    #expect(try await ask().status != 0)
    func reload(_ word: String) async throws {
      server.send(SIGHUP)
      for _ in 0..<400 where try !server.log().contains(word) { try await Task.sleep(for: .milliseconds(5)) }
    }
    try await reload("the certificate was read again")
    #expect(try await ask().output == "2145550101\n")
    // One that cannot be used leaves the one that is in use.
    let good = try Data(contentsOf: URL(fileURLWithPath: certificate))
    try Data("no certificate".utf8).write(to: URL(fileURLWithPath: certificate))
    try await reload("stays")
    try good.write(to: URL(fileURLWithPath: certificate))
    #expect(try await ask().output == "2145550101\n")
  }
}

import Foundation
import TestSupport
import Testing

/// Somebody at a browser, who has logged in at the page.
struct PageBrowser {
  let server: Server
  let cookie: String

  /// Logs in with a token.
  init(_ server: Server, token: String) async throws {
    let answer = try await ask(
      server, "/dashboard/login", ["--data-urlencode", "token=\(token)"])
    let cookie = try #require(answer.fields("set-cookie").first?.prefix { $0 != ";" })
    (self.server, self.cookie) = (server, String(cookie))
  }

  func get(_ path: String) async throws -> WebAnswer { try await ask(server, path, ["-H", "Cookie: \(cookie)"]) }

  /// Sends a form, with the code that the page has put into it.
  func send(_ path: String, _ fields: [String: String], code: String? = nil) async throws -> WebAnswer {
    let code = if let code { code } else { try await self.code() }
    let all = fields.merging(["form": code]) { $1 }
    return try await ask(
      server, path, ["-H", "Cookie: \(cookie)"] + all.flatMap { ["--data-urlencode", "\($0.key)=\($0.value)"] })
  }

  func code() async throws -> String {
    let page = try await get("/dashboard/audit").body
    return String(try #require(page.firstMatch(of: /name="form" value="([0-9a-f]+)"/)).output.1)
  }
}

/// A server with three numbers, and a token of each role.
struct PageSite {
  let callerID: Installation
  let server: Server
  var tokens: [String: String] = [:]

  init(_ arguments: [String] = [], environment: [String: String] = [:]) async throws {
    callerID = try await Installation(numbers: ["2145550101", "2145550102", "3125550103"])
    for role in ["pick", "read", "write"] {
      tokens[role] = try await callerID.admin("token", "add", "a-\(role)", "--role", role).lines.first
    }
    server = try await Server(store: callerID.store, arguments, environment: environment)
  }

  func browser(_ role: String) async throws -> PageBrowser {
    try await PageBrowser(server, token: try #require(tokens[role]))
  }
}

/// What the server has answered, with its fields.
struct WebAnswer {
  let status: Int
  let head: [(name: String, value: String)]
  let body: String

  /// The values of a field, by its name in small letters.
  func fields(_ name: String) -> [String] { head.filter { $0.name == name }.map(\.value) }
}

/// Asks a server with curl.
func ask(_ server: Server, _ path: String, _ arguments: [String]) async throws -> WebAnswer {
  let finished = try await run(
    "/usr/bin/env", ["curl", "-sS", "-i", "-m", "30"] + arguments + ["http://127.0.0.1:\(server.httpPort)\(path)"])
  guard finished.status == 0 else { throw Failure("curl: \(finished.errors)") }
  // A long form is asked for first.
  let parts = finished.output.components(separatedBy: "\r\n\r\n").drop { $0.hasPrefix("HTTP/1.1 100") }
  let lines = (parts.first ?? "").components(separatedBy: "\r\n")
  let head = lines.dropFirst().map { line in
    let sides = line.split(separator: ":", maxSplits: 1)
    return (name: sides.first?.lowercased() ?? "", value: sides.last?.trimmingCharacters(in: .whitespaces) ?? "")
  }
  let status = Int(lines.first?.split(separator: " ").dropFirst().first ?? "") ?? 0
  return WebAnswer(status: status, head: head, body: parts.dropFirst().joined(separator: "\r\n\r\n"))
}

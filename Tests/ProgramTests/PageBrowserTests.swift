import Foundation
import TestSupport
import Testing

/// The page in a headless Chromium, on the store of a made-up week. What is checked stands in `Tests/browser/page_checks.py`.
@Suite(.timeLimit(.minutes(25)))
struct PageBrowserTests {
  /// What a check has come to.
  private struct Outcome: Decodable {
    let check: String
    let ok: Bool
    let detail: String
  }

  /// What the checks are told.
  private struct World: Encodable {
    let address, write, read, server, store, folder, zone, dryArea, campaign: String
    let burnt: [String]
    let request: Int
  }

  @Test func peopleFindTheirAnswersOnThePage() async throws {
    let browser =
      ProcessInfo.processInfo.environment["BROWSER"] ?? FileManager.default.currentDirectoryPath + "/.build/browser"
    guard FileManager.default.isExecutableFile(atPath: browser + "/chromium") else {
      throw Failure("\(browser)/chromium is missing; bring it with: make browser")
    }
    let week = try await MadeWeek(numbers: 2000, calls: 40_000, end: .now)
    let tokens = try await ["write", "read"].asyncMap { role in
      try await run(Program.admin.path, ["--db", week.store, "token", "add", role, "--role", role]).lines.first ?? ""
    }
    let server = try await Server(store: week.store)
    let campaign = try await week.admin("stats", "--by", "campaign", "--since", "7d", "--json")
    let busiest = (campaign as? [[String: Any]])?.first?["campaign"] as? String
    let folder = FileManager.default.temporaryDirectory.path + "/callerid-browser-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let encoder = JSONEncoder()
    encoder.keyEncodingStrategy = .convertToSnakeCase
    let world = try encoder.encode(
      World(
        address: "http://127.0.0.1:\(server.httpPort)", write: tokens[0], read: tokens[1], server: Program.server.path,
        store: week.store, folder: folder, zone: week.truth.zone, dryArea: week.truth.dryArea.areaCode,
        campaign: try #require(busiest), burnt: week.truth.blocked.map(\.number), request: week.truth.counts.granted))
    let screenshots = FileManager.default.currentDirectoryPath + "/.build/screenshots"
    let tests = FileManager.default.currentDirectoryPath + "/Tests/browser"
    let checked = try await run(
      browser + "/python/bin/python",
      [tests + "/browse.py", tests + "/page_checks.py", "--screenshots", screenshots],
      input: String(decoding: world, as: UTF8.self))
    let outcomes = try checked.lines.map { try JSONDecoder().decode(Outcome.self, from: Data($0.utf8)) }
    #expect(outcomes.count >= 15, "\(checked.errors)")
    for outcome in outcomes where !outcome.ok { Issue.record("\(outcome.check): \(outcome.detail)") }
    #expect(checked.status == 0, "\(checked.errors)")
  }
}

extension [String] {
  fileprivate func asyncMap<Result>(_ body: (String) async throws -> Result) async throws -> [Result] {
    var results: [Result] = []
    for element in self { results.append(try await body(element)) }
    return results
  }
}

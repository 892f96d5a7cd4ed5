import Foundation
import TestSupport
import Testing

/// What the overview says of the store, and what following it costs.
@Suite(.timeLimit(.minutes(10)))
struct ServerPageSightTests {
  /// The overview, once it has something in it.
  private func overview(_ browser: PageBrowser, _ has: (String) -> Bool) async throws -> String {
    var page = ""
    for _ in 0..<100 where !has(page) {
      page = try await browser.get("/dashboard").body
      try await Task.sleep(for: .milliseconds(200))
    }
    return page
  }

  @Test func itSaysWhatCronHasDone() async throws {
    let callerID = try await Installation(numbers: ["2145550101"])
    let token = try #require(try await callerID.admin("token", "add", "t", "--role", "read").lines.first)
    func finding() async throws -> String {
      let findings = try await callerID.admin("doctor", "--json").json() as? [String: Any]
      let all = try #require(findings?["findings"] as? [[String: Any]])
      return try #require(all.first { $0["check"] as? String == "upkeep" }?["message"] as? String)
    }
    #expect(try await finding().hasPrefix("maintain has not run since the store was made"))
    do {
      let server = try await Server(store: callerID.store)
      let page = try await overview(PageBrowser(server, token: token)) { $0.contains("upkeep\"><p>") }
      #expect(page.contains("The nightly maintenance has not run since <time datetime="), "\(page)")
      #expect(page.contains("There is no backup beside the store."))
    }
    #expect(try await callerID.admin("maintain").status == 0)
    #expect(try await callerID.admin("reset-usage", "--hourly", "--past").status == 0)
    #expect(try await finding() == "maintain last ran 0 hours ago; past hours were cleared 0 hours ago")
    // Cron's work is not in the audit, and its marks are no settings.
    #expect(try await !callerID.admin("audit").output.contains("reset"))
    #expect(try await !callerID.admin("config", "list", "--json").output.contains("ed_at"))
    let server = try await Server(store: callerID.store)
    let page = try await overview(PageBrowser(server, token: token)) {
      $0.contains("last ran at") && $0.contains("checks found nothing wrong")
    }
    for sentence in [
      "The nightly maintenance last ran at <time datetime=", "The counters of past hours were last cleared at <time",
      "The newest backup, callerid-", "<strong>pages</strong>: every page is whole",
    ] { #expect(page.contains(sentence), "\(sentence)") }
    #expect(page.contains("those of callerid-agi are not timed"))
    // A backup of long ago, and a maintenance of long ago.
    #expect(try callerID.sql("SELECT count(*) FROM setting WHERE campaign_id = -1") == 2)
  }

  @Test func nobodyDrawsWhatNobodySees() async throws {
    let site = try await PageSite()
    let browser = try await site.browser("read")
    func figure(_ name: String) async throws -> Int {
      let line = try await site.server.http("/metrics").body.split(separator: "\n").first { $0.hasPrefix(name + " ") }
      return try #require(Int(line?.split(separator: " ").last ?? ""))
    }
    // In this time calls are counted twice.
    try await Task.sleep(for: .seconds(11))
    _ = try await browser.get("/dashboard/audit")
    #expect(try await figure("callerid_page_drawings_total") == 0)
    #expect(try await figure("callerid_page_followers") == 0)
    // Those who look at once see one drawing.
    try await withThrowingTaskGroup { group in
      for _ in 0..<20 { group.addTask { _ = try await browser.get("/dashboard") } }
      try await group.waitForAll()
    }
    let drawn = try await figure("callerid_page_drawings_total")
    #expect((1..<20).contains(drawn), "\(drawn)")
  }

  @Test func whatChangesIsToldOnceASecondAtMostAndNothingElse() async throws {
    let site = try await PageSite()
    let browser = try await site.browser("read")
    async let followed = run(
      "/usr/bin/env",
      ["curl", "-sSN", "-m", "8", "-H", "Cookie: \(browser.cookie)", "http://127.0.0.1:\(site.server.httpPort)/events"])
    // Several calls in each second.
    for index in 0..<40 {
      _ = try await site.server.http("/next-cid?to=12145551212&campaign=C\(index)&ttl=0")
      try await Task.sleep(for: .milliseconds(100))
    }
    let events = try await followed.output.split(separator: "\n").filter { $0.hasPrefix("data: {") }
    // Slow machines tell less often, and none oftener.
    #expect((2...9).contains(events.count), "\(events.count) in 8 seconds")
    var shown: [String: String] = [:]
    for event in events {
      let parts = try #require(
        JSONSerialization.jsonObject(with: Data(event.dropFirst(6).utf8)) as? [String: String])
      for (id, html) in parts { #expect(shown[id] != html, "\(id) is told again as it was") }
      shown.merge(parts) { $1 }
    }
    #expect(Set(shown.keys) == ["findings", "figures", "hour", "refusals", "pools"])
  }
}

import Foundation
import TestSupport
import Testing

/// The page over HTTP: who gets in, who may do what, and what no other page can have done.
@Suite(.timeLimit(.minutes(10)))
struct ServerPageTests {
  private static let views = [
    "", "/supply", "/burnt", "/calls", "/numbers", "/numbers/2145550101", "/campaigns", "/audit",
  ]

  // MARK: In and out

  @Test func nobodyGetsInWithoutAToken() async throws {
    let site = try await PageSite()
    for view in Self.views {
      let answer = try await ask(site.server, "/dashboard\(view)", [])
      #expect(answer.status == 303 && answer.fields("location").first?.hasPrefix("/dashboard/login") == true, "\(view)")
    }
    #expect(try await ask(site.server, "/events", []).status == 401)
    for (token, status) in [("", 401), ("cid_00", 401), (try #require(site.tokens["pick"]), 403)] {
      let answer = try await ask(site.server, "/dashboard/login", ["--data-urlencode", "token=\(token)"])
      #expect(answer.status == status && answer.fields("set-cookie").isEmpty && answer.body.contains("<h1>"))
    }
    for cookie in ["x", "a.b.c.d", "...", String(repeating: "a.", count: 3000)] {
      let answer = try await ask(site.server, "/dashboard/audit", ["-H", "Cookie: callerid_session=\(cookie)"])
      #expect(answer.status == 303, "\(cookie.prefix(20))")
    }
  }

  @Test func whoeverHasLoggedInSeesEachViewUnderStrictRules() async throws {
    let site = try await PageSite()
    _ = try await site.server.http("/next-cid?to=12145551212&campaign=SALES&agent=1001")
    let browser = try await site.browser("read")
    for view in Self.views + ["/calls/1", "/campaigns/SALES"] {
      let answer = try await browser.get("/dashboard\(view)")
      #expect(answer.status == 200 && answer.body.contains("</html>"), "\(view): \(answer.status)")
      let rules = answer.fields("content-security-policy").first ?? ""
      #expect(rules.hasPrefix("default-src 'none'") && !rules.contains("unsafe"))
      #expect(answer.fields("cache-control") == ["no-store"])
      // No script or style but the page's own files, and nothing of another host.
      #expect(answer.body.matches(of: /<script|<style| style=| on[a-z]+=/).count == 1, "\(view)")
      #expect(!answer.body.contains("http://") && !answer.body.contains("https://"))
    }
    for missing in ["/calls/99", "/calls/x", "/numbers/9995550199", "/numbers/x", "/campaigns/NOBODY"] {
      let answer = try await browser.get("/dashboard\(missing)")
      #expect([404, 422].contains(answer.status) && answer.body.contains("<h1>"), "\(missing): \(answer.status)")
    }
  }

  @Test func aCookieIsForThePageAlone() async throws {
    let site = try await PageSite()
    let login = try await ask(
      site.server, "/dashboard/login", ["--data-urlencode", "token=\(try #require(site.tokens["write"]))"])
    let field = try #require(login.fields("set-cookie").first)
    for part in ["HttpOnly", "SameSite=Lax", "Path=/", "Max-Age=43200"] { #expect(field.contains(part)) }
    #expect(!field.contains("cid_"))
    let browser = try await site.browser("write")
    for path in ["/numbers", "/stats", "/requests", "/burnt"] { #expect(try await browser.get(path).status == 401) }
    let cookie = ["-H", "Cookie: \(browser.cookie)", "-X", "DELETE"]
    #expect(try await ask(site.server, "/numbers/2145550101?force=yes", cookie).status == 401)
    #expect(try await browser.get("/openapi.json").status == 200)
    // The log has neither the token nor the cookie.
    let log = try site.server.log()
    #expect(!log.contains("cid_") && !log.contains(browser.cookie))
  }

  @Test(arguments: [
    "//evil.example/", "https://evil.example/", "/\\evil.example", "/dashboard\\@evil.example", "javascript:alert(1)",
    "/dashboardx", "/dashboard/\r\nX-Evil: 1",
  ])
  func theWayInLeadsToNoOtherPlace(target: String) async throws {
    let site = try await PageSite()
    let answer = try await ask(
      site.server, "/dashboard/login",
      ["--data-urlencode", "token=\(try #require(site.tokens["read"]))", "--data-urlencode", "target=\(target)"])
    #expect(answer.status == 303 && answer.fields("location") == ["/dashboard"] && answer.fields("x-evil").isEmpty)
  }

  @Test func aSessionEndsWithItsTokenOrWhenSomebodyLogsOut() async throws {
    let site = try await PageSite()
    let (one, other) = (try await site.browser("write"), try await site.browser("write"))
    #expect(try await one.send("/dashboard/logout", [:]).status == 303)
    // Also where somebody has kept the cookie.
    #expect(try await one.get("/dashboard/audit").status == 303)
    #expect(try await other.get("/dashboard/audit").status == 200)
    #expect(try await site.callerID.admin("token", "revoke", "a-write").status == 0)
    var status = 0
    for _ in 0..<100 where status != 303 {
      status = try await other.get("/dashboard/audit").status
      try await Task.sleep(for: .milliseconds(100))
    }
    #expect(status == 303)
  }

  @Test func theKeyOfSessionsStaysInTheServicesFolder() async throws {
    let folder = FileManager.default.temporaryDirectory.path + "/callerid-run-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let site = try await PageSite(environment: ["RUNTIME_DIRECTORY": folder])
    let browser = try await site.browser("read")
    let key = try FileManager.default.attributesOfItem(atPath: folder + "/session-key")
    #expect(key[.posixPermissions] as? Int == 0o600 && key[.size] as? Int == 32)
    func answer(of arguments: [String: String]) async throws -> Int {
      let server = try await Server(store: site.callerID.store, environment: arguments)
      return try await ask(server, "/dashboard/audit", ["-H", "Cookie: \(browser.cookie)"]).status
    }
    #expect(try await answer(of: ["RUNTIME_DIRECTORY": folder]) == 200)
    #expect(try await answer(of: ["RUNTIME_DIRECTORY": ""]) == 303)
  }

  @Test func aLogOutOutlastsTheServer() async throws {
    let folder = FileManager.default.temporaryDirectory.path + "/callerid-run-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let callerID = try await Installation(numbers: ["2145550101"])
    let token = try #require(try await callerID.admin("token", "add", "t", "--role", "read").lines.first)
    func status(of cookie: String, _ environment: [String: String]) async throws -> Int {
      let server = try await Server(store: callerID.store, environment: environment)
      return try await ask(server, "/dashboard/audit", ["-H", "Cookie: \(cookie)"]).status
    }
    for environment in [["RUNTIME_DIRECTORY": folder], ["RUNTIME_DIRECTORY": ""]] {
      let (gone, here) = try await {
        let server = try await Server(store: callerID.store, environment: environment)
        let (gone, here) = (try await PageBrowser(server, token: token), try await PageBrowser(server, token: token))
        #expect(try await gone.send("/dashboard/logout", [:]).status == 303)
        return (gone.cookie, here.cookie)
      }()
      #expect(try await status(of: gone, environment) == 303, "a stolen cookie counts again")
      // Without a folder nobody stays logged in.
      #expect(try await status(of: here, environment) == (environment["RUNTIME_DIRECTORY"] == folder ? 200 : 303))
    }
    let list = try FileManager.default.attributesOfItem(atPath: folder + "/ended-sessions")
    #expect(list[.posixPermissions] as? Int == 0o600)
    // Where a log-out cannot be kept, the next start ends all sessions.
    let cookies = try await {
      try FileManager.default.removeItem(atPath: folder + "/ended-sessions")
      try FileManager.default.createDirectory(atPath: folder + "/ended-sessions/x", withIntermediateDirectories: true)
      let server = try await Server(store: callerID.store, environment: ["RUNTIME_DIRECTORY": folder])
      let (gone, here) = (try await PageBrowser(server, token: token), try await PageBrowser(server, token: token))
      #expect(try await gone.send("/dashboard/logout", [:]).status == 303)
      return [gone.cookie, here.cookie]
    }()
    for cookie in cookies { #expect(try await status(of: cookie, ["RUNTIME_DIRECTORY": folder]) == 303) }
  }

  /// Browsers send a cookie to every port of a host.
  @Test func twoServersBehindOneNameHaveTwoCookies() async throws {
    let (one, other) = (try await PageSite(), try await PageSite())
    let (here, there) = (try await one.browser("read"), try await other.browser("read"))
    #expect(here.cookie.prefix { $0 != "=" } != there.cookie.prefix { $0 != "=" })
    let both = ["-H", "Cookie: \(here.cookie); \(there.cookie)"]
    #expect(try await ask(one.server, "/dashboard/audit", both).status == 200)
    #expect(try await ask(other.server, "/dashboard/audit", both).status == 200)
  }

  @Test func whatAProxyHasBeenAskedByCounts() async throws {
    let site = try await PageSite(["--trusted-proxy", "127.0.0.1/32"])
    let token = ["--data-urlencode", "token=\(try #require(site.tokens["read"]))"]
    let proxy = [
      "-H", "X-Forwarded-For: 192.0.2.7", "-H", "X-Forwarded-Proto: https", "-H", "X-Forwarded-Host: calls.example",
      "-H", "Origin: https://calls.example",
    ]
    let answer = try await ask(site.server, "/dashboard/login", token + proxy)
    #expect(answer.status == 303 && answer.fields("set-cookie").first?.hasSuffix("; Secure") == true, "\(answer.body)")
    let other = try await ask(
      site.server, "/dashboard/login", token + proxy.dropLast() + ["Origin: https://evil.example"])
    #expect(other.status == 403)
    // Whoever is no proxy says nothing of the kind.
    let plain = try await PageSite()
    let mine = ["--data-urlencode", "token=\(try #require(plain.tokens["read"]))"]
    #expect(try await ask(plain.server, "/dashboard/login", mine + proxy).status == 403)
    #expect(
      try await ask(plain.server, "/dashboard/login", mine + proxy.dropLast(2)).fields("set-cookie").first?
        .contains("Secure") == false)
  }

  @Test func whoeverIsNotLoggedInAnyMoreIsToldSo() async throws {
    let site = try await PageSite()
    let answer = try await ask(
      site.server, "/dashboard/numbers/12145550101/limits", ["-H", "Cookie: x=y", "-d", "hourly_limit=1&daily_limit=1"])
    #expect(answer.status == 401 && answer.body.contains("you are logged in no longer"))
    #expect(answer.body.contains("/dashboard/login?target=%2Fdashboard%2Fnumbers%2F12145550101"))
  }

  // MARK: Changes

  @Test func whatIsDoneIsDoneAndStandsInTheAudit() async throws {
    let site = try await PageSite()
    let browser = try await site.browser("write")
    func number() async throws -> [String: Any] {
      let shown = try await site.callerID.admin("show", "2145550101", "--json").json()
      return try #require(shown as? [String: Any])
    }
    func act(_ action: String, _ fields: [String: String] = [:]) async throws {
      let answer = try await browser.send("/dashboard/numbers/12145550101/\(action)", fields)
      #expect(answer.status == 303, "\(action): \(answer.body)")
    }
    try await act("rest", ["until": "7d", "reason": "spam <reports>"])
    let resting = try await number()
    #expect(resting["rest_reason"] as? String == "spam <reports>" && resting["resting_until"] is String)
    // The next page says so, once, and offers to take it back.
    let told = try await browser.get("/dashboard/numbers/2145550101").body
    #expect(told.contains("rests until") && told.contains("action=\"/dashboard/numbers/12145550101/wake\""))
    #expect(try await !browser.get("/dashboard/numbers/2145550101").body.contains(">Undo<"))
    try await act("wake")
    #expect(try await number()["resting_until"] is NSNull)
    try await act("limits", ["hourly_limit": "7", "daily_limit": "none"])
    #expect(try await number()["hourly_limit"] as? Int == 7)
    try await act("disable")
    #expect(try await number()["enabled"] as? Bool == false)
    try await act("enable")
    #expect(try await number()["enabled"] as? Bool == true)
    // What makes no sense changes nothing, and is said on the page.
    for (action, fields) in [
      ("rest", ["until": "yesterday"]), ("rest", [:]), ("limits", ["hourly_limit": "-1", "daily_limit": ""]),
    ] {
      try await act(action, fields)
      #expect(try await browser.get("/dashboard/numbers/2145550101").body.contains("Nothing was changed"), "\(action)")
    }
    #expect(try await number()["hourly_limit"] as? Int == 7)
    let audit = try await site.callerID.admin("audit").output
    for word in ["rest until", "wake", "hourly_limit=7", "disable", "enable"] {
      #expect(audit.split(separator: "\n").contains { $0.contains("token a-write") && $0.contains(word) }, "\(word)")
    }
  }

  @Test func aCampaignIsChangedByWhatIsDifferentAlone() async throws {
    let site = try await PageSite()
    #expect(try await site.callerID.admin("campaign", "set", "SALES", "daily_limit=50").status == 0)
    let browser = try await site.browser("write")
    let page = try await browser.get("/dashboard/campaigns/SALES").body
    #expect(page.contains(#"name="daily_limit" value="50""#))
    let answer = try await browser.send(
      "/dashboard/campaigns/SALES", ["daily_limit": "50", "hourly_limit": "9", "match": "area"])
    #expect(answer.status == 303)
    let audit = try await site.callerID.admin("audit").lines.first { $0.contains("token a-write") } ?? ""
    #expect(audit.contains("hourly_limit=9") && audit.contains("match=area") && !audit.contains("daily_limit"))
    _ = try await browser.send("/dashboard/campaigns/SALES", ["match": "nonsense"])
    #expect(try await browser.get("/dashboard/campaigns/SALES").body.contains("Nothing was changed"))
  }

  @Test func nobodyElseHasAnythingChanged() async throws {
    let site = try await PageSite()
    let (writer, reader) = (try await site.browser("write"), try await site.browser("read"))
    let path = "/dashboard/numbers/2145550101/disable"
    let (code, othersCode) = (try await writer.code(), try await reader.code())
    #expect(try await reader.send(path, [:]).status == 403)
    #expect(try await writer.send(path, [:], code: "").status == 403)
    #expect(try await writer.send(path, [:], code: othersCode).status == 403)
    let cookie = ["-H", "Cookie: \(writer.cookie)", "-d", "form=\(code)"]
    for origin in ["https://evil.example", "null"] {
      #expect(try await ask(site.server, path, cookie + ["-H", "Origin: \(origin)"]).status == 403, "\(origin)")
    }
    #expect(try await ask(site.server, path, cookie + ["-H", "Sec-Fetch-Site: cross-site"]).status == 403)
    #expect(try await ask(site.server, path, ["-d", "form=\(code)"]).status == 401)
    // By a link nothing is changed.
    #expect(try await writer.get(path).status == 405)
    #expect(try await site.callerID.admin("show", "2145550101", "--json").output.contains(#""enabled":true"#))
    // Whoever follows a link from elsewhere may look.
    let link = ["-H", "Cookie: \(writer.cookie)", "-H", "Sec-Fetch-Site: cross-site", "-H", "Sec-Fetch-Mode: navigate"]
    #expect(try await ask(site.server, "/dashboard/audit", link).status == 200)
    #expect(try await ask(site.server, "/numbers", link).status == 403)
    #expect(try await writer.send(path, [:]).status == 303)
  }

  // MARK: What is shown

  @Test func namesFromOutsideAreTextWhereverTheyStand() async throws {
    let site = try await PageSite()
    let hostile = "\"\u{301}><img src=x>'&"
    #expect(try await site.callerID.admin("set", "2145550101", "--name", hostile).status == 0)
    #expect(try await site.callerID.admin("campaign", "set", hostile, "daily_limit=5").status == 0)
    let query = ["to": "12145551212", "campaign": hostile, "agent": hostile, "uniqueid": hostile]
      .flatMap { ["--data-urlencode", "\($0.key)=\($0.value)"] }
    #expect(try await ask(site.server, "/next-cid", ["-G"] + query).status == 200)
    let bad = ["to": hostile, "campaign": hostile].flatMap { ["--data-urlencode", "\($0.key)=\($0.value)"] }
    #expect(try await ask(site.server, "/next-cid", ["-G"] + bad).status == 400)
    let browser = try await site.browser("write")
    let name = try #require(hostile.addingPercentEncoding(withAllowedCharacters: .alphanumerics))
    var seen = 0
    for view in Self.views + [
      "/calls/1", "/calls/2", "/campaigns/\(name)", "/calls?campaign=\(name)", "/audit?what=\(name)",
    ] {
      let page = try await browser.get("/dashboard\(view)").body
      #expect(!page.contains("<img"), "\(view)")
      #expect(!page.unicodeScalars.split(separator: "\"").dropFirst().contains { $0.first == "\u{301}" }, "\(view)")
      if page.contains("&quot;\u{301}&gt;&lt;img") { seen += 1 }
    }
    #expect(seen >= 7)
  }

  @Test func theOverviewIsFollowedAndEndsWithTheServer() async throws {
    let site = try await PageSite()
    let browser = try await site.browser("read")
    async let followed = run(
      "/usr/bin/env",
      [
        "curl", "-sSN", "-m", "60", "-H", "Cookie: \(browser.cookie)",
        "http://127.0.0.1:\(site.server.httpPort)/events",
      ])
    try await Task.sleep(for: .seconds(2))
    _ = try await site.server.http("/next-cid?to=12145551212&campaign=SALES")
    try await Task.sleep(for: .seconds(3))
    site.server.send(SIGTERM)
    let events = try await followed
    #expect(events.status == 0, "the stream has an end: \(events.errors)")
    let parts = events.output.split(separator: "\n").filter { $0.hasPrefix("data: {") }
    #expect(parts.count >= 2)
    let first = try #require(parts.first)
    let last = try #require(parts.last)
    for id in ["findings", "figures", "hour", "refusals", "pools"] { #expect(first.contains("\"\(id)\":")) }
    // What has not changed is not sent again.
    #expect(last.contains("\"figures\":") && !last.contains("\"refusals\":"))
    #expect(try await site.server.status() == 0)
  }
}

import Foundation
import TestSupport
import Testing

/// Bringing numbers in on the page, changing them and giving them up.
@Suite(.timeLimit(.minutes(10)))
struct ServerPageNumberTests {
  private func count(_ site: PageSite) async throws -> Int {
    try await site.callerID.admin("list", "--csv").lines.count - 1
  }

  /// By what the page knows again what was looked at.
  private func sum(_ page: String) throws -> String {
    String(try #require(page.firstMatch(of: /name="sum" value="([0-9a-z]*)"/)).output.1)
  }

  private func audit(_ site: PageSite) async throws -> [String] {
    try await site.callerID.admin("audit").lines.filter { $0.contains("token a-write") }
  }

  // MARK: Import

  @Test func anImportIsLookedAtFirst() async throws {
    let site = try await PageSite()
    let (writer, reader) = (try await site.browser("write"), try await site.browser("read"))
    var fields = ["numbers": "caller_id,pool\r\n2145550190,new\r\n2145550101,new\r\n12,new\r\n", "step": "look"]
    let look = try await writer.send("/dashboard/import", fields)
    #expect(look.status == 200 && look.body.contains("1 added, 1 updated") && look.body.contains("Line 4"))
    #expect(try await count(site) == 3)
    fields["step"] = "import"
    // What was not looked at as it is now is looked at.
    #expect(try await writer.send("/dashboard/import", fields).status == 200)
    fields["sum"] = try sum(look.body)
    let changed = try await writer.send("/dashboard/import", fields.merging(["numbers": "2145550199"]) { $1 })
    #expect(changed.status == 200 && changed.body.contains("1 added, 0 updated"))
    #expect(try await reader.send("/dashboard/import", fields).status == 403)
    #expect(try await writer.send("/dashboard/import", fields, code: "").status == 403)
    #expect(try await count(site) == 3)
    #expect(try await writer.send("/dashboard/import", fields).status == 303)
    #expect(try await count(site) == 4)
    #expect(try await audit(site).contains { $0.contains("import on the page: 1 added") })
    for bad in ["", "hello", "caller_id,nonsense\n2145550190,x"] {
      let answer = try await writer.send("/dashboard/import", ["numbers": bad, "step": "look"])
      #expect(answer.status == 200 && answer.body.contains("Nothing was changed"), "\(bad)")
    }
  }

  @Test func wordsThatNobodyKnowsAreDecidedOnThePage() async throws {
    let site = try await PageSite()
    let writer = try await site.browser("write")
    // A file of Bandwidth's, with words of somebody's own.
    let numbers = "Full Number,Status\n2145550191,billable\n2145550192,dormant\n2145550193,billable\n"
    var fields = ["numbers": numbers, "step": "look"]
    let asked = try await writer.send("/dashboard/import", fields)
    #expect(asked.body.contains("“billable” (Status, 2 rows from line 2 on)"), "\(asked.body)")
    #expect(!asked.body.contains("Import them"))
    fields["word:billable"] = "yes"
    #expect(try await !writer.send("/dashboard/import", fields).body.contains("Import them"))
    fields["word:dormant"] = "no"
    let look = try await writer.send("/dashboard/import", fields)
    #expect(
      look.body.contains("Import them") && look.body.contains("1 disabled, as the file says: 1 by &quot;dormant&quot;"))
    fields.merge(["step": "import", "sum": try sum(look.body)]) { $1 }
    // Another word than the one that was looked at.
    #expect(try await writer.send("/dashboard/import", fields.merging(["word:dormant": "yes"]) { $1 }).status == 200)
    #expect(try await count(site) == 3)
    #expect(try await writer.send("/dashboard/import", fields).status == 303)
    let states = try await site.callerID.admin("export", "--csv").output
    #expect(states.contains("2145550192"))
    #expect(try await count(site) == 6)
    #expect(try await site.callerID.admin("show", "2145550192", "--json").output.contains(#""enabled":false"#))
    #expect(try await site.callerID.admin("show", "2145550193", "--json").output.contains(#""enabled":true"#))
  }

  @Test func theNumbersOfAFloorComeInAtOnce() async throws {
    let site = try await PageSite()
    let writer = try await site.browser("write")
    let name = String(repeating: "n", count: 60)
    let numbers = "caller_id,pool,name\r\n" + (0..<20_000).map { "214\(5_560_000 + $0),floor,\(name)\r\n" }.joined()
    #expect(numbers.utf8.count > 1_500_000)
    let path = FileManager.default.temporaryDirectory.path + "/callerid-form-\(UUID().uuidString)"
    defer { try? FileManager.default.removeItem(atPath: path) }
    func answer(_ text: String, cookie: String, _ more: String...) async throws -> WebAnswer {
      try text.write(toFile: path, atomically: true, encoding: .utf8)
      return try await ask(
        site.server, "/dashboard/import",
        more + [
          "-m", "300", "-H", "Cookie: \(cookie)", "--data-urlencode", "form=\(try await writer.code())",
          "--data-urlencode", "step=look", "--data-urlencode", "numbers@\(path)",
        ])
    }
    // Over a line on which they take longer than a request may.
    let look = try await answer(numbers, cookie: writer.cookie, "--limit-rate", "120k")
    #expect(look.status == 200 && look.body.contains("20000 added"), "\(look.status)")
    let long = try await answer(String(repeating: "2", count: 8_000_001), cookie: writer.cookie)
    #expect(long.body.contains("longer than 8 megabytes"), "\(long.status)")
    // Nobody's form is kept before it is known whose it is.
    #expect(try await answer(numbers, cookie: "callerid_session=x").status == 401)
    #expect(try await answer(numbers, cookie: site.browser("read").cookie).status == 403)
  }

  // MARK: One number

  @Test func aNumberIsAddedWithItsFields() async throws {
    let site = try await PageSite()
    let (writer, reader) = (try await site.browser("write"), try await site.browser("read"))
    #expect(try await writer.get("/dashboard/add").body.contains(#"name="area_code""#))
    #expect(try await reader.get("/dashboard/add").status == 403)
    let fields = [
      "number": "(214) 555-0177", "name": "Front <desk>", "pool": "sales", "carrier": "Acme", "area_code": "214 972",
      "daily_limit": "60", "max_concurrent": "", "attestation": "A",
    ]
    #expect(try await reader.send("/dashboard/add", fields).status == 403)
    let added = try await writer.send("/dashboard/add", fields)
    #expect(added.status == 303 && added.fields("location") == ["/dashboard/numbers/12145550177"])
    let shown = try await site.callerID.admin("show", "2145550177", "--json").output
    for part in [#""name":"Front <desk>""#, #""carrier":"Acme""#, #""pool":"sales""#, #""daily_limit":60"#] {
      #expect(shown.contains(part), "\(part): \(shown)")
    }
    #expect(try await audit(site).contains { $0.contains("add ") && $0.contains("carrier=Acme") })
    // What was filled in is not lost.
    for (bad, reason) in [
      (["number": "12"], "Nothing was added"), (fields, "is in the store already"),
      (fields.merging(["number": "2145550178", "daily_limit": "many"]) { $1 }, "daily_limit"),
    ] {
      let answer = try await writer.send("/dashboard/add", bad)
      #expect(answer.status == 200 && answer.body.contains(reason), "\(answer.body)")
      if bad["carrier"] != nil { #expect(answer.body.contains(#"name="carrier" value="Acme""#)) }
    }
    #expect(try await count(site) == 4)
  }

  @Test func theFieldsOfANumberAreChangedByWhatIsDifferentAlone() async throws {
    let site = try await PageSite()
    let (writer, reader) = (try await site.browser("write"), try await site.browser("read"))
    let path = "/dashboard/numbers/12145550101"
    let fields = ["pool": "sales", "carrier": "Acme", "area_code": "813", "name": "", "callback": "yes"]
    #expect(try await reader.send(path + "/fields", fields).status == 403)
    #expect(try await writer.send(path + "/fields", fields).status == 303)
    let page = try await writer.get(path).body
    #expect(page.contains(#"value="813""#) && page.contains(">Undo<"))
    let line = try await audit(site).first ?? ""
    #expect(line.contains("set 2145550101 pool=sales carrier=Acme area_code=813 callback=yes"), "\(line)")
    _ = try await writer.send(path + "/fields", fields)
    #expect(try await writer.get(path).body.contains("Nothing was different"))
    _ = try await writer.send(path + "/fields", ["area_code": "nowhere"])
    #expect(try await writer.get(path).body.contains("Nothing was changed"))
  }

  @Test func aNumberIsRetiredOnlyBySomebodyWhoIsSure() async throws {
    let site = try await PageSite()
    let writer = try await site.browser("write")
    let path = "/dashboard/numbers/12145550101"
    func state() async throws -> String {
      try await site.callerID.admin("export").lines.first { $0.contains("2145550101") } ?? ""
    }
    #expect(try await writer.send(path + "/retire", [:]).status == 303)
    #expect(try await writer.get(path).body.contains("says that they are sure"))
    #expect(try await !state().contains("retired"))
    #expect(try await writer.send(path + "/retire", ["sure": "yes"]).status == 303)
    #expect(try await state().contains("retired"))
    #expect(try await audit(site).contains { $0.contains("retire 2145550101") })
    #expect(try await writer.get(path).body.contains(#"action="/dashboard/numbers/12145550101/enable""#))
    #expect(try await !writer.get(path).body.contains("/retire"))
    #expect(try await writer.send(path + "/enable", [:]).status == 303)
    #expect(try await !state().contains("retired"))
  }

  // MARK: Undo

  @Test func whatThePageHasChangedIsTakenBackInAShell() async throws {
    let site = try await PageSite()
    let writer = try await site.browser("write")
    let token = try #require(site.tokens["write"])
    let before = try await site.callerID.admin("export").output
    #expect(
      try await writer.send("/dashboard/numbers/12145550101/limits", ["hourly_limit": "7", "daily_limit": ""]).status
        == 303)
    #expect(try await site.callerID.admin("export").output != before)
    #expect(try await site.callerID.admin("undo").status == 0)
    #expect(try await site.callerID.admin("export").output == before)
    // So are changes by the interface for programs.
    #expect(
      try await ask(
        site.server, "/numbers/2145550102",
        [
          "-X", "PATCH", "-H", "X-Admin-Token: \(token)", "-H",
          "Content-Type: application/json", "-d", #"{"daily_limit": 5}"#,
        ]
      ).status == 200)
    let rows = try await site.callerID.rows("undo", "--list")
    #expect(rows.first?["who"] as? String == "token a-write")
    #expect(try await site.callerID.admin("undo").status == 0)
    #expect(try await site.callerID.admin("export").output == before)
  }

  @Test func whatAShellHasChangedIsTakenBackOnThePage() async throws {
    let site = try await PageSite()
    let (writer, reader) = (try await site.browser("write"), try await site.browser("read"))
    let before = try await site.callerID.admin("export").output
    #expect(try await site.callerID.admin("remove", "2145550101", "3125550103").status == 0)
    let entry = try site.callerID.sql("SELECT max(id) FROM audit")
    let path = "/dashboard/audit/\(entry)/undo"
    #expect(try await writer.get("/dashboard/audit").body.contains("href=\"\(path)\""))
    #expect(try await !reader.get("/dashboard/audit").body.contains(path))
    #expect(try await reader.get(path).status == 403)
    // It is asked first, because an undo cannot be taken back.
    let question = try await writer.get(path)
    #expect(question.status == 200 && question.body.contains("remove 2145550101 3125550103"))
    #expect(try await site.callerID.admin("export").output != before)
    #expect(try await reader.send(path, [:]).status == 403)
    #expect(try await writer.send(path, [:], code: "x").status == 403)
    #expect(try await writer.send(path, [:]).status == 303)
    #expect(try await site.callerID.admin("export").output == before)
    let audit = try await writer.get("/dashboard/audit").body
    #expect(audit.contains("is taken back: 2 as before") && !audit.contains("href=\"\(path)\""))
    #expect(try await self.audit(site).contains { $0.contains("undo \(entry): remove") })
    for gone in [path, "/dashboard/audit/1/undo", "/dashboard/audit/99/undo", "/dashboard/audit/x/undo"] {
      #expect(try await [404, 422].contains(writer.get(gone).status), "\(gone)")
    }
    #expect(try await writer.send(path, [:]).status == 303)
    #expect(try await writer.get("/dashboard/audit").body.contains("has been taken back already"))
  }

  /// It takes longer than a connection waits for an answer.
  @Test func aLargeImportIsTakenBackWhileThePageGoesOn() async throws {
    let site = try await PageSite()
    let writer = try await site.browser("write")
    let before = try await site.callerID.admin("export").output
    let numbers = "caller_id\n" + (0..<20_000).map { "212\(5_560_000 + $0)\n" }.joined()
    #expect(try await site.callerID.importCSV(numbers).status == 0)
    let entry = try site.callerID.sql("SELECT max(id) FROM audit")
    let answer = try await writer.send("/dashboard/audit/\(entry)/undo", [:])
    #expect(answer.status == 303, "\(answer.body)")
    var page = ""
    for _ in 0..<600 where !page.contains("20000 as before") {
      page = try await writer.get("/dashboard/audit").body
      try await Task.sleep(for: .milliseconds(200))
    }
    #expect(page.contains("is taken back: 20000 as before"))
    #expect(try await site.callerID.admin("export").output == before)
  }

  @Test func anImportOnThePageIsTakenBackWithOneClick() async throws {
    let site = try await PageSite()
    let writer = try await site.browser("write")
    let before = try await site.callerID.admin("export").output
    var fields = ["numbers": "caller_id,name\n2145550190,a\n2145550101,b\n", "step": "look"]
    let look = try await writer.send("/dashboard/import", fields)
    fields.merge(["step": "import", "sum": try sum(look.body)]) { $1 }
    #expect(try await writer.send("/dashboard/import", fields).status == 303)
    let told = try await writer.get("/dashboard/numbers").body
    let undo = try #require(told.firstMatch(of: /action="(\/dashboard\/audit\/[0-9]+\/undo)"/)).output.1
    #expect(try await writer.send(String(undo), [:]).status == 303)
    #expect(try await site.callerID.admin("export").output == before)
  }
}

import TestSupport
import Testing

/// Text that would drive a terminal, a spreadsheet or SQL, in every field that takes text.
@Suite(.timeLimit(.minutes(2)))
struct AdminHostileTextTests {
  static let texts = [
    "'; DROP TABLE number;--", "\" OR 1=1 --", "\u{1B}[2J\u{1B}]0;title\u{7}", "\u{9B}31m",
    "=HYPERLINK(\"http://x\",\"y\")",
    "+1+1", "-2+3|cmd", "@SUM(A1)", "line\nbreak\r\nand\ttab", "\u{202E}desrever", "\u{61C}mark\u{2066}ed", "日本語 é ñ 📞",
    "%s%n\\x00", "${EXTEN}",
    "<b>&amp;</b>", "a,b;c\"d",
  ]

  /// Whatever is printed: no control character but the line end, no direction override, and no line that is not a row's.
  static func expectHarmless(_ finished: Finished, lines: Int? = nil, _ comment: Comment) {
    let isHarmful: (Unicode.Scalar) -> Bool = {
      ($0.value < 0x20 && $0 != "\n") || (0x7F..<0xA0).contains($0.value) || (0x202A...0x202E).contains($0.value)
        || $0.value == 0x61C || (0x2066...0x2069).contains($0.value)
    }
    #expect(!finished.output.unicodeScalars.contains(where: isHarmful), comment)
    #expect(!finished.errors.unicodeScalars.contains(where: isHarmful), comment)
    if let lines { #expect(finished.lines.count == lines, comment) }
  }

  @Test(arguments: texts)
  func whatIsStoredComesOutAsTextAlone(text: String) async throws {
    let callerID = try await Installation(numbers: ["3125550101"])
    let cell = "\"" + text.replacing("\"", with: "\"\"") + "\""
    let imported = try await callerID.importCSV("caller_id,name,carrier,pool\n2145550101,\(cell),\(cell),\(cell)\n")
    #expect(imported.output == "1 added, 0 updated, 0 unchanged, 0 rejected\n")
    #expect(try await callerID.admin(["set", "3125550101", "--name=\(text)", "--carrier=\(text)"]).status == 0)
    let number = try await callerID.object("show", "2145550101")
    let kept = try #require(number["name"] as? String)
    let next = ["next", "--to=12145551212", "--pool=\(kept)", "--campaign=\(text)", "--agent=\(text)", "--reserve"]
    let taken = try await callerID.admin(next)
    #expect(taken.status == 0)
    Self.expectHarmless(taken, lines: 1, "next")

    for command in ["list", "reservations", "requests"] {
      let rows = command == "list" ? 2 : 1
      Self.expectHarmless(try await callerID.admin([command]), lines: 1 + rows, "\(command)")
      Self.expectHarmless(try await callerID.admin([command, "--json"]), lines: 2 + rows, "\(command) --json")
      let csv = try await callerID.admin([command, "--csv"])
      Self.expectHarmless(csv, lines: 1 + rows, "\(command) --csv")
      // No cell begins as a formula does, quoted or not.
      #expect(!csv.output.contains(/(^|,)"?[=+@-][^0-9]/.anchorsMatchLineEndings()), "\(csv.output)")
    }
    for command in [["show", "2145550101"], ["stats"], ["stats", "--json"]] {
      Self.expectHarmless(try await callerID.admin(command), "\(command)")
    }

    // Kept is the text as it came, but for what was made safe at the door.
    let request = try #require(try await callerID.rows("requests").first)
    #expect(number["carrier"] as? String == kept)
    #expect(number["pool"] as? String == kept)
    #expect(request["campaign"] as? String == kept)
    #expect(request["agent"] as? String == kept)
    if !text.unicodeScalars.contains(where: {
      $0.properties.isDefaultIgnorableCodePoint || $0.value < 0x20 || $0.value == 0x9B
    }) {
      #expect(kept == text)
    }
    #expect(try callerID.sql("SELECT count(*) FROM number") == 2)
  }

  @Test(arguments: texts)
  func whatIsRefusedIsRepeatedAsTextAlone(text: String) async throws {
    let callerID = try await Installation(numbers: ["2145550101"])
    for arguments in [
      ["show", "--", text], ["add", "--", text], ["next", "--to=\(text)"],
      ["next", "--to=12145551212", "--pool=\(text)"],
      ["release", "--uniqueid=\(text)"], ["config", "get", "--", text], ["config", "set", "--", "timezone", text],
      ["init", "--owner=\(text)"], ["import", "/no/such/\(text)"], ["set", "2145550101", "--daily-limit=\(text)"],
    ] {
      let before = try callerID.dump()
      let finished = try await callerID.admin(arguments)
      #expect(finished.status == 1, "\(arguments)")
      #expect(finished.output.isEmpty)
      #expect(finished.errors.filter { $0 == "\n" }.count == 1, "\(finished.errors)")
      Self.expectHarmless(finished, "\(arguments)")
      #expect(try callerID.dump() == before)
    }
    let rejected = try await callerID.admin(
      "import", "-", input: "name,caller_id\nx,\"\(text.replacing("\"", with: "\"\""))\"\n")
    #expect(rejected.status == 1)
    Self.expectHarmless(rejected, "a rejected row")
    #expect(try callerID.sql("SELECT count(*) FROM number") == 1)
  }

  @Test func textPutIntoTheStoreByOthersIsMadeSafeWhenItIsShown() async throws {
    let callerID = try await Installation(numbers: ["2145550101"])
    _ = try callerID.sql(
      "UPDATE number SET name = char(27) || '[31m' || char(10) || 'x', written = char(155) || '1' RETURNING 1")
    Self.expectHarmless(try await callerID.admin("list"), lines: 2, "list")
    Self.expectHarmless(try await callerID.admin("list", "--csv"), lines: 2, "list --csv")
    Self.expectHarmless(try await callerID.admin("show", "2145550101"), lines: 17, "show")
    #expect(try await callerID.object("show", "2145550101")["name"] as? String == "\u{1B}[31m\nx")
    Self.expectHarmless(try await callerID.admin("next", "--to", "12145551212"), lines: 1, "next")
  }
}

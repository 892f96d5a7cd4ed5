import Foundation
import Output
import TestSupport
import Testing

/// `top`.
@Suite(.timeLimit(.minutes(2)))
struct AdminTopTests {
  private func called(campaign: String = "SALES") async throws -> Installation {
    let callerID = try await Installation(numbers: ["2145550101", "2145550102"])
    for _ in 0..<3 {
      _ = try await callerID.admin(["next", "--to", "12145551212", "--campaign=\(campaign)", "--reserve"])
    }
    return callerID
  }

  private func terminal(
    _ callerID: Installation, _ options: String = "--interval 0.2", rows: Int = 24, columns: Int = 80
  ) throws -> PseudoTerminal {
    try PseudoTerminal(callerID, "top \(options)", rows: rows, columns: columns)
  }

  @Test(arguments: [[], ["--once"]])
  func throughAPipeItPrintsWhatThereIsAndEnds(options: [String]) async throws {
    let callerID = try await called()
    let before = try callerID.dump()
    let finished = try await callerID.admin(["top"] + options)
    #expect(finished.status == 0)
    #expect(finished.errors.isEmpty)
    #expect(!finished.output.contains("\u{1B}"))
    let lines = finished.lines
    #expect(lines[0].hasSuffix("   2 numbers"))
    #expect(lines[1] == "held 2   granted 2   refused 1   in 30 minutes")
    #expect(lines[2].hasPrefix("calls a minute ["))
    #expect(lines.contains { $0.hasPrefix("      1  NONE_AVAILABLE  every number that would do is asleep") })
    #expect(lines.contains("    1  2145550102  ########################"))
    #expect(lines.contains { $0.hasSuffix("  12145551212  SALES     OK              2145550101") })
    #expect(try callerID.dump() == before)
  }

  @Test func onATerminalItDrawsAnewAndEndsOnQ() async throws {
    let callerID = try await called()
    let terminal = try terminal(callerID)
    try await terminal.wait { $0.contains("granted 2 ") }
    #expect(terminal.output.contains("█"))
    _ = try await callerID.importCSV("caller_id\n3125550101\n")
    _ = try await callerID.admin("next", "--to", "13125551212", "--reserve")
    try await terminal.wait { $0.contains("granted 3 ") }
    try terminal.type("xq")
    #expect(try await terminal.end() == 0)
    #expect(terminal.frames.count >= 2)
    try terminal.expectGivenBack()
  }

  @Test(arguments: ["\u{3}", "\u{4}"])
  func ctrlCAndTheEndOfInputEndIt(key: String) async throws {
    let terminal = try terminal(await called())
    try await terminal.wait { $0.contains("LATEST") }
    try terminal.type(key)
    #expect(try await terminal.end() == 0)
    try terminal.expectGivenBack()
  }

  @Test(arguments: [SIGTERM, SIGHUP, SIGQUIT, SIGSEGV])
  func aSignalThatEndsItLeavesTheTerminalAsItWas(signal: Int32) async throws {
    let terminal = try terminal(await called())
    try await terminal.wait { $0.contains("LATEST") }
    kill(try #require(pid_t(try terminal.file("pid"))), signal)
    #expect(try await terminal.end() == 128 + Int(signal))
    #expect(try terminal.file("after") == terminal.file("before"))
    #expect(terminal.output.contains("\u{1B}[?25h\u{1B}[?1049l"))
  }

  @Test func itGoesOnAfterItWasStopped() async throws {
    let terminal = try terminal(await called())
    try await terminal.wait { $0.contains("LATEST") }
    let process = try #require(pid_t(try terminal.file("pid")))
    kill(process, SIGTSTP)
    try await terminal.wait { $0.contains("\u{1B}[?25h\u{1B}[?1049l") }
    kill(process, SIGCONT)
    let drawn = terminal.frames.count
    try await terminal.wait { _ in terminal.frames.count > drawn + 1 }
    try terminal.type("q")
    #expect(try await terminal.end() == 0)
    try terminal.expectGivenBack()
  }

  @Test func itFitsTheTerminalAlsoAfterItWasResized() async throws {
    let terminal = try terminal(await called(campaign: "日本語 é ñ 📞 a campaign of a long name"), rows: 12, columns: 50)
    try await terminal.wait { _ in terminal.frames.count > 2 }
    #expect(fits(terminal.frames[1], rows: 12, columns: 50), "\(terminal.frames[1])")
    #expect(try await run("/bin/stty", ["-F", terminal.file("tty"), "rows", "5", "cols", "20"]).status == 0)
    // Pictures of before may still be on their way.
    try await terminal.wait { _ in terminal.frames.dropLast().contains { fits($0, rows: 5, columns: 20) } }
    let drawn = terminal.frames.count
    try await terminal.wait { _ in terminal.frames.count > drawn + 1 }
    #expect(fits(terminal.frames[drawn], rows: 5, columns: 20), "\(terminal.frames[drawn])")
    try terminal.type("q")
    #expect(try await terminal.end() == 0)
  }

  private func fits(_ frame: String, rows: Int, columns: Int) -> Bool {
    let lines = frame.components(separatedBy: "\r\n")
    return lines.count <= rows && lines.allSatisfy { TerminalText.width($0) < columns }
  }

  @Test func noNameDrivesTheTerminal() async throws {
    let callerID = try await called(campaign: "\u{1B}[2J\u{1B}]0;title\u{7}\u{9B}31m")
    _ = try callerID.sql(
      "UPDATE number SET written = char(27) || '[31m' || char(10) || 'x' || char(155) || '1' RETURNING 1")
    _ = try callerID.sql("UPDATE request SET reason = char(27) || 'c' || char(13), destination = char(8) RETURNING 1")
    let terminal = try terminal(callerID)
    try await terminal.wait { _ in terminal.frames.count > 1 }
    try terminal.type("q")
    #expect(try await terminal.end() == 0)
    let drawn = terminal.frames[0].replacing("\r\n", with: "")
    #expect(!drawn.contains { character in character.unicodeScalars.contains { $0.value < 0x20 || $0.value == 0x9B } })
    let piped = try await callerID.admin("top")
    #expect(!piped.output.unicodeScalars.contains { $0.value < 0x20 && $0 != "\n" || (0x7F..<0xA0).contains($0.value) })
  }

  @Test func aStoreThatCannotBeReadEndsItWithTheTerminalGivenBack() async throws {
    let callerID = try await called()
    let terminal = try terminal(callerID)
    try await terminal.wait { $0.contains("LATEST") }
    _ = try callerID.sql("DROP TABLE campaign")
    #expect(try await terminal.end() == 1)
    #expect(try terminal.file("after") == terminal.file("before"))
    #expect(terminal.output.contains("\u{1B}[?1049lcallerid-admin: "))
  }

  @Test(arguments: ["0", "-1", "x", "3601"])
  func anIntervalIsATimeThatSomebodyWouldWait(text: String) async throws {
    #expect(try await Installation().admin("top", "--interval=\(text)").status == 64)
  }
}

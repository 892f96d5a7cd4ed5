import Foundation
import TestSupport
import Testing

/// On a terminal, what is hard to mend is asked about; in a script, nothing is.
@Suite(.timeLimit(.minutes(2)))
struct AdminQuestionTests {
  /// A store in which each of the commands has something to do.
  private func used() async throws -> Installation {
    let callerID = try await Installation(numbers: ["2145550101", "2145550102"])
    // The third finds both numbers taken.
    for number in 0..<3 { _ = try await callerID.agi(["SALES"], AsteriskCall(number: number)) }
    #expect(try await callerID.admin("campaign", "set", "SALES", "sticky=agent", "daily_limit=50").status == 0)
    #expect(try await callerID.admin("token", "add", "grafana", "--role", "read").status == 0)
    #expect(try await callerID.admin("backup", callerID.folder + "/backup.db").status == 0)
    return callerID
  }

  private static let questions = [
    ("remove 2145550101 2145550102 --force", "2 numbers with a history of 2 calls: delete them? (y/N)"),
    ("remove 2145550101 --force", "1 number with a history of 1 call: delete it? (y/N)"),
    ("reset-usage", "2 numbers carried 2 calls today, 2 of them in this hour: clear these counts? (y/N)"),
    ("reset-usage --daily", "clear the counts of the day? (y/N)"),
    ("campaign remove SALES", "SALES has daily_limit=50 sticky=agent: forget these settings? (y/N)"),
    ("token revoke GRAFANA", "Whoever uses the token grafana (read) will be refused, and it cannot be brought back"),
    ("restore FOLDER/backup.db", "callerid.db, which holds 2 numbers, 3 requests? (y/N)"),
  ]

  @Test(arguments: questions) func noChangesNothing(command: String, question: String) async throws {
    let callerID = try await used()
    let before = try callerID.dump()
    for answer in ["\n", "n\n", "whatever\n", "\u{4}"] {
      let terminal = try PseudoTerminal(
        callerID, command.replacing("FOLDER", with: callerID.folder), rows: 24, columns: 300)
      try await terminal.wait { $0.contains("(y/N)") }
      #expect(terminal.output.contains(question), "\(terminal.output)")
      try terminal.type(answer)
      #expect(try await terminal.end() == 1)
      #expect(terminal.output.contains("callerid-admin: nothing was changed. To do it without being asked, give --yes"))
    }
    #expect(try callerID.dump() == before)
  }

  @Test(arguments: questions) func yesDoesIt(command: String, question: String) async throws {
    let callerID = try await used()
    let before = try callerID.dump()
    let terminal = try PseudoTerminal(
      callerID, command.replacing("FOLDER", with: callerID.folder), rows: 24, columns: 300)
    try await terminal.wait { $0.contains("(y/N)") }
    try terminal.type("y\n")
    #expect(try await terminal.end() == 0, "\(terminal.output)")
    #expect(try callerID.dump() != before)
  }

  @Test(arguments: questions) func anOptionAnswersItBeforehand(command: String, question: String) async throws {
    let callerID = try await used()
    let terminal = try PseudoTerminal(
      callerID, command.replacing("FOLDER", with: callerID.folder) + " --yes", rows: 24, columns: 300)
    #expect(try await terminal.end() == 0)
    #expect(!terminal.output.contains("(y/N)"))
  }

  @Test(arguments: questions) func aScriptIsNeverAsked(command: String, question: String) async throws {
    let callerID = try await used()
    let arguments = command.replacing("FOLDER", with: callerID.folder).split(separator: " ").map(String.init)
    let finished = try await callerID.admin(arguments)
    #expect(finished.status == 0, "\(finished.errors)")
    #expect(!(finished.output + finished.errors).contains("(y/N)"))
  }

  @Test(arguments: ["reset-usage --past", "reset-usage --daily --past", "reset-usage --dry-run"])
  func whatCronDoesAndWhatOnlyLooksIsNotAskedAbout(command: String) async throws {
    let terminal = try PseudoTerminal(try await used(), command, rows: 24, columns: 300)
    #expect(try await terminal.end() == 0)
    #expect(!terminal.output.contains("(y/N)"))
  }

  /// Where the output goes to a file, nobody would see a question there.
  @Test func aRedirectedCommandIsNotAsked() async throws {
    let terminal = try PseudoTerminal(
      try await used(), "reset-usage > \"$F/report\"", rows: 24, columns: 300)
    #expect(try await terminal.end() == 0)
    #expect(try terminal.file("report").hasPrefix("Cleared the usage of 2 numbers"))
  }

  @Test func whatIsRefusedAnywayIsNotAskedAbout() async throws {
    for (command, said) in [
      ("remove 2145550101", "has been used"), ("remove 2145550199", "is not in the store"),
      ("campaign remove NONE", "there is no campaign NONE"), ("token revoke none", "there is no token named none"),
    ] {
      let terminal = try PseudoTerminal(try await used(), command, rows: 24, columns: 300)
      #expect(try await terminal.end() == 1)
      #expect(terminal.output.contains(said) && !terminal.output.contains("(y/N)"), "\(terminal.output)")
    }
  }
}

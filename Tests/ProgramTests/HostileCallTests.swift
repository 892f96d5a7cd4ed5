import Foundation
import NumberFiles
import TestSupport
import Testing

/// Text that would drive whatever it reaches, in all that a call brings: Asterisk's variables, the channel's, the
/// dialplan's options, and the number that the call gets.
@Suite(.timeLimit(.minutes(2)))
struct HostileCallTests {
  static let texts =
    AdminHostileTextTests.texts + [
      "x\" 1\nSET VARIABLE PWNED 1", "\\", "\"", "x\\\" SET", "a\u{85}SET VARIABLE PWNED 1", "\u{2028}EXEC System(id)",
      "＝1+1", "x\"\u{301},=1", String(repeating: "\"\\", count: 3000),
    ]

  private let ours = /SET VARIABLE CALLERID(\((num|name)\)|_[A-Z_]+) .*|VERBOSE ".*" 1|GET VARIABLE [A-Za-z_]+/

  /// Commands of ours and nothing else, each on one line that fits Asterisk's buffer.
  private func expectOurCommands(_ finished: Finished, _ comment: Comment) {
    #expect(finished.errors.isEmpty, comment)
    for line in finished.output.utf8.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).dropLast() {
      #expect(line.count <= 2046, comment)
      #expect(!line.contains { $0 < 0x20 || $0 == 0x7F }, comment)
      #expect(String(decoding: line, as: UTF8.self).wholeMatch(of: ours) != nil, comment)
    }
  }

  @Test(arguments: texts)
  func reachesEachSinkAsTextAlone(text: String) async throws {
    let callerID = try await Installation()
    // By scalars: an accent may be set on a quote.
    let doubled = text.unicodeScalars.prefix(60).flatMap { $0 == "\"" ? [$0, $0] : [$0] }
    let cell = "\"" + String(String.UnicodeScalarView(doubled)) + "\""
    _ = try await callerID.importCSV("caller_id,name,carrier\n2145550101,\(cell),\(cell)\n")
    // What is too long for a name is refused, see AgiNameLengthTests.
    let name = String(String.UnicodeScalarView(text.unicodeScalars.prefix(64)))
    var call = AsteriskCall()
    call.uniqueID = name
    call.callerID = text
    call.callerIDName = text
    call.dnid = text
    call.replies = ["200 result=1 (\(name))"] + call.replies

    let taken = try await callerID.agi(["", name, "to=12145551212", "name=name", "respect-existing"], call)
    #expect(taken.status == 0)
    #expect(taken.lines.contains("SET VARIABLE CALLERID(num) 2145550101"))
    expectOurCommands(taken, "taken")
    for option in ["to", "area", "pool", "carrier", "ttl", "name", "status", "db", "action", "cause"] {
      expectOurCommands(try await callerID.agi(["S", "", "\(option)=\(text)"], call), "\(option)=")
    }
    let released = try await callerID.agi(["", "", "action=release", "status=\(text)", "answered=5"], call)
    #expect(released.status < 2)
    expectOurCommands(released, "released")

    for command in [
      ["requests"], ["reservations"], ["audit"], ["campaign", "list"], ["agent", "list"], ["list"],
      ["stats", "--by", "agent"],
    ] {
      try await expectHarmless(command, of: callerID)
    }
    #expect(try callerID.sql("SELECT count(*) FROM number") == 1)
    #expect(try callerID.sql("SELECT count(*) FROM setting WHERE key NOT IN ('archived_until', 'latest')") == 0)
  }

  /// As a table, as JSON and as CSV.
  private func expectHarmless(_ command: [String], of callerID: Installation) async throws {
    for format in [[], ["--json"], ["--csv"]] {
      let finished = try await callerID.admin(command + format)
      #expect(finished.status == 0, "\(command) \(finished.errors)")
      let isHarmful: (Unicode.Scalar) -> Bool = {
        ($0.value < 0x20 && $0 != "\n") || (0x7F..<0xA0).contains($0.value) || (0x2028...0x202E).contains($0.value)
      }
      #expect(!finished.output.unicodeScalars.contains(where: isHarmful), "\(command) \(format)")
      #expect(!finished.errors.unicodeScalars.contains(where: isHarmful), "\(command) \(format)")
      if format == ["--json"] { _ = try finished.json() }
      if format == ["--csv"] { try expectNoFormula(in: finished.output) }
    }
  }

  /// As a spreadsheet takes the file apart: every row has the header's cells, and none of them runs.
  private func expectNoFormula(in file: String) throws {
    var rest = Array(file.utf8)
    var reader = CSVReader {
      defer { rest = [] }
      return rest
    }
    let header = try #require(try reader.next())
    while let row = try reader.next() {
      #expect(row.cells.count == header.cells.count)
      for cell in row.cells { #expect(!cell.contains(/^[=@＝＋－＠]|^[+\-](?!\d*$)/), "\(cell)") }
    }
  }

  /// It would have made the sums of every later report overflow.
  @Test func anAbsurdDurationIsNotKept() async throws {
    let callerID = try await Installation(numbers: ["2145550101"])
    for _ in 0..<2 {
      _ = try await callerID.agi(["S"])
      let released = try await callerID.agi(["", "", "action=release", "status=ANSWER", "answered=9223372036854775807"])
      #expect(released.lines.first == "SET VARIABLE CALLERID_STATUS OK")
      #expect(try callerID.sql("SELECT count(*) FROM request WHERE answered_seconds IS NOT NULL") == 0)
    }
    #expect(try await callerID.admin("stats", "--by", "number").status == 0)
    #expect(try await callerID.admin("reset-usage", "--daily").status == 0)
  }
}

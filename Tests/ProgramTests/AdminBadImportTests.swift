import Foundation
import TestSupport
import Testing

/// Files that are refused, and rows that are.
@Suite(.timeLimit(.minutes(2)))
struct AdminBadImportTests {
  @Test(arguments: [
    ("", "line 1: the file is empty"), ("\n\n", "the file is empty"),
    ("caller_id\n", "line 1: no rows follow"), ("\ncaller_id,name\n\n,\n", "line 2: no rows follow"),
    ("Dallas,2145550101\n", "Begin the file with a line such as caller_id,carrier"),
    (
      "caller_id,colour\n2145550101,red\n", "unknown column \"colour\". The columns are caller_id, carrier, area_code, "
    ),
    ("caller_id,na\u{1B}me\n2145550101,x\n", "unknown column \"na me\""),
    ("caller_id,name,\n2145550101,x,\n", "column 3 has no name"),
    ("caller_id,name,Caller-ID\n2145550101,x,2145550102\n", "two columns are named caller_id"),
    ("name\nDallas\n", "there is no column caller_id"),
    ("caller_id,name\n2145550101,\"Dal\n2145550102,x\n", "line 2: a quote is opened here and never closed"),
    ("caller_id,name\n2145550101,\"Dal\"las\n", "line 2: text follows a closing quote"),
    ("caller_id,name\n2145550101,Dal\u{0}las\n", "line 2: there is a NUL byte"),
    (
      "caller_id,name\n2145550101," + String(repeating: "x", count: 5000) + "\n",
      "line 2: a cell has more than 4096 bytes"
    ),
    (String(repeating: "caller_id,", count: 300) + "\n", "more than 256 cells"),
  ])
  func aFileThatCannotBeReadRightChangesNothing(text: String, reason: String) async throws {
    let callerID = try await Installation(numbers: ["2145550101"])
    try await callerID.expectRefusal(of: ["import", "-"], input: text, saying: reason)
    try await callerID.expectRefusal(of: ["import", "-"], input: text, saying: "Nothing was changed\n")
    try await callerID.expectRefusal(of: ["import", "-", "--json", "--dry-run"], input: text, saying: "standard input")
  }

  static let otherEncodings: [(bytes: [UInt8], reason: String)] = [
    (
      [0xFF, 0xFE] + "caller_id\n2145550102".utf16.flatMap { [UInt8($0), 0] } + [0x33], "its last character is cut off"
    ),
    (
      Array("caller_id,name\n2145550102,caf".utf8) + [0x81, 0x0A], "line 2: the text is neither UTF-8 nor Windows-1252"
    ),
    (
      Array("caller_id,name\n2145550102,é\n2145550103,caf".utf8) + [0xE9, 0x0A], "line 3: the text is not UTF-8, which"
    ),
    (Array(repeating: 0, count: 100_000), "NUL"),
  ]

  @Test(arguments: otherEncodings)
  func aFileInAnotherEncodingChangesNothing(bytes: [UInt8], reason: String) async throws {
    let callerID = try await Installation(numbers: ["2145550101"])
    let path = callerID.folder + "/numbers.csv"
    try Data(bytes).write(to: URL(fileURLWithPath: path))
    try await callerID.expectRefusal(of: ["import", path], saying: reason)
  }

  @Test func aFileThatCannotBeReadChangesNothing() async throws {
    let callerID = try await Installation(numbers: ["2145550101"])
    try await callerID.expectRefusal(of: ["import", "/no/such.csv"], saying: "cannot read /no/such.csv: No such file")
    try await callerID.expectRefusal(of: ["import", callerID.folder], saying: "Is a directory")
    try await callerID.expectRefusal(of: ["import", "/dev/zero"], saying: "NUL")
  }

  /// A row, what is wrong with it, and what the report calls it.
  static let badRows: [(row: String, reason: String, value: String)] = [
    ("abc,,,", "not a phone number", "abc"), ("345,,,", "too short", "345"), (",x,,", "empty", ""),
    (String(repeating: "9", count: 40) + ",,,", "too long", String(repeating: "9", count: 40)),
    ("1145550101,,,", "not a North American number", "1145550101"),
    ("1.21456E+10,,,", "format the column as text", "1.21456E+10"),
    ("'; DROP TABLE number;--,,,", "not a phone number", "'; DROP TABLE number;--"),
    ("٢١٤٥٥٥٠١٠١,,,", "not a phone number", "٢١٤٥٥٥٠١٠١"),
    ("2145550199,-5,,", "daily_limit is a whole number from 0 to 1000000", "2145550199"),
    ("2145550199,many,,", "daily_limit is a whole number", "2145550199"),
    ("2145550199,1.5,,", "daily_limit is a whole number", "2145550199"),
    ("2145550199,99999999999999999999,,", "daily_limit is a whole number", "2145550199"),
    ("2145550199,,21x,", "area_code is 1 to 6 digits", "2145550199"),
    ("2145550199,,,\(String(repeating: "x", count: 65))", "name is longer than 64 characters", "2145550199"),
    ("2145550199,5,214,Dallas,x", "5 cells where the header has 4", "2145550199"),
  ]

  @Test(arguments: badRows.indices)
  func aRowThatCannotBeUsedIsReportedAndTheRestGoesIn(index: Int) async throws {
    let (row, reason, value) = Self.badRows[index]
    let callerID = try await Installation()
    // The name before it spans two lines: a row's line is where it begins.
    let text = "caller_id,daily_limit,area_code,name\n2145550101,5,,\"two\nlines\"\n\(row)\n"
    let finished = try await callerID.admin("import", "-", "--json", input: text)
    #expect(finished.status == 0)
    let report = try #require(try finished.json() as? [String: Any])
    #expect(report["added"] as? Int == 1)
    let rejected = try #require(report["rejected"] as? [[String: Any]])
    #expect(rejected.count == 1)
    #expect(rejected.first?["line"] as? Int == 4)
    #expect(rejected.first?["value"] as? String == value)
    #expect((rejected.first?["reason"] as? String)?.contains(reason) == true, "\(rejected)")
    #expect(finished.errors.contains("callerid-admin: line 4: \"\(value)\": "))
    #expect(finished.errors.hasSuffix("callerid-admin: 1 row rejected, 1 imported\n"))
    #expect(try callerID.sql("SELECT count(*) FROM number") == 1)

    // The same file, if every row must be right.
    let other = try await Installation()
    let before = try other.dump()
    let strict = try await other.admin("import", "-", "--strict", input: text)
    #expect(strict.status == 1)
    #expect(strict.output.isEmpty)
    #expect(strict.errors.contains("line 4: "))
    #expect(strict.errors.hasSuffix("1 row rejected. Nothing was changed\n"))
    #expect(try other.dump() == before)
  }

  /// A file whose rows can all be used goes in with `--strict` as without.
  @Test(arguments: [false, true], [false, true])
  func whatIsRejectedKeepsTheRestOutWhereThatIsAskedForOnly(isStrict: Bool, isWrong: Bool) async throws {
    let callerID = try await Installation(numbers: ["2145550101"])
    let text = "caller_id,name\n2145550101,Dallas\n2145550102,Plano\n" + (isWrong ? "345,x\n" : "")
    let options = isStrict ? ["--strict"] : []
    let before = try callerID.dump()
    let rehearsed = try await callerID.admin(["import", "-", "--dry-run"] + options, input: text)
    #expect(try callerID.dump() == before)
    let finished = try await callerID.admin(["import", "-"] + options, input: text)
    let goesIn = !(isStrict && isWrong)
    let (status, rejected) = (goesIn ? 0 : 1, isWrong ? 1 : 0)
    let summary = goesIn ? "1 added, 1 updated, 0 unchanged, \(rejected) rejected\n" : ""
    #expect((finished.status, finished.output) == (status, summary))
    #expect((rehearsed.status, rehearsed.output) == (status, goesIn ? "Would be: " + summary : ""))
    #expect(try callerID.sql("SELECT count(*) FROM number") == (goesIn ? 2 : 1))
    #expect(try callerID.sql("SELECT count(*) FROM number WHERE name = 'Dallas'") == (goesIn ? 1 : 0))
  }

  @Test func aFileWithNoUsableRowIsRefused() async throws {
    let callerID = try await Installation(numbers: ["2145550101"])
    let text = "caller_id\nabc\n123\n"
    try await callerID.expectRefusal(of: ["import", "-"], input: text, saying: "2 rows rejected. Nothing was changed")
    let report = try await callerID.admin("import", "-", "--json", input: text)
    #expect(report.status == 1)
    let object = try #require(try report.json() as? [String: Any])
    #expect((object["rejected"] as? [Any])?.count == 2)
  }

  @Test func aFileCutOffAnywhereIsNoticedOrTakenUpToThere() async throws {
    let text = "caller_id,name\n2145550101,\"Dallas, TX\"\n2145550102,Plano\n"
    for length in text.utf8.indices.map({ text.utf8.distance(from: text.startIndex, to: $0) }) {
      let callerID = try await Installation()
      let finished = try await callerID.admin("import", "-", input: String(text.prefix(length)))
      let count = try callerID.sql("SELECT count(*) FROM number")
      #expect(finished.status == (count > 0 ? 0 : 1), "cut at \(length)")
      // A number is never taken short of its digits.
      #expect(try callerID.sql("SELECT count(*) FROM number WHERE e164 NOT IN ('12145550101', '12145550102')") == 0)
    }
  }

  @Test func moreCarriersThanAStoreHoldsAreRejected() async throws {
    let callerID = try await Installation()
    let rows = (0..<262).map { "2145550\($0 + 100),Carrier \($0)" }
    let text = (["caller_id,carrier"] + rows).joined(separator: "\n")
    let strict = try await callerID.admin("import", "-", "--strict", input: text)
    #expect(strict.status == 1)
    #expect(try callerID.sql("SELECT count(*) FROM number") == 0)
    let finished = try await callerID.admin("import", "-", input: text)
    #expect(finished.output == "256 added, 0 updated, 0 unchanged, 6 rejected\n")
    #expect(try callerID.sql("SELECT count(*) FROM carrier") == 256)
    #expect(try callerID.sql("SELECT count(*) FROM number") == 256)
  }
}

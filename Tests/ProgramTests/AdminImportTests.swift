import Foundation
import TestSupport
import Testing

/// Files of numbers that are taken.
@Suite(.timeLimit(.minutes(2)))
struct AdminImportTests {
  static let columns = "caller_id,carrier,area_code,daily_limit,hourly_limit,name,pool"

  /// A number's fields as `list --csv` has them: `caller_id,name,carrier,area_code,pool,enabled,daily,hourly`.
  private func lines(_ callerID: Installation) async throws -> [String] {
    try await callerID.admin("list", "--csv").lines.dropFirst().map {
      $0.split(separator: ",", omittingEmptySubsequences: false).prefix(8).joined(separator: ",")
    }
  }

  @Test func everyColumnIsTaken() async throws {
    let callerID = try await Installation()
    let finished = try await callerID.importCSV(
      "\(Self.columns)\n12145550101,Verizon,214 972,60,none,Dallas,sales\n2145550102,,,,,,\n")
    #expect(finished.output == "2 added, 0 updated, 0 unchanged, 0 rejected\n")
    #expect(finished.errors.isEmpty)
    #expect(
      try await lines(callerID) == [
        "12145550101,Dallas,Verizon,214 972,sales,true,60,", "2145550102,,,214,default,true,100,20",
      ])
  }

  @Test(arguments: [
    "Caller ID;NAME;Daily-Limit\r\n2145550101;Dallas;5\r\n",
    "\u{FEFF}name\tcaller-id\tdaily limit\nDallas\t2145550101\t5",
    "\n\ndaily_limit,CALLERID,Name\r5,\"+1 (214) 555-0101\",\"Dallas\"\r\r",
    "\"caller_id\",\"name\",\"daily_limit\"\n"
      + "(214) 555.0101 , Dallas ,5\n,,\n",
  ])
  func anyOrderCaseSeparatorAndLineEndWillDo(text: String) async throws {
    let callerID = try await Installation()
    let finished = try await callerID.importCSV(text)
    #expect(finished.output == "1 added, 0 updated, 0 unchanged, 0 rejected\n")
    let number = try await callerID.object("show", "2145550101")
    #expect(number["name"] as? String == "Dallas")
    #expect(number["daily_limit"] as? Int == 5)
  }

  @Test func aQuotedCellMayHoldSeparatorsQuotesAndLineEnds() async throws {
    let callerID = try await Installation()
    _ = try await callerID.importCSV("name,caller_id\n\"Dallas, \"\"TX\"\"\r\nFloor 2\",2145550101\n")
    #expect(try await callerID.object("show", "2145550101")["name"] as? String == "Dallas, \"TX\"  Floor 2")
  }

  @Test func onlyWhatDiffersIsChanged() async throws {
    let callerID = try await Installation()
    let file = "\(Self.columns)\n2145550101,Verizon,,60,6,Dallas,sales\n2145550102,Acme,,,,,\n"
    _ = try await callerID.importCSV(file)
    let before = try callerID.dump()
    #expect(try await callerID.importCSV(file).output == "0 added, 0 updated, 2 unchanged, 0 rejected\n")
    #expect(try callerID.dump() == before)

    // Columns that are not there leave their fields alone, numbers that are not there stay as they are.
    let some = try await callerID.importCSV("caller_id,daily_limit\n+12145550101,61\n2145550103,9\n")
    #expect(some.output == "1 added, 1 updated, 0 unchanged, 0 rejected\n")
    #expect(
      try await lines(callerID) == [
        "2145550101,Dallas,Verizon,214,sales,true,61,6", "2145550102,,Acme,214,default,true,100,20",
        "2145550103,,,214,default,true,9,20",
      ])

    // An empty cell goes back to the default.
    _ = try await callerID.importCSV("\(Self.columns)\n2145550101,,,,,,\n")
    #expect(try await lines(callerID).first == "2145550101,,,214,default,true,100,20")
  }

  @Test func aDryRunReportsAndDoesNothing() async throws {
    let callerID = try await Installation(numbers: ["2145550101"])
    let before = try callerID.dump()
    let text = "caller_id,pool\n2145550101,new\n2145550102,new\nbad,\n"
    let finished = try await callerID.admin("import", "-", "--dry-run", input: text)
    #expect(finished.status == 0)
    #expect(finished.output == "Would be: 1 added, 1 updated, 0 unchanged, 1 rejected\n")
    #expect(finished.errors.hasSuffix("callerid-admin: 1 row rejected, 2 would be imported\n"))
    #expect(try callerID.dump() == before)
  }

  @Test func theReportForProgramsHasItsKeys() async throws {
    let callerID = try await Installation()
    let finished = try await callerID.admin(
      ["import", "-", "--json"], input: "caller_id,state\n2145550101,disabled\n\"12\n34\",\n2145550101,\n2145550102,x\n"
    )
    #expect(finished.status == 0)
    let report = try #require(try finished.json() as? [String: Any])
    #expect(Set(report.keys) == ["added", "updated", "unchanged", "repeated", "disabled", "rejected"])
    #expect(report["repeated"] as? Int == 1)
    #expect((report["disabled"] as? [[String: Any]])?.map { Set($0.keys) } == [["word", "numbers"]])
    #expect(report["added"] as? Int == 1)
    let rejected = try #require(report["rejected"] as? [[String: Any]])
    #expect(rejected.map { Set($0.keys) } == Array(repeating: ["line", "column", "value", "reason"], count: 2))
    #expect(rejected.map { $0["line"] as? Int } == [3, 6])
    #expect(rejected.map { $0["value"] as? String } == ["12\n34", "2145550102"])
    #expect(rejected.map { $0["column"] as? String } == ["caller_id", "state"])
    #expect(
      finished.errors.split(separator: "\n").map { $0.prefix(28) } == [
        "callerid-admin: line 3: \"12\u{FFFD}", "callerid-admin: line 6: \"214", "callerid-admin: 2 rows rejec",
      ])
  }

  @Test func aFileIsReadByItsName() async throws {
    let callerID = try await Installation()
    let path = callerID.folder + "/numbers of ours.csv"
    try Data("caller_id\n2145550101\n".utf8).write(to: URL(fileURLWithPath: path))
    #expect(try await callerID.admin("import", path).output == "1 added, 0 updated, 0 unchanged, 0 rejected\n")
  }

  @Test func twentyThousandNumbersOverThreeHundredAreaCodes() async throws {
    let callerID = try await Installation()
    let areas = AreaCodes.some
    let numbers = (0..<20_000).map { "1\(areas[$0 % 300])\(2_000_000 + $0)" }
    let file = (["caller_id,carrier"] + numbers.enumerated().map { "\($1),Carrier \($0 % 3)" }).joined(
      separator: "\r\n")
    #expect(try await callerID.importCSV(file).output == "20000 added, 0 updated, 0 unchanged, 0 rejected\n")
    #expect(try await callerID.importCSV(file).output == "0 added, 0 updated, 20000 unchanged, 0 rejected\n")
    #expect(try callerID.sql("SELECT count(*) FROM number") == 20_000)
    #expect(try callerID.sql("SELECT count(DISTINCT area_codes) FROM number") == 300)
    #expect(try callerID.sql("SELECT count(*) FROM lane") == 40_000)
    #expect(try callerID.sql("SELECT count(*) FROM carrier") == 3)
    #expect(try await callerID.rows("list").count == 20_000)
    #expect(try await callerID.rows("list", "--area", "210", "--carrier", "carrier 0").count == 67)
    #expect(try await callerID.object("stats")["available"] as? Int == 20_000)
    #expect(try await callerID.object("next", "--to", "1\(areas[0])5551212")["caller_id"] as? String == numbers[0])
  }
}

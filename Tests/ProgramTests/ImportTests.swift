import Foundation
import TestSupport
import Testing

@testable import callerid_admin

/// Importing files, good and bad, with the built program.
@Suite(.timeLimit(.minutes(2)))
struct ImportTests {
  @Test(arguments: [
    "caller_id,carrier,daily_limit\n2145550101,Acme,5\n",
    "Caller ID,CARRIER,Daily-Limit\r\n2145550101,Acme,5\r\n",
    "\u{FEFF}daily_limit;caller_id;carrier\n5;2145550101;Acme\n",
    "carrier\tcaller_id\tdaily_limit\rAcme\t2145550101\t5\r",
    "\n\ncaller_id,carrier,daily_limit\n\n  2145550101 , \"Acme\" ,5",
  ])
  func headersSeparatorsAndLineEndsOfAllKinds(text: String) async throws {
    let callerID = try await Installation()
    #expect(try await callerID.importCSV(text).output == "1 added, 0 updated, 0 unchanged, 0 rejected\n")
    #expect(
      try callerID.sql(
        "SELECT count(*) FROM number n JOIN carrier c ON c.id = carrier_id WHERE c.name = 'Acme' AND daily_limit = 5")
        == 1)
  }

  @Test func quotedCellsMayHoldSeparatorsQuotesAndLineBreaks() async throws {
    let callerID = try await Installation()
    _ = try await callerID.importCSV("caller_id,name,area_code\n2145550101,\"Say \"\"hi\"\", all\nof you\",\"214,469\"\nx,y,z\n2145550102,b,\n")
    let listed = try #require(try await callerID.json("list") as? [[String: Any]])
    #expect(listed.first?["name"] as? String == "Say \"hi\", all of you")
    #expect(listed.first?["area_code"] as? String == "214 469")
    // The row after the one with the line break is reported at its own line.
    let finished = try await callerID.admin("import", "-", input: "caller_id,name\n2145550103,\"a\nb\"\nabc,c\n")
    #expect(finished.errors.contains("line 4: \"abc\""))
  }

  @Test(arguments: [
    ("", "empty"), ("\n\n", "empty"), ("caller_id\n", "no rows"), ("2145550101\n2145550102\n", "header"),
    ("caller_id,colour\n2145550101,red\n", "unknown column \"colour\""), ("carrier\nAcme\n", "no column caller_id"),
    ("caller_id,Caller ID\n2145550101,2145550102\n", "twice"),
    ("caller_id,name\n2145550101,\"cut off\n2145550102,b\n", "line 2: a quote is opened and never closed"),
    ("caller_id,name\n2145550101,\"a\" b\n", "after a closing quote"), ("caller_id\n214\u{0}5550101\n", "NUL"),
    ("caller_id\n" + String(repeating: "1", count: 5000) + "\n", "more than 4096"), ("caller_id\nabc\n", "no row"),
  ])
  func anUnusableFileChangesNothing(text: String, reason: String) async throws {
    let callerID = try await Installation(numbers: ["2145550101"])
    let before = try callerID.dump()
    let finished = try await callerID.admin("import", "-", input: text)
    #expect(finished.status == 1)
    #expect(finished.errors.contains(reason), "\(finished.errors)")
    #expect(finished.errors.contains("Nothing was changed"))
    #expect(try callerID.dump() == before)
  }

  @Test(arguments: [
    ("caller_id\nabc\n", "not a phone number"), ("caller_id\n1.21456E+10\n", "spreadsheet"),
    ("caller_id\n214555010\n", "too short"), ("caller_id,daily_limit\n2145550102,-1\n", "daily_limit is a whole number"),
    ("caller_id,hourly_limit\n2145550102,many\n", "hourly_limit"), ("caller_id,name\n2145550102\n", "1 cells where the header has 2"),
    ("caller_id,name\n2145550102,a,b\n", "3 cells"), ("caller_id,area_code\n2145550102,abc\n", "area_code"),
    ("caller_id\n2145550103\n+1 214 555 0103\n", "the same number as in line 2"),
    ("caller_id,name\n2145550102,\(String(repeating: "x", count: 65))\n", "longer than 64"),
  ])
  func aRowThatCannotBeUsedIsRejectedAndTheRestGoesIn(text: String, reason: String) async throws {
    let callerID = try await Installation(numbers: ["2145550101"])
    let header = text.split(separator: "\n")[0]
    let cells = header.split(separator: ",").count
    let good = "3125550101" + String(repeating: ",", count: cells - 1) + "\n"
    let before = try callerID.dump()
    let strict = try await callerID.admin("import", "--strict", "-", input: text + good)
    #expect(strict.status == 1)
    #expect(try callerID.dump() == before)
    let finished = try await callerID.admin("import", "-", input: text + good)
    #expect(finished.status == 0)
    #expect(finished.output.hasSuffix("1 rejected\n"))
    #expect(finished.errors.contains(reason), "\(finished.errors)")
    #expect(try callerID.sql("SELECT count(*) FROM number WHERE e164 = '13125550101'") == 1)
  }

  @Test func oldEncodingsAreNamed() throws {
    for bytes in [Array("caller_id,name\n2145550101,Caf".utf8) + [0xE9, 0x0A], [0xFF, 0xFE, 0x63, 0x00]] {
      var rest = bytes
      let error = #expect(throws: CSVError.self) {
        _ = try NumberFile(countryCode: "1") {
          defer { rest = [] }
          return rest
        }
      }
      #expect(error?.reason.contains("save the file as CSV UTF-8") == true)
    }
  }

  @Test func twentyThousandNumbersGoInAtOnceAndAgainUnchanged() async throws {
    let callerID = try await Installation()
    let rows = (0..<20_000).map { "\(201 + $0 % 300)555\(1000 + $0 / 300),Acme,100" }
    let text = "caller_id,carrier,daily_limit\n" + rows.joined(separator: "\n") + "\n"
    #expect(try await callerID.importCSV(text).output == "20000 added, 0 updated, 0 unchanged, 0 rejected\n")
    let before = try callerID.dump()
    #expect(try await callerID.importCSV(text).output == "0 added, 0 updated, 20000 unchanged, 0 rejected\n")
    #expect(try callerID.dump() == before)
    let changed = "caller_id,daily_limit\n" + rows.prefix(10).map { $0.prefix(10) + ",7" }.joined(separator: "\n") + "\n"
    #expect(try await callerID.importCSV(changed).output == "0 added, 10 updated, 0 unchanged, 0 rejected\n")
    #expect(try callerID.sql("SELECT count(*) FROM number WHERE daily_limit = 7 AND carrier_id > 0") == 10)
    #expect(try callerID.sql("SELECT count(DISTINCT area_codes) FROM number") == 300)
  }

  @Test func columnsThatAreNotThereStayAndEmptyCellsGoBackToTheDefault() async throws {
    let callerID = try await Installation()
    _ = try await callerID.importCSV("caller_id,carrier,daily_limit,name,pool\n2145550101,Acme,5,Dallas,sales\n")
    _ = try await callerID.importCSV("caller_id,name\n12145550101,\n")
    let number = try #require(try await callerID.json("show", "2145550101") as? [String: Any])
    #expect(number["name"] as? String == "")
    #expect(number["carrier"] as? String == "Acme")
    #expect(number["daily_limit"] as? Int == 5)
    _ = try await callerID.importCSV("caller_id,daily_limit,carrier,pool\n2145550101,,,\n")
    let cleared = try #require(try await callerID.json("show", "2145550101") as? [String: Any])
    #expect(cleared["daily_limit"] as? Int == 100)
    #expect(cleared["carrier"] is NSNull)
    #expect(cleared["pool"] as? String == "default")
  }

  @Test func aDryRunReportsAndDoesNothing() async throws {
    let callerID = try await Installation(numbers: ["2145550101"])
    let before = try callerID.dump()
    let finished = try await callerID.admin("import", "--dry-run", "-", input: "caller_id,pool\n2145550101,x\n2145550102,y\n")
    #expect(finished.output == "Would be: 1 added, 1 updated, 0 unchanged, 0 rejected\n")
    #expect(try callerID.dump() == before)
  }
}

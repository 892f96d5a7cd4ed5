import Foundation
import TestSupport
import Testing

/// Files as spreadsheets, mail programs and other people's exports leave them.
@Suite(.timeLimit(.minutes(2)))
struct AdminSpreadsheetTests {
  /// A file, and its numbers as `export` writes them, up to the state.
  static let read: [(text: String, numbers: [String])] = [
    // Python and pandas write a column of numbers with a gap in it as decimals.
    ("phone_number,name\n2145550101.0,a\n12145550102.0,b\n", ["2145550101,,214,,,a", "12145550102,,214,,,b"]),
    ("did\n2.145550101E9\n1.2145550102E10\n", ["2145550101,,214,,,", "12145550102,,214,,,"]),
    (
      "DID,Description\n=\"2145550101\",x\n\"=\"\"2145550102\"\"\",y\n", ["2145550101,,214,,,x", "2145550102,,214,,,y"]
    ),
    // https://github.com/DFE-Digital/register-trainee-teachers/pull/3229
    ("did,name\n'2145550101,'tis\n’2145550102,\n", ["2145550101,,214,,,'tis", "2145550102,,214,,,"]),
    // https://github.com/zetkin/app.zetkin.org/pull/2059 has U+202C, /pull/2576 U+202D.
    (
      "caller_id\n214\u{A0}555\u{A0}0101\n214\u{2011}555\u{2011}0102\n\u{202A}+12145550103\u{202C}\n"
        + "214\u{2013}555\u{2013}0104\n\u{200B}2145550105\n\u{202D}2145550106\n214\u{AD}5550107\n２１４５５５０１０８\n"
        + "(214) 555·0109\n",
      (1...9).map { ($0 == 3 ? "1" : "") + "214555010\($0),,214,,," }
    ),
    // https://github.com/opengovsg/postmangovsg/pull/88
    ("name,\u{FEFF}caller_id\nx,2145550101\n", ["2145550101,,214,,,x"]),
    (
      "caller_id,carrier,name\n2145550101,Acme,x\n2145550102,Acme\n2145550103\n2145550104,Acme,y,,\n",
      ["2145550101,Acme,214,,,x", "2145550102,Acme,214,,,", "2145550103,,214,,,", "2145550104,Acme,214,,,y"]
    ),
    // https://github.com/asafdav/ng-csv/issues/28, https://github.com/shancarter/mr-data-converter/issues/52
    ("sep=;\r\ncaller_id;name\r\n2145550101;a, b\r\n", ["2145550101,,214,,,\"a, b\""]),
    ("\"sep=\t\"\ncaller_id\tname\n2145550101\ta;b\n", ["2145550101,,214,,,\"a;b\""]),
    ("SEP=,\ncaller_id,name\n2145550101,x\n", ["2145550101,,214,,,x"]),
    (
      "caller_id,area_code\n2145550101,(214)\n2145550102,214.0 972\n", ["2145550101,,214,,,", "2145550102,,214 972,,,"]
    ),
    (
      "caller_id,area_code\n2145550101,New York\n2145550102,North Carolina FL 214\n2145550103,\"TX; West Virginia\"\n",
      ["2145550101,,NY,,,", "2145550102,,NC FL 214,,,", "2145550103,,TX WV,,,"]
    ),
    (
      "caller_id,daily_limit,hourly_limit\n2145550101,100.0,\"1,000\"\n2145550102,Unlimited,No Limit\n2145550103,NONE,5.00\n",
      ["2145550101,,214,100,1000,", "2145550102,,214,none,none,", "2145550103,,214,none,5,"]
    ),
    ("DID,Area Code\n2145550101,214\n2145550101,972\n", ["2145550101,,214 972,,,"]),
    ("DID,NPA,Carrier\n2145550101,214,Acme\n1-214-555-0101,972,\n", ["2145550101,Acme,214 972,,,"]),
    (
      "2145550101\n(312) 555-0102\n\n+442079460000\n",
      ["2145550101,,214,,,", "3125550102,,312,,,", "442079460000,,20,,,"]
    ),
    // https://support.commio.com/hc/en-us/articles/8810550182167: "1,2,3,4"
    ("2145550101,2145550102,2145550103", ["2145550101,,214,,,", "2145550102,,214,,,", "2145550103,,214,,,"]),
    ("[2145550101, \"+1 312 555 0102\"]", ["2145550101,,214,,,", "13125550102,,312,,,"]),
    (
      "{\"caller_id\":\"2145550101\",\"name\":\"a\"}\n{\"caller_id\":2145550102,\"daily_limit\":5}\n",
      ["2145550101,,214,,,a", "2145550102,,214,5,,"]
    ),
    ("{\"data\":{\"phone_number\":\"+12145550101\",\"status\":\"active\"}}", ["12145550101,,214,,,"]),
    ("{\"result\":{\"dids\":[{\"did\":\"2145550101\"}],\"errors\":[]}}", ["2145550101,,214,,,"]),
    // Reports have a title, and a date, before the names of the columns.
    ("Numbers of Acme LLC\nExported 2026-11-26\n\nDID;Description\n2145550101;x\n", ["2145550101,,214,,,x"]),
    ("caller_id,name\n\"\"\"Dallas\"\" <2145550101>\",x\n", ["2145550101,,214,,,x"]),
    (
      "number,description\n2145550101,\(String(repeating: "x", count: 70))\n",
      ["2145550101,,214,,,\(String(repeating: "x", count: 64))"]
    ),
    ("caller_id,country\n2145550101,US\n", ["2145550101,,214,,,"]),
  ]

  @Test(arguments: read.indices) func whatASpreadsheetDoesToAFileIsUndone(index: Int) async throws {
    let (text, numbers) = Self.read[index]
    let callerID = try await Installation()
    let finished = try await callerID.admin("import", "-", input: text)
    #expect(finished.status == 0)
    #expect(
      finished.lines.first == "\(numbers.count) added, 0 updated, 0 unchanged, 0 rejected",
      "\(finished.output)\(finished.errors)")
    #expect(try await callerID.exportedNumbers() == numbers.map { $0 + ",default,enabled" })
  }

  /// A row of DID and limit, and what is said of it.
  static let refused: [(row: String, reason: String)] = [
    ("2145550101.5,", "\"2145550101.5\": a decimal number"), ("214555010.1,", "a decimal number"),
    ("\"2145550101,5\",", "a decimal number"),
    // https://github.com/Automattic/camptix/issues/40
    ("4.41E+11,", "looks like a spreadsheet's rounded number"), ("2.1455501E9,", "looks like a spreadsheet's rounded"),
    ("\"2,14555E+09\",", "looks like a spreadsheet's rounded number"),
    ("2145550101 x5,", "it has \"x\" (U+0078) in it"), ("214\u{0665}550101,", "it has \"\u{0665}\" (U+0665) in it"),
    ("\"214555\n0101\",", "it has U+000A in it"), ("2145550101_2,", "it has \"_\" (U+005F) in it"),
    ("2145550101,1.000", "daily_limit is a whole number"), ("2145550101,\"1,00\"", "daily_limit is a whole number"),
    ("2145550101,lots", "not \"lots\" (column Daily Limit)"), ("2145550101,5,6", "3 cells where the header has 2"),
  ]

  @Test(arguments: refused.indices) func whatIsRefusedNamesTheLineTheCellAndTheCulprit(index: Int) async throws {
    let (row, reason) = Self.refused[index]
    let callerID = try await Installation()
    let finished = try await callerID.admin("import", "-", input: "DID,Daily Limit\n3125550102,\n\(row)\n")
    #expect(finished.lines.first == "1 added, 0 updated, 0 unchanged, 1 rejected")
    let line = try #require(finished.errors.split(separator: "\n").first { $0.contains("line 3: ") })
    #expect(line.contains(reason), "\(line)")
    #expect(line.hasSuffix(" (column DID)") || line.hasSuffix(" (column Daily Limit)") || reason.contains("cells"))
  }

  @Test func rowsThatContradictOneAnotherAreBothRefused() async throws {
    let callerID = try await Installation()
    let finished = try await callerID.importCSV(
      "caller_id,carrier,area_code\n2145550101,Acme,214\n3125550102,,\n12145550101,Bell,972\n2145550101,Acme,\n")
    #expect(finished.lines.first == "1 added, 0 updated, 0 unchanged, 3 rejected")
    for line in [
      "line 2: \"2145550101\": contradicts line 4, which has the same number\n",
      "line 4: \"12145550101\": the same number as in line 2, and contradicts it: carrier is \"Acme\" there, and \"Bell\" here\n",
      "line 5: \"2145550101\": contradicts line 2\n",
    ] { #expect(finished.errors.contains(line), "\(finished.errors)") }
    #expect(try await callerID.exportedNumbers() == ["3125550102,,312,,,,default,enabled"])
  }

  /// https://github.com/glific/glific/issues/5657: 0x96 is the dash of Windows-1252, and "Unicode Text" is UTF-16.
  /// https://github.com/TablePress/TablePress/pull/31 and https://github.com/SpartnerNL/Laravel-Excel/issues/2598 too.
  @Test func theEncodingsOfExcelAreRead() async throws {
    let text = "caller_id\tname\r\n214–555–0101\tCafé\r\n"
    let western: [UInt8] = text.unicodeScalars.map { $0 == "–" ? 0x96 : UInt8($0.value) }
    var (little, big): ([UInt8], [UInt8]) = ([], [])
    for unit in text.utf16 {
      little += [UInt8(unit & 0xFF), UInt8(unit >> 8)]
      big += [UInt8(unit >> 8), UInt8(unit & 0xFF)]
    }
    let utf8 = Array(text.utf8)
    let files: [[UInt8]] = [
      utf8, [0xEF, 0xBB, 0xBF] + utf8, western, [0xFF, 0xFE] + little, [0xFE, 0xFF] + big, little,
    ]
    for bytes in files {
      let callerID = try await Installation()
      let path = callerID.folder + "/numbers.txt"
      try Data(bytes).write(to: URL(fileURLWithPath: path))
      let finished = try await callerID.admin("import", path)
      #expect(finished.lines == ["1 added, 0 updated, 0 unchanged, 0 rejected"], "\(finished.errors)")
      #expect(finished.errors.contains("Windows-1252") == (bytes == western))
      #expect(try await callerID.exportedNumbers() == ["2145550101,,214,,,Café,default,enabled"])
    }
  }

  @Test(arguments: [
    ("[{\"did\":\"2145550101\"", "the JSON ends too early. The file seems to be cut off"),
    ("{\"a\":[{\"did\":1}],\"b\":[{\"did\":2}]}", "the JSON has several lists (a, b)"),
    ("{\"did\":\"2145550101}\n", "a quote is opened here and never closed"), ("[]", "the file is empty"),
    ("[{\"did\":01x}]", "the text is not JSON"),
    ("2145550101,3125550102\n2145550103,3125550104\n", "Say which column has those of yours: --map 1=caller_id"),
  ])
  func whatCannotBeUnderstoodChangesNothing(text: String, reason: String) async throws {
    let callerID = try await Installation(numbers: ["2145550199"])
    try await callerID.expectRefusal(of: ["import", "-"], input: text, saying: reason)
  }

  @Test func aLongListOfRefusalsFitsOnAScreen() async throws {
    let callerID = try await Installation()
    let bad = (0..<500).map { $0 % 3 == 0 ? "\($0)x,Dallas" : "2145550\($0 + 100),many" }
    let text = (["DID,Daily Limit", "3125550102,5"] + bad).joined(separator: "\n")
    let finished = try await callerID.admin("import", "-", input: text)
    let lines = finished.errors.split(separator: "\n")
    #expect(lines.count == 4)
    #expect(
      lines[1].contains("333 rows (lines 4, 5, 7, 8, 10 …), such as \"2145550101\": daily_limit is"), "\(lines[1])")
    #expect(lines[2].contains("167 rows (lines 3, 6, 9, 12, 15 …), such as \"0x\": not a phone number"))
    #expect(lines[3].hasSuffix("500 rows rejected, 1 imported"))
  }
}

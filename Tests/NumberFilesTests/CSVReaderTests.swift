import NumberFiles
import Testing

/// The CSV parser on bytes, whatever pieces they come in.
struct CSVReaderTests {
  /// All rows of a file that comes in pieces of `size` bytes.
  private func rows(_ bytes: [UInt8], inPiecesOf size: Int = .max) throws -> [CSVReader.Row] {
    var rest = bytes[...]
    var reader = CSVReader {
      let piece = Array(rest.prefix(size))
      rest = rest.dropFirst(size)
      return piece
    }
    var rows: [CSVReader.Row] = []
    while let row = try reader.next() { rows.append(row) }
    return rows
  }

  private func rows(_ text: String) throws -> [CSVReader.Row] { try rows(Array(text.utf8)) }

  @Test(arguments: [",", ";", "\t"], ["\n", "\r\n", "\r"])
  func separatorsAndLineEnds(separator: String, lineEnd: String) throws {
    let lines = [
      "\u{FEFF}" + ["caller_id", "name"].joined(separator: separator), "", "1\(separator)a", "2\(separator)",
    ]
    let expected = [
      CSVReader.Row(line: 1, cells: ["caller_id", "name"]), CSVReader.Row(line: 3, cells: ["1", "a"]),
      CSVReader.Row(line: 4, cells: ["2", ""]),
    ]
    #expect(try rows(lines.joined(separator: lineEnd)) == expected)
    #expect(try rows(lines.joined(separator: lineEnd) + lineEnd) == expected)
  }

  @Test func quotedCells() throws {
    let text = "\"Caller;ID\",\"na\"\"me\"\n \"1\" , \"a, b; c\r\nd\re\nf\" \n2,in \"the\" middle \n\"\",\" \"\n"
    #expect(
      try rows(text) == [
        .init(line: 1, cells: ["Caller;ID", "na\"me"]), .init(line: 2, cells: ["1", "a, b; c\r\nd\re\nf"]),
        .init(line: 6, cells: ["2", "in \"the\" middle"]), .init(line: 7, cells: ["", " "]),
      ])
  }

  @Test func theOtherSeparatorsAreTextOnceTheFirstRowHasChosen() throws {
    #expect(try rows("a\n1;2\t3\n").last?.cells == ["1;2\t3"])
    #expect(try rows("a;b\n1,2;3\n").last?.cells == ["1,2", "3"])
  }

  @Test(arguments: ["", "\n", "\r\n\r\n", "\u{FEFF}", "\u{FEFF}\n", "  \n".trimmingPrefix("  ").description])
  func nothingGivesNoRows(text: String) throws {
    #expect(try rows(text).isEmpty)
  }

  /// Whether a piece ends within a byte order mark, a CRLF, a doubled quote or a character makes no difference.
  @Test func piecesOfAnySizeGiveTheSameRows() throws {
    let bytes = Array("\u{FEFF}\r\n\r\ncaller_id;naïve 名\r\n1;\"a\"\"b\r\nc\r\rd\"\r\n\r\n\"2\";é\r3; x \n".utf8)
    let whole = try rows(bytes)
    #expect(whole.map(\.line) == [3, 4, 8 + 1, 10])
    for size in 1...bytes.count { #expect(try rows(bytes, inPiecesOf: size) == whole, "pieces of \(size)") }
  }

  @Test(arguments: [
    ("a,b\n1,\"cut off\n2,x\n", 2, "never closed"), ("a\n\n\"", 3, "never closed"), ("\"", 1, "never closed"),
    ("a\n\"1\"2\n", 2, "text follows"), ("a\n\"x\ny\"z\n", 3, "text follows"), ("a\n1\u{0}\n", 2, "NUL"),
    ("a\n\"\u{0}\"", 2, "NUL"), ("a\n" + String(repeating: "1", count: 4097), 2, "4096"),
    ("a\n\"" + String(repeating: "1\n", count: 2049) + "\"", 2050, "4096"),
    (String(repeating: ",", count: 256), 1, "256 cells"),
  ])
  func aFileThatCannotBeReadRight(text: String, line: Int, reason: String) throws {
    let bytes = Array(text.utf8)
    for size in [1, 2, 3, .max] {
      let error = try #require(throws: CSVError.self) { try rows(bytes, inPiecesOf: size) }
      #expect(error.line == line)
      #expect(error.reason.contains(reason))
    }
  }

  @Test(arguments: [
    ([0xFF, 0xFE, 0x61, 0x00, 0x62], "UTF-16"), ([0xFE, 0xFF, 0x00, 0x61, 0xD8, 0x3D], "UTF-16"),
    ([0x61, 0x0A, 0x81, 0x0A], "UTF-8"), ([0xC3, 0xA9, 0x0A, 0xE9, 0x0A], "UTF-8"),
  ])
  func otherEncodingsAreRefused(bytes: [UInt8], reason: String) throws {
    for size in [1, .max] {
      let error = try #require(throws: CSVError.self) { try rows(bytes, inPiecesOf: size) }
      #expect(error.reason.contains(reason))
    }
  }

  @Test func aCellOfTheGreatestLengthIsRead() throws {
    let cell = String(repeating: "é", count: CSVReader.maximumCell / 2)
    #expect(try rows("a\n\(cell)\n\"\(cell)\"\n").map(\.cells).suffix(2) == [[cell], [cell]])
  }

  @Test func aFailureToReadIsPassedOn() {
    struct Broken: Error {}
    var reader = CSVReader { throw Broken() }
    #expect(throws: Broken.self) { try reader.next() }
  }
}

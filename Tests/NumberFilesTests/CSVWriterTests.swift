import NumberFiles
import Testing

/// What a spreadsheet gets, and what is read of it again.
struct CSVWriterTests {
  @Test(arguments: [
    ("plain", "plain"), ("", ""), ("a,b", "\"a,b\""), ("a;b", "\"a;b\""), ("say \"hi\"", "\"say \"\"hi\"\"\""),
    ("a\nb", "\"a\nb\""), ("=1+1", "'=1+1"), ("=1", "'=1"), ("@SUM(A1)", "'@SUM(A1)"),
    ("+cmd|' /C calc'!A0", "'+cmd|' /C calc'!A0"),
    ("-2+3", "'-2+3"), ("-", "'-"), ("+12145550101", "+12145550101"), ("-5", "-5"), ("\tx", "\"'\tx\""),
    ("=HYPERLINK(\"x\",\"y\")", "\"'=HYPERLINK(\"\"x\"\",\"\"y\"\")\""), ("12145550101", "12145550101"), ("'x", "'x"),
  ])
  func cells(cell: String, written: String) {
    #expect(CSVWriter.quoted(cell) == written)
  }

  /// With an accent set on it, a quote is another character to Swift; it was not doubled, and closed its cell.
  @Test(arguments: ["a\"\u{301},=HYPERLINK(1)", "\"\u{59D}x\"", "a,\"\u{200D}\"b"])
  func aQuoteWithAnAccentIsAQuote(cell: String) throws {
    #expect(try cells("a,b\n\(CSVWriter.line([cell, "2"]))\n") == [cell, "2"])
  }

  @Test(arguments: ["＝1+1", "＋1", "－1", "＠SUM(A1)", "\n=1"])
  func formulasOfOtherWidthsAreGuardedToo(cell: String) throws {
    #expect(try cells("a,b\n\(CSVWriter.line([cell, "'" + cell]))\n") == ["'" + cell, "''" + cell])
    #expect(CSVWriter.isGuarded("'" + cell))
  }

  @Test(arguments: ["=1+1", "'=1+1", "''@SUM(A1)", "+1", "plain", "'plain", ""])
  func everyTextIsReadAsItWasWritten(text: String) throws {
    #expect(try cells("a,b\n\(CSVWriter.line([text, "2"]))\n").map(CSVWriter.unguarded) == [text, "2"])
  }

  /// Of the second row, as a spreadsheet takes it apart.
  private func cells(_ file: String) throws -> [String] {
    var rest = Array(file.utf8)
    var reader = CSVReader {
      defer { rest = [] }
      return rest
    }
    _ = try reader.next()
    return try #require(try reader.next()).cells
  }
}

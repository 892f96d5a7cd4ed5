import TestSupport
import Testing

@testable import callerid_admin

/// What was found by feeding the CSV reader and writer hostile bytes.
@Suite(.timeLimit(.minutes(1)))
struct CSVFuzzRegressionTests {
  /// With an accent set on it, a quote is another character to Swift; it was not doubled, and closed its cell.
  @Test(arguments: ["a\"\u{301},=HYPERLINK(1)", "\"\u{59D}x\"", "a,\"\u{200D}\"b"])
  func aQuoteWithAnAccentIsAQuote(cell: String) throws {
    #expect(try cells("a,b\n\(CSVWriter.line([.text(cell), .text("2")]))\n") == [cell, "2"])
  }

  @Test(arguments: ["＝1+1", "＋1", "－1", "＠SUM(A1)", "\n=1"])
  func formulasOfOtherWidthsAreGuardedToo(cell: String) throws {
    #expect(try cells("a,b\n\(CSVWriter.line([.text(cell), .text("'" + cell)]))\n") == ["'" + cell, "''" + cell])
    #expect(CSVWriter.isGuarded("'" + cell))
  }

  @Test func aHostileNameStaysInItsCellOnTheWayOutAndBackIn() async throws {
    let callerID = try await Installation()
    let name = "x\"\u{301},=HYPERLINK(1)"
    _ = try await callerID.importCSV("caller_id,name\n2145550101,\"x\"\"\u{301},=HYPERLINK(1)\"\n")
    let exported = try await callerID.admin("export")
    #expect(try cells(exported.output).contains(name))
    #expect(try await callerID.importCSV(exported.output).output.contains("1 unchanged"))
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

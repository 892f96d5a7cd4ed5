import NumberFiles
import TestSupport
import Testing

/// What was found by feeding the CSV reader and writer hostile bytes.
@Suite(.timeLimit(.minutes(1)))
struct CSVFuzzRegressionTests {
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

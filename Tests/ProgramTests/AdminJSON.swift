import TestSupport
import Testing

extension Installation {
  /// callerid-admin with `--json`, and the rows it prints; nothing may be said on standard error.
  func rows(_ arguments: String...) async throws -> [[String: Any]] {
    let finished = try await admin(arguments + ["--json"])
    #expect(finished.status == 0)
    #expect(finished.errors.isEmpty)
    return try #require(try finished.json() as? [[String: Any]])
  }

  /// callerid-admin with `--json`, and the one object it prints, whatever its exit code.
  func object(_ arguments: String...) async throws -> [String: Any] {
    try #require(try await admin(arguments + ["--json"]).json() as? [String: Any])
  }

  /// The numbers as they are exported, without the columns from max_concurrent on where all of them are empty.
  func exportedNumbers() async throws -> [String] {
    try await admin("export").lines.dropFirst().map { $0.hasSuffix(",,,,,") ? String($0.dropLast(5)) : $0 }
  }

  func admin(_ arguments: [String], input: String = "") async throws -> Finished {
    try await run(Program.admin.path, arguments, input: input, environment: ["CALLERID_DB": store])
  }

  /// A command that is to be refused: exit 1, nothing on standard output, and every row of the store as it was.
  func expectRefusal(
    of arguments: [String], input: String = "", saying reason: String, sourceLocation: SourceLocation = #_sourceLocation
  ) async throws {
    let before = try dump()
    let finished = try await admin(arguments, input: input)
    #expect(finished.status == 1, sourceLocation: sourceLocation)
    #expect(finished.output.isEmpty, sourceLocation: sourceLocation)
    #expect(finished.errors.contains(reason), "\(finished.errors)", sourceLocation: sourceLocation)
    #expect(finished.errors.hasPrefix("callerid-admin: "), sourceLocation: sourceLocation)
    #expect(try dump() == before, sourceLocation: sourceLocation)
  }
}

import Foundation
import TestSupport
import Testing

/// What `doctor` exits with: what a monitor goes by. Whoever runs it.
@Suite(.timeLimit(.minutes(1)))
struct AdminDoctorStatusTests {
  @Test(arguments: [[], ["--json"]])
  func itIsOneWhereThereIsAProblemAndZeroWhereThereAreWarningsAtMost(format: [String]) async throws {
    let callerID = try await Installation(numbers: ["2145550101"])
    let root = callerID.folder + "/root"
    let folder = root + "/var/lib/asterisk/agi-bin"
    let files = FileManager.default
    try files.createDirectory(atPath: folder, withIntermediateDirectories: true)
    let program = folder + "/callerid-agi"
    try files.createSymbolicLink(atPath: program, withDestinationPath: Program.agi.path)

    func expect(_ status: Int, _ level: String, sourceLocation: SourceLocation = #_sourceLocation) async throws {
      let finished = try await callerID.admin(["doctor", "--root", root] + format)
      #expect(finished.status == status, "\(finished.output)", sourceLocation: sourceLocation)
      let told = format.isEmpty ? level + "  " : "\"\(level)\""
      #expect(finished.output.contains(told), "\(finished.output)", sourceLocation: sourceLocation)
      #expect(finished.errors.isEmpty, sourceLocation: sourceLocation)
    }
    try await expect(0, "warning")
    try files.removeItem(atPath: program)
    try await expect(1, "problem")
    try files.createSymbolicLink(atPath: program, withDestinationPath: Program.agi.path)
    try await expect(0, "warning")
    try files.removeItem(atPath: callerID.store)
    try await expect(1, "problem")
  }
}

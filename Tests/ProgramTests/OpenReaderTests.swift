import Foundation
import SQLite
import TestSupport
import Testing

/// `callerid-admin export | less`, left open while calls go on.
@Suite(.timeLimit(.minutes(2)))
struct OpenReaderTests {
  @Test(arguments: [["export"], ["list"], ["list", "--json"]])
  func whoeverReadsAListSlowlyKeepsTheLogFromNothing(command: [String]) async throws {
    let callerID = try await Installation()
    // More than a pipe holds.
    let numbers = (0..<3000).map { "\(201 + $0 / 1000)555\(String($0 % 1000 + 1000))" }
    _ = try await callerID.importCSV("caller_id\n" + numbers.joined(separator: "\n") + "\n")
    let pipe = Pipe()
    let program = try RunningProgram(
      Program.admin.path, ["--db", callerID.store] + command, output: pipe)
    defer {
      try? pipe.fileHandleForReading.close()
      program.end()
    }
    // It has begun to print, and stops when the pipe is full.
    _ = try pipe.fileHandleForReading.read(upToCount: 1)
    try await Task.sleep(for: .milliseconds(300))
    #expect(try await callerID.agi(["SALES"]).status == 0)
    // Nobody holds a state of the store: the whole log can be copied and given back.
    let database = try Database(path: callerID.store, mode: .readWrite)
    try database.keepLogOnClose()
    #expect(try database.value("SELECT count(*) FROM number") == 3000)
    try database.emptyLog()
    #expect(program.isRunning)
  }
  /// Of another program, which reads one state of the store for long.
  @Test func doctorNamesWhoKeepsTheLogGrowing() async throws {
    let callerID = try await Installation(numbers: ["2145550101"])
    #expect(try await callerID.agi(["SALES"]).status == 0)
    let reader = try Database(path: callerID.store, mode: .readOnly)
    try reader.execute("BEGIN; SELECT count(*) FROM number")
    try growLog(ofStore: callerID.store, to: 18_000)
    let told = try await callerID.admin("doctor")
    let line = try #require(told.lines.first { $0.contains("write-ahead log has grown to 17 MB") }, "\(told.output)")
    #expect(line.contains("(process \(getpid()))"), "\(line)")
    try reader.execute("COMMIT")
    #expect(try await callerID.admin("maintain", "--no-backup").status == 0)
    #expect(try await !callerID.admin("doctor").output.contains("has grown to"))
  }
}

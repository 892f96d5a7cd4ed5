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
    let process = Process()
    process.executableURL = URL(fileURLWithPath: Program.admin.path)
    process.arguments = ["--db", callerID.store] + command
    let pipe = Pipe()
    process.standardOutput = pipe
    try process.run()
    defer {
      try? pipe.fileHandleForReading.close()
      process.terminate()
      process.waitUntilExit()
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
    #expect(process.isRunning)
  }
}

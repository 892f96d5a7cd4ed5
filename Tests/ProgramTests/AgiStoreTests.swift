import Foundation
import SQLite
import TestSupport
import Testing

/// What callerid-agi makes of a store that is missing, locked or something else.
@Suite(.timeLimit(.minutes(2)))
struct AgiStoreTests {
  private func status(at path: String) async throws -> (line: String?, finished: Finished) {
    let finished = try await run(
      Program.agi.path, ["S"], input: AsteriskCall().input, environment: ["CALLERID_DB": path])
    return (finished.lines.first, finished)
  }

  @Test(arguments: ["missing", "folder", "empty", "text", "fifo", "zero", "link", "foreign", "older", "newer"])
  func whatIsNoStoreIsAStoreError(kind: String) async throws {
    let callerID = try await Installation(numbers: ["2145550101"])
    let path = callerID.folder + "/" + kind
    switch kind {
    case "folder": try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: false)
    case "empty": try Data().write(to: URL(fileURLWithPath: path))
    case "text": try Data(String(repeating: "not a store\n", count: 1000).utf8).write(to: URL(fileURLWithPath: path))
    case "fifo": _ = try await run("/usr/bin/mkfifo", [path])
    case "zero": _ = try await run("/bin/ln", ["-s", "/dev/zero", path])
    case "link": _ = try await run("/bin/ln", ["-s", callerID.store, path])
    case "foreign", "older", "newer":
      let pragma: StaticString =
        switch kind {
        case "foreign": "PRAGMA application_id = 7"
        case "older": "PRAGMA user_version = 0"
        default: "PRAGMA user_version = 999"
        }
      try FileManager.default.copyItem(atPath: callerID.store, toPath: path)
      try? FileManager.default.copyItem(atPath: callerID.store + "-wal", toPath: path + "-wal")
      let database = try Database(path: path, mode: .readWrite)
      try database.keepLogOnClose()
      try database.execute(pragma)
    default: break
    }
    let before = try FileManager.default.contentsOfDirectory(atPath: callerID.folder)
    let (line, finished) = try await status(at: path)
    #expect(line == "SET VARIABLE CALLERID_STATUS STORE_ERROR", "\(finished)")
    #expect(finished.lines.count == 2)
    #expect(finished.status == 1)
    if kind == "missing" {
      #expect(try FileManager.default.contentsOfDirectory(atPath: callerID.folder) == before)
    }
  }

  @Test func aLockedStoreIsBusyAndIsNotWaitedForLonger() async throws {
    let callerID = try await Installation(numbers: ["2145550101"])
    _ = try await callerID.admin("config", "set", "busy_timeout_ms", "100")
    let holder = try LockHolder(path: callerID.store)
    let start = ContinuousClock.now
    let (line, finished) = try await status(at: callerID.store)
    let waited = start.duration(to: .now)
    holder.release()
    #expect(line == "SET VARIABLE CALLERID_STATUS STORE_BUSY")
    #expect(finished.status == 1)
    // A floor, not a speed: that it did wait. How long it may wait at most is measured in the benchmarks.
    #expect(waited > .milliseconds(90))
    #expect(try await callerID.agi(["S"]).status == 0)
  }

  @Test func aStoreThatAsteriskMayNotWriteIsAStoreError() async throws {
    try #require(getuid() == 0, "run as root: another user is needed to be refused")
    let callerID = try await Installation(numbers: ["2145550101"])
    let finished = try await run(
      "/usr/bin/setpriv", ["--reuid=65534", "--regid=65534", "--clear-groups", Program.agi.path, "S"],
      input: AsteriskCall().input, environment: ["CALLERID_DB": callerID.store])
    #expect(finished.lines.first == "SET VARIABLE CALLERID_STATUS STORE_ERROR")
    #expect(finished.status == 1)
  }
}

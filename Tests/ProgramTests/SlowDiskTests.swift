import Foundation
import SQLite
import TestSupport
import Testing

/// No call waits until something is on the disk: the log is copied into the store by a process of its own, which holds no
/// lock that a call needs.
@Suite(.timeLimit(.minutes(2)))
struct SlowDiskTests {
  /// A store whose next call finds the log long enough to have it copied.
  private func installation() async throws -> Installation {
    let callerID = try await Installation(numbers: (100..<200).map { "2145550\($0)" })
    #expect(try await callerID.agi(["SALES"]).status == 0)
    try growLog(ofStore: callerID.store, to: 4000)
    return callerID
  }

  /// Makes a call under strace.
  ///
  /// - Parameter delay: milliseconds that each sync takes longer.
  private func traced(_ callerID: Installation, delay: Int, log: String) async throws -> Finished {
    try await run(
      stracePath,
      [
        "-f", "-o", log, "-e", "trace=fsync,fdatasync,execve,exit_group", "-e",
        "inject=fsync,fdatasync:delay_enter=\(delay * 1000)", Program.agi.path, "SALES", "1001",
      ], input: AsteriskCall().input, environment: ["CALLERID_DB": callerID.store])
  }

  private func lines(_ log: String) throws -> [(process: String, what: String)] {
    try String(contentsOfFile: log, encoding: .utf8).split(separator: "\n").map { line in
      let parts = line.split(separator: " ", maxSplits: 1, omittingEmptySubsequences: true)
      return (String(parts[0]), String(parts[1]))
    }
  }

  @Test func theCallItselfSyncsNothing() async throws {
    let callerID = try await installation()
    let log = callerID.folder + "/trace"
    let finished = try await traced(callerID, delay: 0, log: log)
    #expect(finished.status == 0)
    #expect(finished.output.contains("CALLERID(num)"))
    let lines = try lines(log)
    let call = try #require(lines.first).process
    #expect(lines.filter { $0.process == call && $0.what.contains("sync(") }.isEmpty)
    // Somebody does: first the log, then the store.
    #expect(lines.filter { $0.process != call && $0.what.contains("sync(") }.count >= 2)
    // All of the log was copied: the next writer begins it again from its front.
    _ = try await callerID.agi(["SALES"])
    let database = try Database(path: callerID.store, mode: .readWrite)
    try database.keepLogOnClose()
    try database.run("UPDATE campaign SET name = name")
    #expect(database.logFrames < 1000)
  }

  @Test func callsGoOnWhileTheLogIsCopiedToASlowDisk() async throws {
    let callerID = try await installation()
    let log = callerID.folder + "/trace"
    async let first = traced(callerID, delay: 3000, log: log)
    // The second program that is started copies the log.
    while (try? lines(log).count { $0.what.contains("execve(") }) ?? 0 < 2 {
      try await Task.sleep(for: .milliseconds(5))
    }
    try await Task.sleep(for: .milliseconds(200))
    for index in 2..<22 {
      var call = AsteriskCall()
      call.uniqueID = "1790000000.\(index)"
      let finished = try await callerID.agi(["SALES", "1001"], call)
      #expect(finished.status == 0, "\(finished.output)")
    }
    #expect(try await first.status == 0)
    #expect(try callerID.sql("SELECT count(*) FROM request WHERE status = 'OK'") == 22)
    #expect(try callerID.sql("SELECT integrity_check = 'ok' FROM pragma_integrity_check") == 1)
    // However many calls found the log long, one process copied it.
    let started = try lines(log).filter { $0.what.contains("execve(") }
    #expect(started.count == 2, "\(started)")
  }

  /// A reader keeps the log from being begun again: it is copied once for each stretch that it grows by, not by each call.
  @Test func aLogThatAReaderHoldsIsNotCopiedByEachCall() async throws {
    let callerID = try await installation()
    let reader = try Database(path: callerID.store, mode: .readOnly)
    try await reader.whileReading {
      var copies = 0
      for index in 1...12 {
        let log = callerID.folder + "/trace-\(index)"
        #expect(try await traced(callerID, delay: 0, log: log).status == 0)
        copies += try lines(log).count { $0.what.contains("execve(") } - 1
      }
      #expect(copies == 1)
    }
  }

  @Test(arguments: [
    ["/usr/bin/env", "--block-signal"], ["/usr/bin/prlimit", "--sigpending=0", "--"],
    ["/usr/bin/prlimit", "--fsize=100000", "--"],
  ])
  func theDeadlineHoldsWhateverWasInherited(parent: [String]) async throws {
    let callerID = try await Installation(numbers: ["2145550101"])
    let holder = try LockHolder(path: callerID.store)
    let lock = open(callerID.store + "-lock", O_RDWR | O_CLOEXEC)
    #expect(flock(lock, LOCK_EX) == 0)
    let finished = try await run(
      parent[0], Array(parent.dropFirst()) + [Program.agi.path, "SALES"], input: AsteriskCall().input,
      environment: ["CALLERID_DB": callerID.store])
    #expect(finished.status == 1)
    #expect(finished.output.contains("CALLERID_STATUS STORE_BUSY"), "\(finished.output)")
    holder.release()
    close(lock)
    let next = try await run(
      parent[0], Array(parent.dropFirst()) + [Program.agi.path, "SALES"], input: AsteriskCall().input,
      environment: ["CALLERID_DB": callerID.store])
    #expect(next.output.contains("CALLERID_STATUS"), "\(next.status) \(next.output)")
  }
}

extension Database {
  /// Runs `body` while this connection holds a state of the database.
  fileprivate func whileReading(_ body: () async throws -> Void) async throws {
    try execute("BEGIN; SELECT count(*) FROM number")
    try await body()
    try execute("COMMIT")
  }
}

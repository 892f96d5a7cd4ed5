import Foundation
import SQLite
import TestSupport
import Testing

/// Calls on a store that is damaged, or is something else: they go on with the caller-ID they had.
@Suite(.timeLimit(.minutes(5)))
struct AgiDamageTests {
  private let files = FileManager.default

  /// A whole store that has been used, as one file without a log, and a folder to put damaged copies in.
  private final class Original {
    let bytes: [UInt8]
    let folder = "/tmp/callerid-\(UUID().uuidString)"
    var path: String { folder + "/callerid.db" }

    init() async throws {
      let callerID = try await Installation()
      let rows = (100..<140).map { "2145550\($0),Acme \($0 % 3),\($0 % 7 == 0 ? "FL" : "214 813"),sales" }
      _ = try await callerID.importCSV("caller_id,carrier,area_code,pool\n" + rows.joined(separator: "\n") + "\n")
      _ = try await callerID.importCSV("caller_id\n" + (200..<240).map { "2145550\($0)\n" }.joined())
      for setting in [["max_concurrent", "2"], ["warm_up_days", "3"], ["rest_below_answer_rate", "5"]] {
        _ = try await callerID.admin(["config", "set"] + setting)
      }
      for index in 0..<12 {
        let option = index % 2 == 0 ? "pool=sales" : "ttl=60"
        _ = try await callerID.agi(["SALES", "1001", option], AsteriskCall(number: index))
      }
      _ = try await callerID.admin("maintain", "--no-backup")
      bytes = Array(try Data(contentsOf: URL(fileURLWithPath: callerID.store)))
      try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: false)
    }

    deinit { try? FileManager.default.removeItem(atPath: folder) }

    /// Puts a store in place, alone but for a note that lets calls wait: what is timed is a call, not the machine.
    func place(_ bytes: [UInt8]) throws {
      for end in ["-wal", "-shm", "-journal"] { try? FileManager.default.removeItem(atPath: path + end) }
      try Data(bytes).write(to: URL(fileURLWithPath: path))
      try Data("10000\n\n".utf8).write(to: URL(fileURLWithPath: path + "-lock"))
    }
  }

  private static let requests: [[String]] = [
    ["SALES", "1001"], ["SALES", "1001", "pool=sales", "carrier=Acme 1"], ["UK", "", "to=18135551212", "pool=sales"],
    ["", "", "action=release", "status=ANSWER", "answered=3"],
  ]

  /// One call, which ends by itself, in time, and as a call ends.
  private func call(_ path: String, _ arguments: [String], _ what: String) async throws -> Finished {
    // Nobody holds a lock: a call that turns in circles uses up two seconds of processor time, however busy the machine is,
    // and one that waits says so in the end. What hangs, hangs again; what a busy machine kept waiting does not.
    for _ in 1...4 {
      let finished = try await run(
        "/usr/bin/timeout",
        ["--signal=KILL", "40", "/usr/bin/prlimit", "--cpu=2", "--", Program.agi.path] + arguments,
        input: AsteriskCall().input, environment: ["CALLERID_DB": path, "SWIFT_BACKTRACE": "enable=no"])
      if finished.output.contains("STORE_BUSY") { continue }
      #expect(finished.status <= 1, "\(what), \(arguments): \(finished)")
      #expect(finished.lines.first?.hasPrefix("SET VARIABLE CALLERID") == true, "\(what), \(arguments): \(finished)")
      return finished
    }
    throw Failure("\(what), \(arguments): waits for nobody")
  }

  private func expectStoreError(_ finished: Finished, _ what: String) {
    #expect(finished.lines.first == "SET VARIABLE CALLERID_STATUS STORE_ERROR", "\(what): \(finished)")
    #expect(finished.lines.count == 2, "\(what)")
    #expect(finished.status == 1, "\(what)")
  }

  @Test func aStoreThatIsCutOffIsAStoreErrorAndStaysAsItIs() async throws {
    let original = try await Original()
    let pageSize = 1024
    let pages = original.bytes.count / pageSize
    try #require(pages > 25 && original.bytes.count % pageSize == 0)
    let lengths =
      (0..<pages).map { $0 * pageSize } + [1, 16, 99, 100, 511, 1023, 1025, original.bytes.count - pageSize - 1]
    for length in lengths {
      let cut = Array(original.bytes.prefix(length))
      try original.place(cut)
      let what = "\(length) of \(original.bytes.count) bytes"
      expectStoreError(try await call(original.path, ["SALES", "1001"], what), what)
      #expect(Array(try Data(contentsOf: URL(fileURLWithPath: original.path))) == cut, "\(what)")
    }
  }

  /// Where the damage lies off the call's way it is served; where not, it is told. It never ends the program.
  @Test func bytesThatChangedEndNoCallBeforeItsTime() async throws {
    let original = try await Original()
    var random = SeededGenerator(seed: 5)
    var errors = 0
    for round in 0..<240 {
      var bytes = original.bytes
      for _ in 0..<[1, 1, 4, 64].randomElement(using: &random)! {
        let index = Int.random(in: 0..<bytes.count, using: &random)
        bytes[index] = [0, 0xFF, bytes[index] ^ 1 << UInt8.random(in: 0..<8, using: &random)].randomElement(
          using: &random)!
      }
      try original.place(bytes)
      let finished = try await call(original.path, Self.requests[round % 4], "round \(round)")
      if finished.output.contains("STORE_ERROR") {
        errors += 1
        #expect(Array(try Data(contentsOf: URL(fileURLWithPath: original.path))) == bytes, "round \(round)")
      }
    }
    #expect(errors > 20)
  }

  @Test func aLogThatChangedIsReadAsFarAsItIsWhole() async throws {
    let callerID = try await Installation(numbers: (100..<140).map { "2145550\($0)" })
    _ = try await callerID.agi(["SALES", ""])
    let store = try Data(contentsOf: URL(fileURLWithPath: callerID.store))
    let log = Array(try Data(contentsOf: URL(fileURLWithPath: callerID.store + "-wal")))
    var random = SeededGenerator(seed: 6)
    for round in 0..<40 {
      var bytes = log
      bytes[Int.random(in: 0..<bytes.count, using: &random)] ^= 0x55
      if round % 4 == 3 { bytes.removeLast(Int.random(in: 0..<bytes.count, using: &random)) }
      try store.write(to: URL(fileURLWithPath: callerID.store))
      try Data(bytes).write(to: URL(fileURLWithPath: callerID.store + "-wal"))
      let finished = try await call(callerID.store, ["SALES", ""], "round \(round)")
      if finished.status == 0 { #expect(finished.output.contains("SET VARIABLE CALLERID(num) 2145550")) }
    }
  }

  /// Values that no program of ours writes, in every column: what random bytes find once in a million rounds.
  @Test func noValueInAColumnEndsACallBeforeItsTime() async throws {
    let original = try await Original()
    try original.place(original.bytes)
    let columns = try rows(
      of: """
        SELECT t.name, c.name FROM sqlite_schema t, pragma_table_info(t.name) c
        WHERE t.type = 'table' AND t.name NOT LIKE 'sqlite%' AND t.name NOT IN ('audit', 'migration', 'daily_usage')
        """, in: original.path)
    try #require(columns.count > 60)
    let values = [
      "9223372036854775807", "-9223372036854775808", "1.5e300", "'99999999999999999999:-1:x 1:1:1'", "x'FF00'",
    ]
    for (index, column) in columns.enumerated() {
      let names = column.split(separator: "|")
      for value in values {
        try original.place(original.bytes)
        do {
          try execute("UPDATE OR IGNORE \(names[0]) SET \(names[1]) = \(value)", on: original.path)
        } catch is Failure {
          continue  // The row's ID, which holds whole numbers only.
        }
        _ = try await call(original.path, Self.requests[index % 4], "\(column) = \(value)")
      }
    }
  }

  @Test(arguments: [
    "dangling", "device", "unreadable", "walFolder", "shmFolder", "lockFolder", "lockLink", "header", "sqlite",
  ])
  func whatCannotBeAStoreIsAStoreError(kind: String) async throws {
    let original = try await Original()
    let path = original.path
    try original.place(original.bytes)
    var user: [String] = []
    switch kind {
    case "dangling", "device":
      try files.removeItem(atPath: path)
      try files.createSymbolicLink(
        atPath: path, withDestinationPath: kind == "device" ? "/dev/zero" : original.folder + "/nothing")
    case "unreadable":
      guard getuid() == 0 else { return }
      chmod(path, 0)
      chmod(original.folder, 0o755)
      user = ["/usr/bin/setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"]
    case "walFolder", "shmFolder", "lockFolder":
      let end = "-" + kind.dropLast(6)
      try? files.removeItem(atPath: path + end)
      try files.createDirectory(atPath: path + end, withIntermediateDirectories: false)
    case "lockLink":
      try files.removeItem(atPath: path + "-lock")
      try files.createSymbolicLink(atPath: path + "-lock", withDestinationPath: original.folder + "/elsewhere")
    case "header": try original.place(Array(original.bytes.prefix(100)) + [UInt8](repeating: 0xA5, count: 4096))
    default:
      try files.removeItem(atPath: path)
      try execute("CREATE TABLE other (x); INSERT INTO other VALUES (1)", on: path)
    }
    let before = try files.subpathsOfDirectory(atPath: original.folder).sorted()
    let finished =
      user.isEmpty
      ? try await call(path, ["SALES", "1001"], kind)
      : try await run(
        user[0], user.dropFirst() + [Program.agi.path, "S"], input: AsteriskCall().input,
        environment: ["CALLERID_DB": path])
    expectStoreError(finished, kind)
    let after = try files.subpathsOfDirectory(atPath: original.folder).sorted()
    // SQLite makes its log and index before it has read what the store is.
    #expect(
      after.filter { !$0.hasSuffix("-wal") && !$0.hasSuffix("-shm") }
        == before.filter { !$0.hasSuffix("-wal") && !$0.hasSuffix("-shm") })
  }
}

internal import Foundation
internal import SQLite

/// A store in a folder of its own, and the programs on it.
package final class Installation: Sendable {
  package let folder: String
  package var store: String { folder + "/callerid.db" }

  /// - Parameter folder: where to make the store; nil: a new temporary folder.
  package init(numbers: [String] = [], in folder: String? = nil) async throws {
    self.folder = folder ?? FileManager.default.temporaryDirectory.path + "/callerid-\(UUID().uuidString)"
    _ = try await admin("init")
    if !numbers.isEmpty { _ = try await importCSV("caller_id\n" + numbers.joined(separator: "\n") + "\n") }
  }

  deinit { try? FileManager.default.removeItem(atPath: folder) }

  package func admin(_ arguments: String..., input: String = "") async throws -> Finished {
    try await run(Program.admin.path, arguments, input: input, environment: ["CALLERID_DB": store])
  }

  /// Imports a CSV text and expects it to be taken.
  package func importCSV(_ text: String) async throws -> Finished {
    let finished = try await admin("import", "-", input: text)
    guard finished.status == 0 else { throw Failure(finished.errors) }
    return finished
  }

  /// Runs callerid-agi as Asterisk would.
  package func agi(_ arguments: [String] = [], _ call: AsteriskCall = .init()) async throws -> Finished {
    try await run(Program.agi.path, arguments, input: call.input, environment: ["CALLERID_DB": store])
  }

  package func json(_ arguments: String...) async throws -> Any {
    let finished = try await run(
      Program.admin.path, arguments + ["--json"], environment: ["CALLERID_DB": store])
    return try finished.json()
  }

  /// A value read by SQL, past the programs.
  package func sql(_ statement: StaticString) throws -> Int {
    let database = try Database(path: store, mode: .readWrite)
    database.busyTimeoutMilliseconds = 5000
    try database.keepLogOnClose()
    return try database.value(statement) ?? 0
  }

  /// Brings all that the log holds into the file of the store, and gives the log's room back.
  package func emptyLog() throws {
    guard try sql("PRAGMA wal_checkpoint(TRUNCATE)") == 0 else { throw Failure("somebody reads the store") }
  }

  /// Every row of every table: what must be the same after a command that fails.
  package func dump() throws -> [String] {
    let database = try Database(path: store, mode: .readWrite)
    try database.keepLogOnClose()
    var rows: [String] = []
    func add(_ sql: StaticString) throws { rows += try database.all(sql) { $0[0] as String } }
    try add("SELECT 'pool ' || id || '|' || name FROM pool")
    try add("SELECT 'carrier ' || id || '|' || name FROM carrier")
    try add("SELECT 'setting ' || campaign_id || '|' || key || '|' || value FROM setting")
    try add("SELECT 'agent ' || name || '|' || coalesce(calls_per_minute, '') FROM agent")
    try add("SELECT 'audit ' || what FROM audit ORDER BY id")
    try add(
      """
      SELECT 'number ' || id || '|' || e164 || '|' || written || '|' || name || '|' || pool_id || '|' || carrier_id
        || '|' || area_codes || '|' || state || '|' || coalesce(daily_limit, '') || '|' || coalesce(hourly_limit, '')
        || '|' || used_today || '|' || last_request || '|' || holds || '|' || asleep_until
      FROM number ORDER BY id
      """)
    try add("SELECT 'request ' || id || '|' || at || '|' || status FROM request ORDER BY id")
    try add(
      """
      SELECT 'lane ' || name || '|' || asleep_until || '|' || last_request || '|' || number_id FROM lane
      """)
    return rows
  }
}

package struct Failure: Error, CustomStringConvertible {
  package let description: String
  package init(_ description: String) { self.description = description }
}

/// What Asterisk sends to a program over a call: its environment, and a reply to each command.
package struct AsteriskCall: Sendable {
  package var `extension` = "12145551212"
  package var uniqueID = "1790000000.1"
  package var callerID = "8005550100"
  package var callerIDName = "Sales"
  package var dnid = "unknown"
  package var replies = Array(repeating: "200 result=1", count: 12)
  package var lineEnd = "\n"

  package init() {}

  /// One of many, each with a channel of its own.
  package init(number: Int) { uniqueID = "1790000000.\(number)" }

  package var input: String {
    (Self.environment(of: self) + replies).map { $0 + lineEnd }.joined()
  }

  package static func environment(of call: AsteriskCall) -> [String] {
    [
      "agi_request: callerid-agi", "agi_channel: Local/8600051@default-00000001;2", "agi_language: en",
      "agi_type: Local", "agi_uniqueid: \(call.uniqueID)", "agi_version: 16.28.0", "agi_callerid: \(call.callerID)",
      "agi_calleridname: \(call.callerIDName)", "agi_callingpres: 0", "agi_callingani2: 0", "agi_callington: 0",
      "agi_callingtns: 0", "agi_dnid: \(call.dnid)", "agi_rdnis: unknown", "agi_context: default",
      "agi_extension: \(call.extension)", "agi_priority: 2", "agi_enhanced: 0.0", "agi_accountcode: ",
      "agi_threadid: 140000000000000", "",
    ]
  }
}

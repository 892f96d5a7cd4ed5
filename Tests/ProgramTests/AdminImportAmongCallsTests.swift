import Foundation
import TestSupport
import Testing

/// Imports of many numbers, with calls going on and with an end before their time.
@Suite(.timeLimit(.minutes(5)))
struct AdminImportAmongCallsTests {
  /// A file of numbers of many area codes and carriers.
  private func file(_ count: Int, in callerID: Installation) throws -> String {
    let rows = (0..<count).map { "1\(AreaCodes.some[$0 % 300])\(2_000_000 + $0),Carrier \($0 % 3),sales" }
    let path = callerID.folder + "/numbers.csv"
    try Data(("caller_id,carrier,pool\n" + rows.joined(separator: "\n") + "\n").utf8).write(
      to: URL(fileURLWithPath: path))
    return path
  }

  private func expectWhole(_ callerID: Installation, count: Int) throws {
    #expect(
      try callerID.sql("SELECT count(*) FROM number JOIN pool ON pool.id = pool_id WHERE pool.name = 'sales'") == count)
    #expect(try callerID.sql("SELECT integrity_check = 'ok' FROM pragma_integrity_check") == 1)
    // Every number stands in its two lanes, where it will be looked for.
    #expect(
      try callerID.sql(
        """
        SELECT count(*) FROM number n JOIN lane l ON l.number_id = n.id AND l.asleep_until = n.asleep_until
          AND l.last_request = n.last_request
          AND l.name IN ('0:' || pool_id || '::' || carrier_id, '0:' || pool_id || ':' || area_codes || ':' || carrier_id)
        """) == 2 * (try callerID.sql("SELECT count(*) FROM number")))
  }

  @Test func callsAreServedMeanwhile() async throws {
    let callerID = try await Installation(numbers: (100..<150).map { "2145550\($0)" })
    // Patience for a busy machine: what is tested is that each call gets its turn before the import ends.
    _ = try await callerID.admin("config", "set", "busy_timeout_ms", "10000")
    _ = try await callerID.admin("config", "set", "default_daily_limit", "none")
    _ = try await callerID.admin("config", "set", "default_hourly_limit", "none")
    let path = try file(30_000, in: callerID)
    async let imported = callerID.admin("import", path)
    var served = 0
    for index in 0..<200 {
      if try await callerID.agi(["SALES", "", "ttl=0"], AsteriskCall(number: index)).status == 0 { served += 1 }
    }
    #expect(served == 200)
    #expect(try await imported.output == "30000 added, 0 updated, 0 unchanged, 0 rejected\n")
    #expect(try callerID.sql("SELECT sum(used_today) FROM number") == 200)
    try expectWhole(callerID, count: 30_000)
  }

  @Test(arguments: ["INT", "TERM", "KILL"])
  func anImportThatWasEndedIsCompletedByAnother(signal: String) async throws {
    let callerID = try await Installation()
    let path = try file(60_000, in: callerID)
    // It is ended once the first numbers are in.
    let script = """
      "$0" import "$1" & import=$!
      while [ "$("$0" list --json | wc -l)" -lt 10 ]; do :; done
      kill -\(signal) $import; wait $import
      """
    let ended = try await run(
      "/bin/bash", ["-c", script, Program.admin.path, path], environment: ["CALLERID_DB": callerID.store])
    let count = try callerID.sql("SELECT count(*) FROM number")
    try expectWhole(callerID, count: count)
    if signal != "KILL", count < 60_000 {
      #expect(ended.status == 1)
      #expect(ended.output.isEmpty)
      #expect(
        ended.errors.contains(
          "callerid-admin: stopped when \(count) of 60000 numbers were in. They stay; run the same import again"))
    }
    let finished = try await callerID.admin("import", path)
    #expect(finished.output == "\(60_000 - count) added, 0 updated, \(count) unchanged, 0 rejected\n")
    try expectWhole(callerID, count: 60_000)
    // In the order of the file, as if it had been done at once.
    let first = try await callerID.object("next", "--to", "442079460000", "--pool", "sales")
    #expect(first["caller_id"] as? String == "1\(AreaCodes.some[0])2000000")
  }
}

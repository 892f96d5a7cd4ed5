import Foundation
import TestSupport
import Testing

/// Calls that are all up at once, and all ask at once. `make torture` makes it 2,000 (`TORTURE=full`).
@Suite(.serialized, .timeLimit(.minutes(15)))
struct CrowdTests {
  private static let calls = ProcessInfo.processInfo.environment["TORTURE"] == "full" ? 2000 : 40

  /// Each call waits for GO, asks, and stays up until it is hung up.
  private static let dialplan = """
    [crowd]
    exten => _X.,1,Answer()
     same => n(gate),Wait(0.2)
     same => n,GotoIf($["${GO}" = ""]?gate)
     same => n,AGI(callerid-agi,SALES)
     same => n,Log(NOTICE,TEST got ${AGISTATUS} ${CALLERID_STATUS} ${CALLERID(num)})
     same => n,Wait(3600)
    exten => h,1,AGI(callerid-agi,,,action=release,status=ANSWER,answered=9)
     same => n,Log(NOTICE,TEST ended ${AGISTATUS} ${CALLERID_STATUS})

    """

  @Test(arguments: AsteriskVersion.tested)
  func everyCallOfACrowdHasANumberOfItsOwn(version: AsteriskVersion) async throws {
    Asterisk.allowManyFiles()
    let asterisk = try await Asterisk(version, dialplan: Self.dialplan)
    let store = asterisk.installation
    let numbers = (0..<Self.calls + 200).map { "214555\($0 + 1000)" }
    _ = try await store.importCSV("caller_id\n" + numbers.joined(separator: "\n") + "\n")
    // As much patience as there is: what is counted is who gets what.
    _ = try await store.admin("config", "set", "busy_timeout_ms", "10000")
    _ = try await store.admin("config", "set", "reservation_ttl", "3600")

    try await withThrowingTaskGroup(of: Void.self) { group in
      for lane in 0..<4 {
        group.addTask {
          for _ in stride(from: lane, to: Self.calls, by: 4) {
            try await asterisk.originate("12145551212", in: "crowd", application: "Wait 3600")
          }
        }
      }
      try await group.waitForAll()
    }
    try await asterisk.cli("dialplan set global GO 1")
    let got = try await lines("got ", of: asterisk)
    let given = got.filter { $0.hasPrefix("got SUCCESS OK 214555") }
    // On a busy machine two thousand may be more than ten seconds' work.
    let late = got.count { $0.hasPrefix("got FAILURE STORE_BUSY ") }
    #expect(given.count + late == Self.calls, "\(Set(got.map { $0.prefix(24) }))")
    #expect(Set(given).count == given.count)
    #expect(try store.sql("SELECT sum(used_today) FROM number") == given.count)
    #expect(try store.sql("SELECT count(*) FROM number WHERE holds <> ''") == given.count)
    let channels = try await asterisk.cli("core show channels count").output
    #expect(channels.contains("\(Self.calls * 2) active channels"), "\(channels)")

    try await asterisk.cli("channel request hangup all")
    let ended = try await lines("ended ", of: asterisk)
    // A release that came too late leaves its reservation to the time to live.
    let released = try store.sql("SELECT count(*) FROM request WHERE dial_status = 'ANSWER'")
    #expect(ended.count { $0 == "ended SUCCESS OK" } >= released)
    #expect(ended.allSatisfy { ["ended SUCCESS OK", "ended FAILURE STORE_BUSY"].contains($0) }, "\(Set(ended))")
    #expect(try store.sql("SELECT count(*) FROM number WHERE holds <> ''") == given.count - released)
    if late == 0, !ended.contains("ended FAILURE STORE_BUSY") { #expect(released == Self.calls) }
    #expect(try store.sql("SELECT integrity_check = 'ok' FROM pragma_integrity_check") == 1)
    print("\(version): \(Self.calls) calls at once, \(late) STORE_BUSY, nothing lost")
  }

  /// One line of each call that begins so.
  private func lines(_ start: String, of asterisk: Asterisk) async throws -> [String] {
    var lines: [String] = []
    for _ in 0..<600 {
      lines = asterisk.testLines.filter { $0.hasPrefix(start) }
      if lines.count >= Self.calls { return lines }
      try await Task.sleep(for: .milliseconds(500))
    }
    throw Failure("\(lines.count) calls \(start)after five minutes; log: \(asterisk.log.suffix(2000))")
  }
}

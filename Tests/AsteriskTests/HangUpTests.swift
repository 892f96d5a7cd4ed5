import Foundation
import TestSupport
import Testing

/// Hang-ups while callerid-agi waits for the store, in each way that a dialplan may have Asterisk tell of them.
@Suite(.serialized, .timeLimit(.minutes(5)))
struct HangUpTests {
  /// AGISIGHUP=no: no signal, and Asterisk goes on answering. AGIEXITONHANGUP=yes: Asterisk leaves at once, and closes
  /// the pipes. With both, closed pipes are all that the program ever hears of it.
  enum Way: String, CaseIterable {
    case signal = "AGISIGHUP=yes"
    case nothing = "AGISIGHUP=no"
    case signalAndEnd = "AGIEXITONHANGUP=yes"
    case end = "AGISIGHUP=no,AGIEXITONHANGUP=yes"

    var dialplan: String {
      """
      [\(self)]
      exten => _X.,1,NoOp
      \(rawValue.split(separator: ",").map { " same => n,Set(\($0))\n" }.joined()) same => n,AGI(callerid-agi,SALES)
       same => n,Log(NOTICE,TEST went on)
      exten => h,1,AGI(callerid-agi,,,action=release)
       same => n,Log(NOTICE,TEST ended ${AGISTATUS} ${CALLERID_STATUS})

      """
    }
  }

  @Test(arguments: AsteriskVersion.tested)
  func theNumberIsFreeAgainHoweverAsteriskTells(version: AsteriskVersion) async throws {
    let asterisk = try await Asterisk(version, dialplan: Way.allCases.map(\.dialplan).joined())
    _ = try await asterisk.installation.importCSV("caller_id\n2145550101\n")
    _ = try await asterisk.installation.admin("config", "set", "busy_timeout_ms", "10000")
    var calls = 0
    for way in Way.allCases {
      var isInTime = false
      // On a busy machine the commands to Asterisk may take longer than the longest time that a call may wait.
      for _ in 0..<3 where !isInTime {
        let holder = try LockHolder(path: asterisk.installation.store)
        try await asterisk.originate("12145551212", in: "\(way)")
        try await asterisk.wait("callerid-agi to wait for the store") { asterisk.isAnswering }
        try await asterisk.cli("channel request hangup all")
        // Nothing shows that Asterisk has told of it: time to do so.
        try await Task.sleep(for: .milliseconds(2000))
        isInTime = asterisk.isAnswering
        holder.release()
        calls += 1
        let lines = try await asterisk.lines(calls)
        if isInTime { #expect(lines.last == "ended SUCCESS OK", "\(way)") }
      }
      #expect(isInTime, "\(way)")
      try await asterisk.wait("callerid-agi to end") { !asterisk.isAnswering }
      #expect(try asterisk.installation.sql("SELECT count(*) FROM number WHERE holds <> ''") == 0, "\(way)")
    }
    #expect(try asterisk.installation.sql("SELECT count(*) FROM request WHERE status = 'OK'") == Way.allCases.count)
    #expect(
      try asterisk.installation.sql("SELECT count(*) FROM request WHERE released_at IS NOT NULL")
        == Way.allCases.count)
  }
}

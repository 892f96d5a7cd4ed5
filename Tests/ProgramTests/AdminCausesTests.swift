import Foundation
import TestSupport
import Testing

/// `import-outcomes`: the causes of past calls, out of VICIdial's dial log.
struct AdminCausesTests {
  private let header =
    "caller_code\tlead_id\tserver_ip\tcall_date\textension\tchannel\tcontext\ttimeout\toutbound_cid\t"
    + "sip_hangup_cause\tsip_hangup_reason\tuniqueid\n"

  private func row(_ code: String, _ cause: String, _ reason: String, _ uniqueID: String = "") -> String {
    "\(code)\t1\t10.0.0.1\t2026-11-24 15:00:58\t912145551212\tLocal/x\tdefault\t60000\t2145550101\t\(cause)\t\(reason)\t\(uniqueID)\n"
  }

  @Test func theLogLearnsWhichCallsWereBlocked() async throws {
    let callerID = try await Installation(numbers: ["2145550101", "2145550102", "2145550103", "2145550104"])
    for (id, name) in [
      ("1.1", "V1124150058000001234"), ("1.2", "V1124150059000001235"), ("1.3", "x"), ("1.4", "V1124150060000001236"),
    ] {
      var call = AsteriskCall()
      (call.uniqueID, call.callerIDName) = (id, name)
      _ = try await callerID.agi(["SALES", ""], call)
    }
    // What is reported at release stays.
    var released = AsteriskCall()
    released.uniqueID = "1.2"
    _ = try await callerID.agi(["", "", "action=release", "status=BUSY", "tech=SIP 486 Busy Here"], released)
    let path = callerID.folder + "/dial_log.tsv"
    let rows = [
      row("V1124150058000001234", "603", "Network Blocked"), row("V1124150059000001235", "603", "Network Blocked"),
      row("", "603", "Decline", "1.3"), row("V1124150060000001236", "0", "NULL"), row("V9", "404", "Not Found"),
    ]
    try Data((header + rows.joined()).utf8).write(to: URL(fileURLWithPath: path))
    for added in [2, 0] {
      let report = try await callerID.object("import-outcomes", path)
      #expect(report["rows"] as? Int == 4)
      #expect(report["without_cause"] as? Int == 1)
      #expect(report["added"] as? Int == added)
      #expect(report["blocked"] as? Int == added / 2)
      #expect(report["known"] as? Int == 3 - added)
    }
    let causes = try await callerID.rows("requests").reversed().map { $0["hangup_tech"] as? String }
    #expect(causes == ["SIP 603 Network Blocked", "SIP 486 Busy Here", "SIP 603 Decline", nil])
    let blocked = try await callerID.rows("stats", "--by", "number").map { $0["blocked"] as? Int ?? 0 }
    #expect(blocked.reduce(0, +) == 1)
  }

  @Test func anotherFileIsRefused() async throws {
    let callerID = try await Installation(numbers: ["2145550101"])
    let path = callerID.folder + "/numbers.csv"
    try Data("caller_id,name\n2145550101,x\n".utf8).write(to: URL(fileURLWithPath: path))
    let finished = try await callerID.admin("import-outcomes", path)
    #expect(finished.status == 1)
    #expect(finished.errors.contains("sip_hangup_reason"))
  }
}

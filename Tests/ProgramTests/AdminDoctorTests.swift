import Foundation
import SQLite
import TestSupport
import Testing

/// What `doctor` finds in an installation, and what it mends. As root, who can make one for another user.
@Suite(.timeLimit(.minutes(5)), .enabled(if: getuid() == 0))
struct AdminDoctorTests {
  /// A machine with Asterisk and our programs, below a folder of its own.
  final class Machine: Sendable {
    let callerID: Installation
    var root: String { callerID.folder + "-root" }
    var agiFolder: String { root + "/agi-bin" }

    init() async throws {
      callerID = try await Installation(numbers: ["2145550101", "3125550101"])
      let files = FileManager.default
      for folder in ["/etc/asterisk", "/etc/cron.d", "/agi-bin"] {
        try files.createDirectory(atPath: root + folder, withIntermediateDirectories: true)
      }
      try write(
        "[directories]\nastagidir => /agi-bin ; here\n[options]\nrunuser = nobody\n", to: "/etc/asterisk/asterisk.conf")
      try write("5 0 * * *   nobody  callerid-admin maintain > /dev/null\n", to: "/etc/cron.d/callerid")
      try files.createSymbolicLink(atPath: agiFolder + "/callerid-agi", withDestinationPath: Program.agi.path)
      for name in ["get_callerid.sh", "get_callerid.py"] {
        try files.createSymbolicLink(atPath: agiFolder + "/" + name, withDestinationPath: "callerid-agi")
      }
      _ = try await callerID.admin("init", "--owner", "nobody")
      _ = try await callerID.agi(["SALES"])
      _ = try await callerID.admin("maintain")
    }

    deinit { try? FileManager.default.removeItem(atPath: root) }

    func write(_ text: String, to path: String) throws {
      try Data(text.utf8).write(to: URL(fileURLWithPath: root + path))
    }

    func doctor(_ arguments: String...) async throws -> Finished {
      try await callerID.admin(["doctor", "--root", root] + arguments)
    }

    /// The findings of one level, as `check: message`.
    func findings(_ level: String) async throws -> [String] {
      let object = try #require(try await doctor("--json").json() as? [String: Any])
      let findings = try #require(object["findings"] as? [[String: Any]])
      let found = findings.filter { $0["level"] as? String == level }
      if level != "ok" { #expect(found.allSatisfy { $0["hint"] != nil }) }
      #expect((object["\(level)s"] as? Int ?? found.count) == found.count)
      return found.map { "\($0["check"] as? String ?? ""): \($0["message"] as? String ?? "")" }
        // The programs that tests are run with may be debug builds.
        .filter { !$0.contains("is not static") }
    }
  }

  @Test func aSoundInstallationIsToldSo() async throws {
    let machine = try await Machine()
    let before = try machine.callerID.dump()
    let listing = try FileManager.default.subpathsOfDirectory(atPath: machine.callerID.folder).sorted()
    #expect(try await machine.findings("problem").isEmpty)
    let warnings = try await machine.findings("warning")
    #expect(warnings.isEmpty, "\(warnings)")
    let told = try await machine.doctor()
    #expect(told.status == 0)
    #expect(told.errors.isEmpty)
    #expect(told.output.contains("ok       asterisk: runs as nobody, as set in asterisk.conf\n"))
    #expect(told.output.contains("ok       call: callerid-agi can open the store as nobody\n"))
    #expect(told.lines.count >= 10)
    #expect(try machine.callerID.dump() == before)
    #expect(try FileManager.default.subpathsOfDirectory(atPath: machine.callerID.folder).sorted() == listing)
    let fixed = try await machine.doctor("--fix")
    #expect(!fixed.output.contains("mended"))
    #expect(fixed.status == 0)
  }

  struct Fault: CustomTestStringConvertible, Sendable {
    let level: String
    let finding: String
    var isMended = false
    let happen: @Sendable (Machine) throws -> Void
    var testDescription: String { finding }
  }

  static let faults: [Fault] = [
    // Files.
    Fault(level: "problem", finding: "files: nobody may not read and write", isMended: true) {
      chown($0.callerID.store, 0, 0)
      chmod($0.callerID.store, 0o600)
    },
    Fault(level: "problem", finding: "files: nobody may not read and write", isMended: true) {
      chown($0.callerID.store + "-lock", 0, 0)
    },
    Fault(level: "problem", finding: "files: nobody may not read and write", isMended: true) {
      chmod($0.callerID.store + "-lock", 0o440)
    },
    Fault(level: "problem", finding: "is open to every user of the machine", isMended: true) {
      chmod($0.callerID.store, 0o664)
    },
    Fault(level: "warning", finding: "files: the folder", isMended: true) { chmod($0.callerID.folder, 0o775) },
    Fault(level: "problem", finding: "where SQLite keeps its log", isMended: true) { chmod($0.callerID.folder, 0o550) },
    Fault(level: "warning", finding: "has a second name") {
      link($0.callerID.store, $0.callerID.store + ".before-restore-1")
    },
    Fault(level: "problem", finding: "store: \u{2026} belongs to the user 61234") {
      chown($0.callerID.store, 61234, 61234)
    },
    Fault(level: "problem", finding: "store: there is no store") {
      try FileManager.default.removeItem(atPath: $0.callerID.store)
    },
    // What the store holds.
    Fault(level: "problem", finding: "store: the store has schema 999") {
      try execute("PRAGMA user_version = 999", on: $0.callerID.store)
    },
    Fault(level: "problem", finding: "store: \u{2026} is not a rotation store") {
      try execute("PRAGMA application_id = 7", on: $0.callerID.store)
    },
    Fault(level: "problem", finding: "pages: the store is damaged") { machine in
      let root = try machine.callerID.sql("SELECT rootpage FROM sqlite_schema WHERE name = 'sticky'")
      try execute("PRAGMA wal_checkpoint(TRUNCATE)", on: machine.callerID.store)
      let handle = try #require(FileHandle(forWritingAtPath: machine.callerID.store))
      try handle.seek(toOffset: UInt64((root - 1) * 1024))
      try handle.write(contentsOf: Data(repeating: 0xA5, count: 1024))
      try handle.close()
    },
    Fault(level: "problem", finding: "lanes: 2 numbers do not stand where calls look for them", isMended: true) {
      try execute("DELETE FROM lane WHERE name LIKE '%::%'", on: $0.callerID.store)
    },
    Fault(level: "warning", finding: "log: the store has no write-ahead log", isMended: true) {
      try execute("PRAGMA journal_mode = DELETE", on: $0.callerID.store)
    },
    Fault(level: "problem", finding: "numbers: there are no numbers in use") {
      try execute("UPDATE number SET state = 'disabled'", on: $0.callerID.store)
    },
    Fault(level: "warning", finding: "numbers: 1 of 2 numbers are never shown: their limit is 0") {
      try execute("UPDATE number SET daily_limit = 0 WHERE id = 2", on: $0.callerID.store)
    },
    Fault(level: "warning", finding: "numbers: 2 of 2 numbers are never shown: they lack the proof") {
      try execute("INSERT INTO setting VALUES (0, 'require_attestation', 'A')", on: $0.callerID.store)
    },
    Fault(level: "warning", finding: "numbers: pool default: 101 calls in the last hour") {
      try execute(
        """
        INSERT INTO request (at, status, number_id, reserved_until)
        SELECT at, 'OK', 1, at + 120 FROM request, (SELECT value FROM generate_series(1, 100)) LIMIT 100
        """.replacing(
          "(SELECT value FROM generate_series(1, 100))",
          with: "(\(Array(repeating: "SELECT 1", count: 100).joined(separator: " UNION ALL ")))"),
        on: $0.callerID.store)
    },
    Fault(level: "problem", finding: "seconds in the future: the clock was wrong then, or is now") {
      try execute("UPDATE request SET at = at + 86400", on: $0.callerID.store)
    },
    Fault(level: "warning", finding: "calls: no call has asked for a number yet") {
      try execute("DELETE FROM request", on: $0.callerID.store)
    },
    Fault(level: "problem", finding: "settings: timezone is \u{2026}Nowhere/City") {
      try execute("INSERT INTO setting VALUES (0, 'timezone', 'Nowhere/City')", on: $0.callerID.store)
    },
    // Asterisk's side.
    Fault(level: "problem", finding: "callerid-agi is missing, so AGISTATUS is NOTFOUND") {
      try FileManager.default.removeItem(atPath: $0.agiFolder + "/callerid-agi")
    },
    Fault(level: "problem", finding: "callerid-agi is of version 0.0.1, but this program is of version") {
      try FileManager.default.removeItem(atPath: $0.agiFolder + "/callerid-agi")
      try $0.write("#!/bin/sh\necho 0.0.1\n", to: "/agi-bin/callerid-agi")
      chmod($0.agiFolder + "/callerid-agi", 0o755)
    },
    Fault(level: "problem", finding: "call: nobody cannot start") { chmod($0.agiFolder, 0o700) },
    Fault(level: "warning", finding: "get_callerid.sh is missing", isMended: true) {
      try FileManager.default.removeItem(atPath: $0.agiFolder + "/get_callerid.sh")
    },
    Fault(level: "problem", finding: "get_callerid.py is a link to a file that does not exist") {
      try FileManager.default.removeItem(atPath: $0.agiFolder + "/get_callerid.py")
      symlink("gone", $0.agiFolder + "/get_callerid.py")
    },
    Fault(level: "warning", finding: "cron: \u{2026} is missing") {
      try FileManager.default.removeItem(atPath: $0.root + "/etc/cron.d/callerid")
    },
    Fault(level: "warning", finding: "cron: \u{2026} makes no backup") {
      try $0.write("1 * * * *   nobody  callerid-admin reset-usage --past\n", to: "/etc/cron.d/callerid")
    },
    Fault(level: "warning", finding: "cron: \u{2026} runs nothing") {
      try $0.write("# 1 * * * *   nobody  callerid-admin maintain now\n", to: "/etc/cron.d/callerid")
    },
    Fault(level: "problem", finding: "cron: \u{2026} runs as nobody-at-all, but there is no such user") {
      try $0.write("1 * * * *   nobody-at-all  callerid-admin maintain\n", to: "/etc/cron.d/callerid")
    },
    Fault(level: "problem", finding: "cron: \u{2026} runs as daemon, who may not use the store") {
      try $0.write("1 * * * *   daemon  callerid-admin maintain\n", to: "/etc/cron.d/callerid")
    },
    Fault(level: "warning", finding: "backup: there is no backup") {
      try FileManager.default.removeItem(atPath: $0.callerID.folder + "/backups")
    },
    Fault(level: "warning", finding: "backup: the newest backup is 3 days old") {
      let folder = $0.callerID.folder + "/backups"
      for name in try FileManager.default.contentsOfDirectory(atPath: folder) {
        try FileManager.default.setAttributes(
          [.modificationDate: Date(timeIntervalSinceNow: -260_000)], ofItemAtPath: folder + "/" + name)
      }
    },
  ]

  @Test(arguments: faults) func aFaultIsFoundAndMendedWhereThatIsSafe(fault: Fault) async throws {
    let machine = try await Machine()
    try fault.happen(machine)
    func isTold(_ findings: [String]) -> Bool {
      let parts = fault.finding.split(separator: "\u{2026}").map(String.init)
      return findings.contains { finding in parts.allSatisfy { finding.contains($0) } }
    }
    let found = try await machine.findings(fault.level)
    #expect(isTold(found), "\(found)")
    let told = try await machine.doctor()
    let problems = try await machine.findings("problem")
    #expect(told.status == (problems.isEmpty ? 0 : 1), "\(problems)")
    let fixed = try await machine.doctor("--fix")
    #expect(fixed.output.contains("mended") == fault.isMended, "\(fixed.output)")
    #expect(isTold(try await machine.findings(fault.level)) != fault.isMended, "\(fixed.output)")
    if fault.isMended {
      #expect(fixed.status == 0, "\(fixed.output)")
      #expect(try await machine.findings("warning").isEmpty)
    }
  }

  @Test func theUserIsTheOneThatIsNamed() async throws {
    let machine = try await Machine()
    let other = try await machine.doctor("--user", "61234:61234")
    #expect(other.status == 1)
    #expect(other.output.contains("ok       asterisk: runs as 61234, as given by --user"))
    #expect(other.output.contains("problem  files: 61234 may not read and write \(machine.callerID.store). "))
    #expect(other.output.contains("problem  call: callerid-agi failed as 61234: VERBOSE"))
    #expect(try await machine.doctor("--user", "nobody-of-that-name").errors.contains("there is no user"))
    let mended = try await machine.doctor("--user", "61234:61234", "--fix")
    #expect(mended.output.contains("mended   \(machine.callerID.store) given to 61234:61234"))
    #expect(mended.output.contains("ok       call: callerid-agi can open the store as 61234"))
    // As in Debian, where the service names the user.
    try machine.write("[directories]\nastagidir => /agi-bin\n", to: "/etc/asterisk/asterisk.conf")
    #expect(
      try await machine.doctor().output.contains(
        "runs as 61234, because asterisk.conf names no user and the folder of the store is this user's"))
    #expect(try await machine.doctor("--fix").errors.isEmpty)
    try FileManager.default.removeItem(atPath: machine.root + "/etc/asterisk/asterisk.conf")
    #expect(try await machine.doctor().output.contains("warning  asterisk: Asterisk was not found"))
  }

  // MARK: The server

  @Test func theServerIsAskedWhereCallsOrSystemdAskForIt() async throws {
    let machine = try await Machine()
    let files = FileManager.default
    #expect(try await !machine.doctor().output.contains("server:"))
    // A dialplan that somebody has switched off asks nobody.
    try machine.write(
      "; same => n,AGI(agi://127.0.0.1/callerid)\nexten => 1,1,AGI(agi://127.0.0.1:4577/call_log)\n",
      to: "/etc/asterisk/extensions.conf")
    #expect(try await !machine.doctor().output.contains("server:"))
    let server = try await Server(store: machine.callerID.store)
    try files.createDirectory(atPath: machine.root + "/etc/callerid", withIntermediateDirectories: true)
    let addresses = "CALLERID_AGI=127.0.0.1:\(server.agiPort)\nCALLERID_HTTP=127.0.0.1:\(server.httpPort)\n"
    try machine.write("# Where\n" + addresses, to: "/etc/callerid/server.env")
    try machine.write(
      "exten => 1,1,AGI(agi://127.0.0.1:\(server.agiPort)/callerid,SALES)\n",
      to: "/etc/asterisk/extensions-vicidial.conf")
    let sound = try await machine.findings("ok")
    #expect(sound.contains("server: answers FastAGI on 127.0.0.1:\(server.agiPort)"), "\(sound)")
    #expect(sound.contains("server: answers HTTP on 127.0.0.1:\(server.httpPort)"), "\(sound)")
    server.send(SIGTERM)
    _ = try await server.status()
    let problems = try await machine.findings("problem")
    #expect(problems.count { $0.hasPrefix("server: nothing answers") } == 2, "\(problems)")
    #expect(problems.contains { $0.contains("extensions-vicidial.conf asks it") })
    try files.removeItem(atPath: machine.root + "/etc/asterisk/extensions-vicidial.conf")
    try files.createDirectory(
      atPath: machine.root + "/etc/systemd/system/multi-user.target.wants", withIntermediateDirectories: true)
    try machine.write("", to: "/etc/systemd/system/multi-user.target.wants/callerid-server.service")
    #expect(try await machine.findings("problem").contains { $0.contains("systemd starts it") })
  }
}

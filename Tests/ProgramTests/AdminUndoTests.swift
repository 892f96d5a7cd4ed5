import Foundation
import TestSupport
import Testing

/// Taking changes back.
@Suite(.timeLimit(.minutes(15)))
struct AdminUndoTests {
  /// All that a change may alter, without the audit.
  private func state(of callerID: Installation) throws -> Set<String> {
    Set(
      try callerID.dump().filter {
        !$0.hasPrefix("audit ") && !$0.hasPrefix("request ") && !$0.hasPrefix("setting 0|latest|")
      })
  }

  private func done(_ callerID: Installation, _ line: String, input: String = "") async throws -> Finished {
    let finished = try await callerID.admin(line.split(separator: " ").map(String.init), input: input)
    try #require(finished.status == 0, "\(line): \(finished.errors)")
    return finished
  }

  /// Numbers that calls have used, with limits, a rest, and a campaign that counts its calls with each.
  private func used() async throws -> Installation {
    let callerID = try await Installation()
    _ = try await callerID.importCSV(
      """
      caller_id,pool,carrier,area_code,daily_limit,name,attestation,authorized_by,verified_at,callback
      2145550101,sales,Acme,214 972 FL,60,Jane's line,A,letter 7,2026-11-24,yes
      2145550102,,,,,,,,,
      2145550103,,Other,,none,,B,,,
      """)
    _ = try await done(callerID, "campaign set SALES pools=sales,default number_daily_limit=5 sticky=destination")
    _ = try await done(callerID, "config set reservation_ttl 0")
    for number in 0..<9 {
      var call = AsteriskCall(number: number)
      call.extension = "1214555\(1000 + number % 4)"
      #expect(try await callerID.agi(["SALES", "1001"], call).status == 0)
      #expect(
        try await callerID.agi(["", "", "action=release", "status=ANSWER", "answered=3"], call).status == 0)
    }
    _ = try await done(callerID, "rest 2145550103 --for 7d --reason flagged")
    return callerID
  }

  @Test(arguments: [
    "remove 2145550101 2145550102 2145550103 --force", "remove 2145550101 --force", "reset-usage",
    "reset-usage --hourly", "set 2145550101 --pool default --carrier X --daily-limit none --area-code 212 --name Y",
    "disable 2145550101 2145550102", "retire 2145550103", "rest 2145550101 2145550103 --for 2d", "wake 2145550103",
    "config set default_daily_limit 1", "config set reservation_ttl 7", "config unset reservation_ttl",
    "campaign set SALES pools=default sticky=off", "campaign unset SALES number_daily_limit sticky",
    "add 2145550109 --pool new", "config set timezone America/Chicago", "campaign remove SALES",
    "agent set 1001 --calls-per-minute 7", "agent set 1001 --calls-per-minute none",
  ])
  func aChangeIsTakenBackAsIfItHadNotBeen(command: String) async throws {
    let callerID = try await used()
    let before = try state(of: callerID)
    let stats = try callerID.sql("SELECT count(*) + coalesce(sum(calls), 0) FROM outcome")
    let uses = try callerID.sql("SELECT coalesce(sum(used_today * (1 + number_id)), 0) FROM campaign_number")
    let sticky = try callerID.sql("SELECT count(*) FROM sticky")
    let counts = try callerID.sql("SELECT (SELECT sum(used_today) FROM campaign) * 100 + sum(used_today) FROM agent")
    _ = try await done(callerID, command)
    #expect(try state(of: callerID) != before || command.hasPrefix("reset"))
    let finished = try await done(callerID, "undo")
    #expect(finished.errors.isEmpty, "\(finished.errors)")
    #expect(finished.output.hasPrefix("Entry "))
    // Pools and carriers stay, as after any change.
    // What a campaign has used of each number is forgotten with its limits.
    func kept(_ rows: Set<String>) -> Set<String> {
      rows.filter { row in
        !["pool ", "carrier "].contains { row.hasPrefix($0) }
          && !(command.hasPrefix("campaign") && row.hasPrefix("lane 1"))
      }
    }
    let (after, expected) = (kept(try state(of: callerID)), kept(before))
    #expect(after == expected, "\(after.symmetricDifference(expected).sorted())")
    if !command.hasPrefix("campaign") {
      #expect(try callerID.sql("SELECT coalesce(sum(used_today * (1 + number_id)), 0) FROM campaign_number") == uses)
      #expect(try callerID.sql("SELECT count(*) FROM sticky") == sticky)
    }
    #expect(try callerID.sql("SELECT count(*) + coalesce(sum(calls), 0) FROM outcome") == stats)
    #expect(
      try callerID.sql("SELECT (SELECT sum(used_today) FROM campaign) * 100 + sum(used_today) FROM agent") == counts)
    let audit = try callerID.dump().filter { $0.hasPrefix("audit ") }
    #expect(audit.last?.contains(/^audit undo \d+:/) == true, "\(audit.last ?? "")")
    #expect(audit.last?.hasSuffix(audit[audit.count - 2].dropFirst("audit ".count)) == true)
    let doctor = try await callerID.admin("maintain", "--no-backup", "--json")
    #expect(doctor.status == 0)
    let lanes = try #require((try doctor.json() as? [String: Any])?["lanes"] as? [String: Int])
    #expect(lanes["stray"] == 0 && lanes["missing"] == 0, "\(lanes)")
  }

  @Test func theRequestLogNamesANumberThatIsBack() async throws {
    let callerID = try await used()
    let before = try await callerID.admin("requests", "--csv").output
    _ = try await done(callerID, "remove 2145550101 2145550102 --force")
    #expect(try await callerID.admin("requests", "--csv").output != before)
    _ = try await done(callerID, "undo --json")
    #expect(try await callerID.admin("requests", "--csv").output == before)
  }

  @Test func anImportOfTheWrongFileIsTakenBack() async throws {
    let callerID = try await used()
    let before = try state(of: callerID)
    _ = try await callerID.importCSV(
      "caller_id,pool,name\n2145550101,default,wrong\n2145550104,wrong,x\n2145550105,wrong,x\n")
    let finished = try await done(callerID, "undo --json")
    let report = try #require(try finished.json() as? [String: Any])
    #expect(report["taken_back"] as? Int == 3)
    #expect((report["what"] as? String)?.hasPrefix("import standard input: 2 added, 1 updated") == true)
    #expect(try state(of: callerID).filter { $0 != "pool 3|wrong" } == before)
  }

  @Test func whatAnImportAddedAndCallsHaveUsedIsDisabledAndNamed() async throws {
    let callerID = try await Installation(numbers: ["2145550101", "2145550102"])
    _ = try await done(callerID, "disable 2145550101 2145550102")
    _ = try await callerID.importCSV("caller_id,name\n2145550101,a\n2145550102,b\n2145550103,c\n2145550104,d\n")
    #expect(try await callerID.agi(["SALES"]).status == 0)
    _ = try await done(callerID, "set 2145550102 --name newer")
    let entry = try #require((try await callerID.rows("undo", "--list"))[1]["entry"] as? Int)
    let finished = try await done(callerID, "undo \(entry)")
    #expect(
      finished.errors.contains("callerid-admin: 2145550103 has carried calls since, so it stays, and is disabled\n"))
    #expect(finished.errors.contains("callerid-admin: 2145550102 has another name since, so it stays as it is\n"))
    #expect(finished.output.hasSuffix("is taken back: 2 as before, 1 disabled, 1 left as they are\n"))
    #expect(try callerID.sql("SELECT count(*) FROM number WHERE e164 = '12145550103' AND state = 'disabled'") == 1)
    #expect(try callerID.sql("SELECT count(*) FROM number WHERE e164 = '12145550104'") == 0)
    #expect(try callerID.sql("SELECT count(*) FROM number WHERE name = ''") == 1)
  }

  @Test func callsSinceAResetAreAddedToTheCountsOfBefore() async throws {
    let callerID = try await Installation(numbers: ["2145550101"])
    _ = try await done(callerID, "config set reservation_ttl 0")
    for number in 0..<3 { #expect(try await callerID.agi(["S"], AsteriskCall(number: number)).status == 0) }
    _ = try await done(callerID, "reset-usage")
    #expect(try await callerID.agi(["S"], AsteriskCall(number: 9)).status == 0)
    _ = try await done(callerID, "undo")
    #expect(try callerID.sql("SELECT used_today * 100 + used_this_hour FROM number") == 404)
    #expect(try callerID.sql("SELECT used_today FROM campaign") == 4)
  }

  @Test func whatIsNewerIsNotOverwritten() async throws {
    let callerID = try await Installation(numbers: ["2145550101", "2145550102"])
    for (first, second, said) in [
      ("remove 2145550101", "add 2145550101", "2145550101 is in the store again"),
      ("set 2145550102 --name a", "set 2145550102 --name b", "2145550102 has another name since"),
      ("rest 2145550102 --for 2d", "rest 2145550102 --for 9d", "2145550102 rests otherwise since"),
      ("disable 2145550102", "remove 2145550102", "2145550102 is not in the store any more"),
      ("config set match area", "config set match any", "match has been changed since"),
      ("agent set 1 --calls-per-minute 5", "agent set 1 --calls-per-minute 6", "1 has another limit since"),
      ("campaign set S sticky=agent", "campaign set S sticky=destination", "sticky of S has been changed since"),
    ] {
      _ = try await done(callerID, first)
      let entry = try callerID.sql("SELECT max(id) FROM audit")
      _ = try await done(callerID, second)
      try await callerID.expectRefusal(of: ["undo", String(entry)], saying: said)
    }
  }

  @Test func oneAfterTheOtherIsTakenBack() async throws {
    let callerID = try await Installation(numbers: ["2145550101"])
    let before = try state(of: callerID)
    for line in ["set 2145550101 --name a", "disable 2145550101", "config set match area", "remove 2145550101"] {
      _ = try await done(callerID, line)
    }
    for _ in 0..<4 { _ = try await done(callerID, "undo") }
    #expect(try state(of: callerID) == before)
    // Then comes what put the number in.
    _ = try await done(callerID, "undo")
    #expect(try callerID.sql("SELECT count(*) FROM number") == 0)
    try await callerID.expectRefusal(of: ["undo"], saying: "entry 1, \"init\", cannot be taken back. It made the store")
    let rows = try await callerID.rows("undo", "--list")
    #expect(rows.count == 5 && rows.allSatisfy { $0["taken_back_by"] is Int })
    #expect(Set(rows[0].keys) == ["entry", "at", "who", "what", "taken_back_by"])
    try await callerID.expectRefusal(of: ["undo", "3"], saying: "has been taken back already, by entry ")
    try await callerID.expectRefusal(of: ["undo", "99"], saying: "the store knows no change with the number 99")
    try await callerID.expectRefusal(
      of: ["undo", "7"], saying: "It is an undo itself; give the command that was taken back again")
  }

  @Test func whatCannotBeTakenBackIsNotPassedOver() async throws {
    let callerID = try await Installation(numbers: ["2145550101"])
    _ = try await done(callerID, "token add t --role read")
    _ = try await done(callerID, "token revoke t")
    try await callerID.expectRefusal(
      of: ["undo"], saying: "\"token revoke t\", cannot be taken back. A token that was revoked")
    let entry = try callerID.sql("SELECT max(id) FROM audit")
    try await callerID.expectRefusal(
      of: ["undo", String(entry - 1)], saying: "cannot be taken back. End the token's rights with: token revoke")
    #expect(try await callerID.agi(["S"]).status == 0)
    _ = try await done(callerID, "release --all")
    try await callerID.expectRefusal(of: ["undo"], saying: "cannot be taken back. Other calls may have the numbers now")
    #expect(try await callerID.admin("undo", "1", "--list").status == 64)
    #expect(try await callerID.admin("undo", "--csv").status == 64)
    #expect(try await callerID.admin("undo", "--list").output.contains("import standard input"))
  }

  @Test func afterARestoreTheChangesOfTheOldStoreAreRefused() async throws {
    let callerID = try await Installation(numbers: ["2145550101", "2145550102"])
    _ = try await done(callerID, "backup \(callerID.folder)/backup.db")
    _ = try await done(callerID, "remove 2145550101")
    _ = try await done(callerID, "remove 2145550102")
    let entry = try callerID.sql("SELECT max(id) FROM audit")
    _ = try await done(callerID, "restore \(callerID.folder)/backup.db")
    try await callerID.expectRefusal(of: ["undo", String(entry)], saying: "the store knows no change with the number")
    try await callerID.expectRefusal(of: ["undo", String(entry - 1)], saying: "Restore the store that it replaced")
    try await callerID.expectRefusal(of: ["undo"], saying: "Restore the store that it replaced")
    // The next change gets the number of the old one, and what was kept of that is gone.
    _ = try await done(callerID, "disable 2145550101")
    #expect(try callerID.sql("SELECT max(id) FROM audit") == entry)
    _ = try await done(callerID, "undo \(entry)")
    #expect(try callerID.sql("SELECT count(*) FROM number WHERE state = 'enabled'") == 2)
  }

  @Test func aChangeThatWasKilledBeforeItsCommitIsNotTakenBack() async throws {
    let strace = ProcessInfo.processInfo.environment["STRACE"] ?? "/usr/bin/strace"
    guard FileManager.default.isExecutableFile(atPath: strace) else { return }
    let callerID = try await Installation(numbers: ["2145550101", "2145550102"])
    let before = try callerID.dump()
    let next = try callerID.sql("SELECT max(id) + 1 FROM audit")
    // The log is written after what is kept of the change.
    let killed = try await run(
      strace,
      [
        "-f", "-o", "/dev/null", "-P", callerID.store + "-wal", "-e", "trace=pwrite64", "-e",
        "inject=pwrite64:signal=KILL:when=1", Program.admin.path, "remove", "2145550101",
      ], environment: ["CALLERID_DB": callerID.store])
    #expect(killed.status != 0)
    #expect(FileManager.default.fileExists(atPath: callerID.store + "-undo/\(next)"))
    // The first call after it finds the old state or, where the kernel had the write, the new one.
    let isDone = try callerID.sql("SELECT count(*) FROM number") == 1
    if !isDone {
      #expect(try callerID.dump() == before)
      try await callerID.expectRefusal(of: ["undo", String(next)], saying: "the store knows no change with the number")
      #expect(try await callerID.rows("undo", "--list").count == 1)
    }
    _ = try await done(callerID, "disable 2145550102")
    _ = try await done(callerID, "undo")
    #expect(try callerID.sql("SELECT count(*) FROM number WHERE state = 'enabled'") == (isDone ? 1 : 2))
  }

  @Test func whatIsNotWholeIsNotTakenForWhole() async throws {
    let callerID = try await Installation(numbers: ["2145550101", "2145550102"])
    _ = try await done(callerID, "remove 2145550101 2145550102")
    let entry = try callerID.sql("SELECT max(id) FROM audit")
    let path = callerID.store + "-undo/\(entry)"
    let whole = try Data(contentsOf: URL(fileURLWithPath: path))
    for length in [0, 10, 60, whole.count / 2, whole.count - 1] {
      try whole.prefix(length).write(to: URL(fileURLWithPath: path))
      try await callerID.expectRefusal(of: ["undo", String(entry)], saying: "cannot be taken back")
    }
    var damaged = whole
    damaged[whole.count / 2] ^= 1
    try damaged.write(to: URL(fileURLWithPath: path))
    try await callerID.expectRefusal(of: ["undo", String(entry)], saying: "What was kept of it is not whole")
    try whole.write(to: URL(fileURLWithPath: path))
    _ = try await done(callerID, "undo")
    #expect(try callerID.sql("SELECT count(*) FROM number") == 2)
  }

  @Test func tenThousandNumbersComeBackWhileCallsGoOn() async throws {
    let callerID = try await Installation()
    let numbers = (0..<10_000).map { "214\(5_550_000 + $0)" }
    _ = try await callerID.importCSV(
      "caller_id,pool\n" + numbers.map { $0 + ",many\n" }.joined() + "3125550101,default\n")
    let before = try state(of: callerID)
    #expect(try await callerID.admin(["remove"] + numbers).status == 0)
    #expect(try callerID.sql("SELECT count(*) FROM number") == 1)
    async let undone = callerID.admin("undo", "--json")
    var granted = 0
    for number in 0..<20 where try await callerID.agi(["S", "", "ttl=0"], AsteriskCall(number: number)).status == 0 {
      granted += 1
    }
    let finished = try await undone
    #expect(finished.status == 0, "\(finished.errors)")
    #expect((try finished.json() as? [String: Any])?["taken_back"] as? Int == 10_000)
    #expect(granted == 20)
    let after = try state(of: callerID)
    #expect(before.subtracting(after).allSatisfy { $0.contains("3125550101") || $0.hasPrefix("lane ") })
    #expect(try callerID.sql("SELECT numbers FROM pool WHERE name = 'many'") == 10_000)
    #expect(try await callerID.admin("doctor").output.contains("lanes"))
  }

  @Test func itIsAskedAboutOnATerminal() async throws {
    let callerID = try await Installation(numbers: ["2145550101"])
    _ = try await done(callerID, "remove 2145550101")
    for (answer, numbers) in [("n\n", 0), ("y\n", 1)] {
      let terminal = try PseudoTerminal(callerID, "undo", rows: 24, columns: 300)
      try await terminal.wait { $0.contains("\"remove 2145550101\", by ") && $0.contains("take it back? (y/N)") }
      try terminal.type(answer)
      #expect(try await terminal.end() == (numbers == 0 ? 1 : 0))
      #expect(try callerID.sql("SELECT count(*) FROM number") == numbers)
    }
  }

  @Test func whatIsKeptIsForTheStoresOwnerAndGroupAlone() async throws {
    let callerID = try await Installation(numbers: ["2145550101"])
    let folder = callerID.store + "-undo"
    func mode(_ path: String) throws -> Int {
      (try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int ?? 0) & 0o7777
    }
    #expect(try mode(folder) == 0o2770)
    #expect(try mode(folder + "/2") == 0o660)
    // A change of which there is nothing to take back leaves no file, nor does one that is refused.
    #expect(try await callerID.admin("release", "--all").status == 0)
    #expect(try await callerID.admin("disable", "2145559999").status == 1)
    _ = try await done(callerID, "token add t --role read")
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == ["2"])
  }

  @Test func onlyTheNewestHundredAreKept() async throws {
    let callerID = try await Installation(numbers: ["2145550101"])
    let folder = callerID.store + "-undo"
    for id in 1000..<1120 {
      try FileManager.default.copyItem(atPath: folder + "/2", toPath: folder + "/\(id)")
    }
    _ = try await done(callerID, "disable 2145550101")
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder).count == 100)
    for name in try FileManager.default.contentsOfDirectory(atPath: folder) {
      try FileManager.default.setAttributes(
        [.modificationDate: Date(timeIntervalSinceNow: -31 * 86_400)], ofItemAtPath: folder + "/" + name)
    }
    _ = try await done(callerID, "maintain --no-backup")
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder).isEmpty)
  }

  @Test(.enabled(if: getuid() == 0, "only root mounts a disk")) func onAFullDiskNothingIsChangedWithoutBeingKept()
    async throws
  {
    let folder = FileManager.default.temporaryDirectory.path + "/callerid-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: false)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let script = """
      set -e
      mount -t tmpfs -o size=12m tmpfs "$1"
      export CALLERID_DB="$1/callerid.db"
      "$2" init > /dev/null
      (echo caller_id; for i in $(seq 1000 3999); do echo 214555$i; done) | "$2" import - > /dev/null
      cat /dev/zero > "$1/filler" 2> /dev/null || true
      "$2" remove $(seq -f 214555%g 1000 3999) > "/dev/null" 2> "$1.errors" && echo removed || echo refused
      rm "$1/filler"
      "$2" list --csv | wc -l
      "$2" undo --list --csv | wc -l
      if "$2" undo --json 2>> "$1.errors"; then :; fi
      "$2" list --csv | wc -l
      """
    let finished = try await run(
      "/usr/bin/unshare", ["--mount", "/bin/sh", "-c", script, "sh", folder, Program.admin.path])
    defer { try? FileManager.default.removeItem(atPath: folder + ".errors") }
    try #require(finished.status == 0, "\(finished.errors)")
    let errors = try String(contentsOfFile: folder + ".errors", encoding: .utf8)
    #expect(finished.lines.first == "refused", "\(finished.output)")
    #expect(errors.contains("No space left") || errors.contains("the disk is full"), "\(errors)")
    // What the batches before it have removed comes back.
    if finished.lines[1] != "3001" { #expect(finished.lines.last == "3001", "\(finished.output) \(errors)") }
  }

  @Test(.enabled(if: getuid() == 0, "only root gives files away")) func whatIsKeptGoesWithTheStoreToItsOwner()
    async throws
  {
    let callerID = try await Installation(numbers: ["2145550101", "2145550102"])
    let folder = callerID.store + "-undo"
    func owner(_ path: String) throws -> Int? {
      try FileManager.default.attributesOfItem(atPath: path)[.ownerAccountID] as? Int
    }
    let given = try await callerID.admin("init", "--owner", "nobody")
    #expect(given.status == 0, "\(given.errors)")
    for path in [callerID.store, folder, folder + "/2"] { #expect(try owner(path) == 65_534, "\(path)") }
    // From here on the command is the owner.
    _ = try await done(callerID, "remove 2145550101")
    #expect(try owner(folder + "/\(try callerID.sql("SELECT max(id) FROM audit"))") == 65_534)
    _ = try await done(callerID, "undo")
    // What does not begin as what is kept of a change is not given away.
    let planted = folder + "/77"
    try Data("root:x:0:0\n".utf8).write(to: URL(fileURLWithPath: planted))
    let refused = try await callerID.admin("init", "--owner", "daemon")
    #expect(refused.status == 1)
    #expect(refused.errors.contains("does not begin as a file of a store does"), "\(refused.errors)")
  }
}

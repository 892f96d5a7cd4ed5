import Foundation
import SQLite
import TestSupport
import Testing

/// Who may read and write the store, whoever works on it. Much of it needs root, who alone can be somebody else.
@Suite(.timeLimit(.minutes(5)))
struct AdminPermissionTests {
  /// Neither is anybody on the machine.
  private static let asterisk = 61234
  private static let stranger = 61236
  private let files = FileManager.default

  private func status(_ path: String) throws -> stat {
    var status = stat()
    try #require(lstat(path, &status) == 0)
    return status
  }

  /// As a user without any privilege.
  private func run(as user: Int, _ program: Program, _ arguments: [String], on store: String, input: String = "")
    async throws -> Finished
  {
    try await TestSupport.run(
      "/usr/bin/setpriv", ["--reuid=\(user)", "--regid=\(user)", "--clear-groups", program.path] + arguments,
      input: input, environment: ["CALLERID_DB": store])
  }

  /// Every file below the folder is the user's, and nobody else's to read.
  private func expectAll(in folder: String, areOf user: Int, after command: [String]) throws {
    for name in [""] + (try files.subpathsOfDirectory(atPath: folder)).filter({ !$0.hasSuffix(".csv") }) {
      let status = try status(folder + "/" + name)
      #expect(status.st_uid == user && status.st_gid == user, "\(name) after \(command)")
      #expect(status.st_mode & 0o007 == 0, "\(name) after \(command)")
      #expect(status.st_mode & 0o600 == 0o600, "\(name) after \(command)")
    }
  }

  static let commands: [[String]] = [
    ["init"], ["list"], ["show", "2145550101"], ["add", "3125550109"], ["set", "2145550101", "--name", "x"],
    ["disable", "2145550102"], ["enable", "2145550102"], ["retire", "2145550102"], ["remove", "2145550103", "--force"],
    ["next", "--to", "12145551212"], ["next", "--to", "12145551212", "--reserve"], ["reservations"],
    ["release", "--all"], ["requests"], ["stats"], ["reset-usage"], ["config"], ["config", "set", "match", "any"],
    ["import", "-"], ["export"], ["backup"], ["backup", "--to", "FOLDER/other"], ["backup", "FOLDER/copy.db"],
    ["maintain"], ["doctor"], ["restore", "FOLDER/first.db"],
  ]

  /// With the files beside the store there, and with none of them.
  @Test(.enabled(if: getuid() == 0), arguments: [false, true])
  func whateverRootDoesAsterisksUserCanGoOn(withNothingBeside: Bool) async throws {
    let callerID = try await Installation(numbers: (101..<110).map { "2145550\($0)" })
    let owner = "\(Self.asterisk):\(Self.asterisk)"
    #expect(try await callerID.admin("init", "--owner", owner).status == 0)
    _ = try await callerID.admin("backup", callerID.folder + "/first.db")
    for command in Self.commands {
      if withNothingBeside {
        _ = try await callerID.admin("maintain", "--no-backup")
        for end in ["-wal", "-shm", "-lock"] { try? files.removeItem(atPath: callerID.store + end) }
      }
      let arguments = command.map { $0.replacing("FOLDER", with: callerID.folder) }
      // A umask that would open everything.
      let finished = try await TestSupport.run(
        "/bin/sh", ["-c", "umask 0; exec \"$0\" \"$@\"", Program.admin.path] + arguments,
        input: "caller_id\n3125550199\n",
        environment: ["CALLERID_DB": callerID.store])
      #expect(finished.status == 0 || command == ["doctor"], "\(command): \(finished.errors)")
      try expectAll(in: callerID.folder, areOf: Self.asterisk, after: command)
      let call = try await run(
        as: Self.asterisk, .agi, ["SALES", "", "ttl=0"], on: callerID.store, input: AsteriskCall().input)
      #expect(call.status == 0, "after \(command): \(call.output)")
      let operated = try await run(as: Self.asterisk, .admin, ["config", "set", "match", "any"], on: callerID.store)
      #expect(operated.status == 0, "after \(command): \(operated.errors)")
    }
  }

  @Test(.enabled(if: getuid() == 0)) func aCallThatRootMakesLeavesTheStoreToItsOwner() async throws {
    let callerID = try await Installation(numbers: ["2145550101"])
    _ = try await callerID.admin("init", "--owner", "\(Self.asterisk):\(Self.asterisk)")
    for _ in 1...2 {
      for end in ["-wal", "-shm", "-lock"] { try? files.removeItem(atPath: callerID.store + end) }
      _ = try await callerID.agi(["SALES", "", "ttl=0"])
      try expectAll(in: callerID.folder, areOf: Self.asterisk, after: ["callerid-agi"])
    }
  }

  @Test(.enabled(if: getuid() == 0)) func initGivesTheFolderOnlyWhereItIsTheStoresOwn() async throws {
    let callerID = try await Installation(numbers: ["2145550101"])
    try Data().write(to: URL(fileURLWithPath: callerID.folder + "/of-somebody-else"))
    _ = try await callerID.admin("backup")
    // Asterisk's user can work in it as a member of its group.
    chown(callerID.folder, 0, gid_t(Self.asterisk))
    chmod(callerID.folder, 0o770)
    #expect(try await callerID.admin("init", "--owner", "\(Self.asterisk)").status == 0)
    #expect(try status(callerID.folder).st_uid == 0)
    #expect(try status(callerID.folder + "/of-somebody-else").st_uid == 0)
    #expect(try status(callerID.store).st_uid == Self.asterisk)
    #expect(try status(callerID.folder + "/backups").st_uid == Self.asterisk)
    try files.removeItem(atPath: callerID.folder + "/of-somebody-else")
    #expect(try await callerID.admin("init", "--owner", "\(Self.asterisk)").status == 0)
    try expectAll(in: callerID.folder, areOf: Self.asterisk, after: ["init"])
  }

  /// A second name of a file elsewhere, which would be given away with the store.
  @Test(.enabled(if: getuid() == 0), arguments: ["link", "name"])
  func nothingElsewhereIsGivenAway(kind: String) async throws {
    let callerID = try await Installation(numbers: ["2145550101"])
    let target = callerID.folder + "-secret"
    try Data("secret".utf8).write(to: URL(fileURLWithPath: target))
    defer { try? files.removeItem(atPath: target) }
    let planted = callerID.store + ".before-restore-1"
    #expect((kind == "link" ? symlink(target, planted) : link(target, planted)) == 0)
    let finished = try await callerID.admin("init", "--owner", "\(Self.asterisk)")
    #expect(finished.status == 1)
    #expect(finished.errors.contains("callerid.db.before-restore-1"), "\(finished.errors)")
    #expect(try status(target).st_uid == 0)
  }

  /// In a folder where everybody may make files, one of somebody else's.
  @Test(.enabled(if: getuid() == 0)) func aStoreOfAStrangersIsRefused() async throws {
    let callerID = try await Installation(numbers: ["2145550101"])
    #expect(chmod(callerID.folder, 0o1777) == 0)
    for end in ["", "-wal", "-shm", "-lock"] { chown(callerID.store + end, uid_t(Self.stranger), gid_t(Self.stranger)) }
    let before = try callerID.dump()
    for user in [0, Self.asterisk] {
      let call = try await run(as: user, .agi, ["SALES"], on: callerID.store, input: AsteriskCall().input)
      #expect(call.lines.first == "SET VARIABLE CALLERID_STATUS STORE_ERROR")
      #expect(call.status == 1)
      #expect(call.output.contains("belongs to the user \(Self.stranger)"))
    }
    try await callerID.expectRefusal(of: ["list"], saying: "belongs to the user \(Self.stranger)")
    try await callerID.expectRefusal(of: ["restore", "/dev/null"], saying: "belongs to the user \(Self.stranger)")
    #expect(try callerID.dump() == before)
    // Where only its owner, or root, can have put it, it is right.
    chmod(callerID.folder, 0o755)
    #expect(try await callerID.admin("list").status == 0)
    chmod(callerID.folder, 0o1777)
    chown(callerID.folder, uid_t(Self.stranger), gid_t(Self.stranger))
    #expect(try await callerID.admin("list").status == 0)
    // Its owner named, it is his.
    chown(callerID.folder, 0, 0)
    #expect(try await callerID.admin("init", "--owner", "0:0").status == 0)
    #expect(try await callerID.admin("list").status == 0)
  }

  @Test(arguments: ["here", "dangling"])
  func aLinkAtTheStoresPlaceIsRefused(kind: String) async throws {
    let callerID = try await Installation(numbers: ["2145550101"])
    let path = callerID.folder + "/link.db"
    try files.createSymbolicLink(atPath: path, withDestinationPath: kind == "here" ? callerID.store : "/nonexistent")
    let listing = try files.contentsOfDirectory(atPath: callerID.folder).sorted()
    let call = try await TestSupport.run(
      Program.agi.path, ["S"], input: AsteriskCall().input, environment: ["CALLERID_DB": path])
    #expect(call.lines.first == "SET VARIABLE CALLERID_STATUS STORE_ERROR")
    for command in [["list"], ["init"], ["maintain"], ["backup"], ["restore", callerID.store]] {
      let refused = try await TestSupport.run(Program.admin.path, ["--db", path] + command)
      #expect(refused.status == 1)
      #expect(refused.errors.contains("is not a plain file"), "\(command): \(refused.errors)")
    }
    let left = try files.contentsOfDirectory(atPath: callerID.folder).sorted()
    // A call may note its waiting time beside a path that holds something.
    #expect(left.filter { $0 != "link.db-lock" } == listing)
  }

  @Test func aCallMakesNothingWhereThereIsNoStore() async throws {
    let folder = "/tmp/callerid-\(UUID().uuidString)"
    try files.createDirectory(atPath: folder, withIntermediateDirectories: false)
    defer { try? files.removeItem(atPath: folder) }
    for arguments in [["S"], ["", "", "action=release"], ["S", "", "bogus=1"]] {
      let call = try await TestSupport.run(
        Program.agi.path, arguments, input: AsteriskCall().input, environment: ["CALLERID_DB": folder + "/callerid.db"])
      #expect(call.status == 1)
      #expect(try files.contentsOfDirectory(atPath: folder).isEmpty)
    }
  }
}

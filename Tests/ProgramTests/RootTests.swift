import Foundation
import TestSupport
import Testing

/// Asterisk's user owns the store, and root works on it: what that user has prepared is never done with root's rights.
@Suite(.enabled(if: getuid() == 0), .timeLimit(.minutes(3)))
struct RootTests {
  /// Nobody on the machine.
  private static let asterisk: UInt32 = 61_234
  private let files = FileManager.default

  private func installation() async throws -> Installation {
    let callerID = try await Installation(numbers: (101..<110).map { "2145550\($0)" })
    #expect(try await callerID.admin("init", "--owner", "\(Self.asterisk):\(Self.asterisk)").status == 0)
    return callerID
  }

  /// A rollback journal that makes SQLite delete another file, as the last part of a transaction of several databases
  /// (https://www.sqlite.org/fileformat.html#the_rollback_journal, and `pager_delsuper` in pager.c).
  private func journal(naming path: String) -> Data {
    func word(_ value: UInt32) -> [UInt8] { (0..<4).map { UInt8(truncatingIfNeeded: value >> (24 - 8 * $0)) } }
    let magic: [UInt8] = [0xD9, 0xD5, 0x05, 0xF9, 0x20, 0xA1, 0x63, 0xD7]
    let header = magic + word(0) + word(1) + word(1) + word(512) + word(1024)
    let name = Array(path.utf8)
    let sum = name.reduce(UInt32(0)) { $0 &+ UInt32($1) }
    return Data(
      header + [UInt8](repeating: 0, count: 512 - header.count) + word(0x4000_0000 / 1024 + 1) + name
        + word(UInt32(name.count)) + word(sum) + magic)
  }

  @Test(
    arguments: AdminPermissionTests.commands + [
      ["doctor", "--fix", "--user", "61234:61234"], ["init", "--owner", "61234:61234"],
    ])
  func aJournalOfAsterisksUserDeletesNothingOfRoots(command: [String]) async throws {
    let callerID = try await installation()
    _ = try await callerID.admin("backup", callerID.folder + "/first.db")
    try callerID.emptyLog()
    for end in ["-wal", "-shm"] { try files.removeItem(atPath: callerID.store + end) }
    let secret = try Secret()
    try journal(naming: secret.file).write(to: URL(fileURLWithPath: callerID.store + "-journal"))
    chown(callerID.store + "-journal", Self.asterisk, Self.asterisk)
    _ = try await callerID.admin(command.map { $0.replacing("FOLDER", with: callerID.folder) })
    #expect(files.fileExists(atPath: secret.file), "\(command)")
  }

  /// The program that doctor starts is a script that tries to be root again.
  @Test func whatDoctorStartsHasNoneOfRootsRights() async throws {
    let callerID = try await installation()
    let secret = try Secret()
    let root = callerID.folder + "-root"
    defer { try? files.removeItem(atPath: root) }
    try files.createDirectory(atPath: root + "/agi-bin", withIntermediateDirectories: true)
    try files.createDirectory(atPath: root + "/etc/asterisk", withIntermediateDirectories: true)
    try Data("[directories]\nastagidir => /agi-bin\n[options]\nrunuser = 61234\n".utf8).write(
      to: URL(fileURLWithPath: root + "/etc/asterisk/asterisk.conf"))
    let script = """
      #!/usr/bin/perl
      open(my $seen, ">>", "\(callerID.folder)/seen") or die;
      print $seen join(" ", $<, $>, $(, $)), "\\n";
      $< = 0; $> = 0; ($<, $>) = (0, 0);
      require POSIX; POSIX::setuid(0); POSIX::setgid(0);
      print $seen "back: $< $>\\n";
      open(my $file, ">", "\(secret.file)") and print $seen "written\\n";

      """
    try Data(script.utf8).write(to: URL(fileURLWithPath: root + "/agi-bin/callerid-agi"))
    chmod(root + "/agi-bin/callerid-agi", 0o755)
    _ = try await callerID.admin("doctor", "--root", root)
    let seen = try String(contentsOfFile: callerID.folder + "/seen", encoding: .utf8).split(separator: "\n")
    #expect(seen.count >= 4, "\(seen)")
    for line in seen {
      #expect(line.hasPrefix("back: 61234 61234") || line.hasPrefix("61234 61234 61234 61234"), "\(seen)")
    }
    #expect(try String(contentsOfFile: secret.file, encoding: .utf8) == "root's own\n")
  }

  /// A copy's name that leads elsewhere, and a folder for backups that does.
  @Test(arguments: [["backup"], ["maintain"], ["backup", "--to", "FOLDER/link"]])
  func noLinkLeadsIntoAFolderOfRoots(command: [String]) async throws {
    let callerID = try await installation()
    let secret = try Secret()
    for name in ["backups", "link"] {
      symlink(secret.folder, callerID.folder + "/" + name)
      lchown(callerID.folder + "/" + name, Self.asterisk, Self.asterisk)
    }
    let finished = try await callerID.admin(command.map { $0.replacing("FOLDER", with: callerID.folder) })
    #expect(finished.status == 1)
    #expect(try files.contentsOfDirectory(atPath: secret.folder) == ["file"])
    var status = stat()
    #expect(stat(secret.folder, &status) == 0 && status.st_mode & 0o777 == 0o700 && status.st_uid == 0)
  }

  @Test func doctorGivesTheStoreToNobodyByAProcesssName() async throws {
    let callerID = try await installation()
    // Somebody's program that calls itself asterisk.
    let sleep = callerID.folder + "/asterisk"
    try files.copyItem(atPath: "/bin/sleep", toPath: sleep)
    let process = try RunningProgram(
      "/usr/bin/setpriv", ["--reuid=61236", "--regid=61236", "--clear-groups", sleep, "60"])
    defer { process.end() }
    chmod(callerID.store, 0o666)
    _ = try await callerID.admin("doctor", "--fix")
    var status = stat()
    #expect(lstat(callerID.store, &status) == 0)
    #expect(status.st_uid == Self.asterisk)
  }

  /// Whoever opens the store first makes files of the folder's group.
  @Test func anOperatorInAsterisksGroupLocksNobodyOut() async throws {
    let callerID = try await installation()
    try callerID.emptyLog()
    for end in ["-wal", "-shm", "-lock"] { try? files.removeItem(atPath: callerID.store + end) }
    let operate = ["/usr/bin/setpriv", "--reuid=61236", "--regid=61236", "--groups=\(Self.asterisk)"]
    for arguments in [["stats"], ["disable", "2145550101"], ["backup"]] {
      let finished = try await run(
        operate[0], Array(operate.dropFirst()) + [Program.admin.path] + arguments,
        environment: ["CALLERID_DB": callerID.store])
      #expect(finished.status == 0, "\(finished.errors)")
    }
    let asterisk = ["--reuid=61234", "--regid=61234", "--clear-groups"]
    let call = try await run(
      operate[0], asterisk + [Program.agi.path, "SALES"], input: AsteriskCall().input,
      environment: ["CALLERID_DB": callerID.store])
    #expect(call.status == 0, "\(call.output)")
    let maintained = try await run(
      operate[0], asterisk + [Program.admin.path, "maintain"], environment: ["CALLERID_DB": callerID.store])
    #expect(maintained.status == 0, "\(maintained.errors)")
  }
}

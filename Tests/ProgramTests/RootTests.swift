import Foundation
import SQLite
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

  /// An operator may delete what Asterisk's user may not.
  @Test func aJournalThatNamesAnotherFileIsRefusedForEverybody() async throws {
    let callerID = try await installation()
    try callerID.emptyLog()
    for end in ["-wal", "-shm"] { try files.removeItem(atPath: callerID.store + end) }
    let secret = try Secret()
    for path in [secret.folder, secret.file] { chown(path, 61_236, 61_236) }
    try journal(naming: secret.file).write(to: URL(fileURLWithPath: callerID.store + "-journal"))
    for end in ["-journal", "-lock"] {
      chown(callerID.store + end, Self.asterisk, Self.asterisk)
      chmod(callerID.store + end, 0o660)
    }
    for (program, arguments) in [(Program.agi, ["SALES"])] + AdminPermissionTests.commands.map({ (.admin, $0) }) {
      let finished = try await run(
        "/usr/bin/setpriv",
        ["--reuid=61236", "--regid=61236", "--groups=\(Self.asterisk)", program.path]
          + arguments.map { $0.replacing("FOLDER", with: callerID.folder) }, input: AsteriskCall().input,
        environment: ["CALLERID_DB": callerID.store])
      #expect(files.fileExists(atPath: secret.file), "\(arguments)")
      if arguments != ["doctor"], arguments.first != "restore" {
        #expect((finished.errors + finished.output).contains("callerid.db-journal names another file"), "\(arguments)")
      }
    }
  }

  /// Put there between the look at it and the opening of the store.
  @Test func sqliteItselfDeletesNoOtherFile() async throws {
    let callerID = try await installation()
    try callerID.emptyLog()
    for end in ["-wal", "-shm"] { try files.removeItem(atPath: callerID.store + end) }
    let secret = try Secret()
    try journal(naming: secret.file).write(to: URL(fileURLWithPath: callerID.store + "-journal"))
    let database = try Database(path: callerID.store, mode: .readWrite)
    _ = try? database.value("SELECT count(*) FROM number") as Int?
    #expect(try secret.isUntouched())
  }

  /// Whose file the call would make or change otherwise: Asterisk's user could have put a link or a journal there.
  @Test func aCallThatRootMakesIsMadeByTheStoresOwner() async throws {
    let callerID = try await installation()
    let (finished, trace) = try await callerID.trace(
      .agi, ["SALES"], input: AsteriskCall().input, seeing: ["openat", "setuid"])
    #expect(finished.status == 0, "\(finished.output)")
    let change = try #require(trace.calls.firstIndex { $0.contains("setuid(61234)") })
    let opened = try #require(trace.calls.firstIndex { $0.contains(callerID.folder) && !$0.contains("O_PATH") })
    #expect(change < opened)
    // What copies the log is started by its owner, too.
    try growLog(ofStore: callerID.store, to: 4000)
    let copying = try await callerID.trace(
      .agi, ["SALES"], input: AsteriskCall().input, seeing: ["execve", "ftruncate"])
    #expect(copying.trace.calls.contains { $0.contains("callerid-copy-log") && $0.hasSuffix("= 0") })
    #expect(copying.trace.calls.contains { $0.contains("ftruncate") && $0.contains("-wal") }, "\(copying.trace.calls)")
    let home = "/tmp/callerid-link-\(UUID().uuidString)"
    defer { try? files.removeItem(atPath: home) }
    symlink(callerID.folder, home)
    lchown(home, Self.asterisk, Self.asterisk)
    let refused = try await run(
      Program.agi.path, ["SALES"], input: AsteriskCall().input, environment: ["CALLERID_DB": home + "/callerid.db"])
    #expect(refused.status == 1)
    #expect(refused.output.contains("is a symbolic link that another user may have put there"), "\(refused.output)")
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
      print $seen "environment: ", join(" ", sort keys %ENV), "\\n";
      opendir(my $open, "/proc/self/fd");
      my $own = fileno($seen);
      print $seen "descriptors: ", join(" ", grep { /\\d/ && $_ > 2 && $_ != $own && readlink("/proc/self/fd/$_") !~ m{/proc} }
        readdir($open)), "\\n";
      my @status = split(/ /, `cat /proc/$$/stat`);
      print $seen "session: ", $status[5] == $$ ? "own" : "another's", ", terminal: $status[6]\\n";
      $< = 0; $> = 0; ($<, $>) = (0, 0);
      require POSIX; POSIX::setuid(0); POSIX::setgid(0);
      print $seen "back: $< $>\\n";
      open(my $file, ">", "\(secret.file)") and print $seen "written\\n";

      """
    try Data(script.utf8).write(to: URL(fileURLWithPath: root + "/agi-bin/callerid-agi"))
    chmod(root + "/agi-bin/callerid-agi", 0o755)
    // With a terminal of root's, another descriptor, and something in its environment.
    let started = try await run(
      "/usr/bin/perl",
      [
        "-e",
        """
        require POSIX; require Fcntl; POSIX::setsid();
        open(my $master, "+<", "/dev/ptmx") or die; my ($lock, $name) = (pack("i", 0), pack("i", 0));
        ioctl($master, 0x40045431, $lock); ioctl($master, 0x80045430, $name) // die;
        open(my $terminal, "+<", "/dev/pts/" . unpack("i", $name)) or die;
        fcntl($master, Fcntl::F_SETFD(), 0); fcntl($terminal, Fcntl::F_SETFD(), 0);
        $ENV{SECRET} = "x"; exec(@ARGV);
        """,
        Program.admin.path, "--db", callerID.store, "doctor", "--root", root,
      ])
    #expect(started.errors.isEmpty)
    let seen = try String(contentsOfFile: callerID.folder + "/seen", encoding: .utf8).split(separator: "\n")
    #expect(seen.count >= 4, "\(seen)")
    let expected = [
      "back: 61234 61234", "61234 61234 61234 61234", "environment: LC_ALL PATH", "descriptors: ",
      "session: own, terminal: 0",
    ]
    for line in seen { #expect(expected.contains { line == $0 || line.hasPrefix($0 + " 61234") }, "\(seen)") }
    #expect(seen.count % expected.count == 0)
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
  @Test(arguments: [0o2770, 0o770]) func anOperatorInAsterisksGroupLocksNobodyOut(mode: Int) async throws {
    let callerID = try await installation()
    try callerID.emptyLog()
    chmod(callerID.folder, mode_t(mode))
    for end in ["-wal", "-shm", "-lock"] { try? files.removeItem(atPath: callerID.store + end) }
    let operate = ["/usr/bin/setpriv", "--reuid=61236", "--regid=61236", "--groups=\(Self.asterisk)"]
    for arguments in [["stats"], ["disable", "2145550101"], ["backup"]] {
      let finished = try await run(
        operate[0], Array(operate.dropFirst()) + [Program.admin.path] + arguments,
        environment: ["CALLERID_DB": callerID.store])
      #expect(finished.status == 0, "\(finished.errors)")
    }
    for name in try files.subpathsOfDirectory(atPath: callerID.folder) {
      var status = stat()
      #expect(lstat(callerID.folder + "/" + name, &status) == 0 && status.st_gid == Self.asterisk, "\(name)")
    }
    let asterisk = ["--reuid=61234", "--regid=61234", "--clear-groups"]
    let call = try await run(
      operate[0], asterisk + [Program.agi.path, "SALES"], input: AsteriskCall().input,
      environment: ["CALLERID_DB": callerID.store])
    #expect(call.status == 0, "\(call.output)")
    let maintained = try await run(
      operate[0], asterisk + [Program.admin.path, "maintain"], environment: ["CALLERID_DB": callerID.store])
    #expect(maintained.status == 0, "\(maintained.errors)")
    let backups = try files.contentsOfDirectory(atPath: callerID.folder + "/backups")
    let restored = try await run(
      operate[0],
      Array(operate.dropFirst()) + [Program.admin.path, "restore", "\(callerID.folder)/backups/\(backups[0])"],
      environment: ["CALLERID_DB": callerID.store])
    #expect(restored.status == 1)
    #expect(restored.errors.contains("only the owner of"), "\(restored.errors)")
    let doctor = try await callerID.admin("doctor", "--user", "61234:61234")
    #expect(doctor.output.contains("does not belong to the folder's group") == (mode == 0o770), "\(doctor.output)")
  }
}

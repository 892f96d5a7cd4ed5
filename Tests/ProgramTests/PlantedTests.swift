import Foundation
import SQLite
import TestSupport
import Testing

/// What Asterisk's user has put in the way of root, or moved to where root works.
@Suite(.enabled(if: getuid() == 0), .timeLimit(.minutes(3)))
struct PlantedTests {
  /// Nobody on the machine.
  private static let asterisk: UInt32 = 61_234
  private let files = FileManager.default

  /// A folder of Asterisk's user.
  private final class Home: Sendable {
    let folder: String
    var store: String { folder + "/callerid/callerid.db" }

    init() throws {
      folder = "/tmp/callerid-home-\(UUID().uuidString)"
      try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
      chown(folder, PlantedTests.asterisk, PlantedTests.asterisk)
    }

    deinit { try? FileManager.default.removeItem(atPath: folder) }

    func plant(_ target: String, at name: String) {
      symlink(target, folder + "/" + name)
      lchown(folder + "/" + name, PlantedTests.asterisk, PlantedTests.asterisk)
    }

    func admin(_ arguments: [String]) async throws -> Finished {
      try await run(Program.admin.path, arguments, environment: ["CALLERID_DB": store])
    }
  }

  private static let giving = [
    ["init", "--owner", "61234:61234"], ["doctor", "--fix", "--user", "61234:61234"],
  ]

  // MARK: Links in the way

  @Test(arguments: giving + [["init"], ["stats"], ["backup"]])
  func aLinkOnTheWayToTheStoreLeadsNowhere(command: [String]) async throws {
    let home = try Home()
    let secret = try Secret()
    home.plant(secret.folder, at: "callerid")
    let finished = try await home.admin(command)
    #expect(finished.status == 1)
    #expect(try secret.isUntouched(), "\(finished.output)\(finished.errors)")
    if command != Self.giving[1] {
      #expect(finished.errors.contains("is a symbolic link that another user may have put there"), "\(finished.errors)")
    }
  }

  /// A store of root's own, at whose path Asterisk's user could put another one at any time.
  @Test(arguments: [["stats"], ["init"], ["maintain", "--no-backup"]])
  func aStoreOfRootsIsNotOpenedWhereOthersMayWriteAboveIt(command: [String]) async throws {
    let home = try Home()
    let callerID = try await Installation(numbers: ["2145550101"])
    #expect(rename(callerID.folder, home.folder + "/callerid") == 0)
    chown(home.folder + "/callerid", 0, 0)
    chmod(home.folder + "/callerid", 0o755)
    let finished = try await home.admin(command)
    #expect(finished.status == 1)
    #expect(finished.errors.contains("others than root may write in"), "\(finished.errors)")
  }

  @Test func aLinkOfRootsOwnIsFollowed() async throws {
    let callerID = try await Installation(numbers: ["2145550101"])
    let link = callerID.folder + "-link"
    defer { try? files.removeItem(atPath: link) }
    symlink(callerID.folder, link)
    for command in [["init", "--owner", "61234"], ["stats"], ["backup"], ["doctor", "--fix", "--user", "61234"]] {
      let finished = try await run(
        Program.admin.path, command, environment: ["CALLERID_DB": link + "/callerid.db"])
      #expect(finished.status == 0 || command[0] == "doctor", "\(command): \(finished.errors)")
      #expect(finished.errors.isEmpty, "\(command): \(finished.errors)")
    }
  }

  @Test func doctorMakesNoLinksWhereALinkLeads() async throws {
    let home = try Home()
    let callerID = try await Installation(numbers: ["2145550101"])
    _ = try await callerID.admin(Self.giving[0])
    let secret = try Secret()
    try files.copyItem(atPath: "/bin/true", toPath: secret.folder + "/callerid-agi")
    let listing = try files.contentsOfDirectory(atPath: secret.folder).sorted()
    let root = callerID.folder + "-root"
    defer { try? files.removeItem(atPath: root) }
    try files.createDirectory(atPath: root + "/etc/asterisk", withIntermediateDirectories: true)
    symlink(home.folder, root + "/home")
    home.plant(secret.folder, at: "agi-bin")
    try Data("[directories]\nastagidir => /home/agi-bin\n[options]\nrunuser = 61234\n".utf8).write(
      to: URL(fileURLWithPath: root + "/etc/asterisk/asterisk.conf"))
    let finished = try await callerID.admin("doctor", "--fix", "--root", root)
    #expect(finished.errors.contains("is a symbolic link that another user may have put there"), "\(finished.output)")
    #expect(try files.contentsOfDirectory(atPath: secret.folder).sorted() == listing)
  }

  // MARK: What is moved into the store's folder

  /// Whoever may write in a folder may rename whatever is in it.
  @Test(
    arguments: giving, ["callerid.db-lock", "callerid.db-wal", "callerid.db-journal", "callerid.db.before-restore-1"])
  func aFileOfRootsIsNotGivenAwayByItsName(command: [String], name: String) async throws {
    let home = try Home()
    #expect(try await home.admin(Self.giving[0]).status == 0)
    let secret = try Secret(in: home.folder, named: "secret")
    #expect(rename(secret.file, home.folder + "/callerid/" + name) == 0)
    chmod(home.store, 0o666)
    let finished = try await home.admin(command)
    #expect(finished.status == 1)
    #expect(finished.errors.contains("\(name) does not begin as a file of a store does"), "\(finished.errors)")
    var status = stat()
    #expect(lstat(home.folder + "/callerid/" + name, &status) == 0)
    #expect(status.st_uid == 0 && status.st_mode & 0o777 == 0o600)
  }

  @Test(arguments: giving) func aFolderOfRootsIsNotGivenAwayByItsName(command: [String]) async throws {
    let home = try Home()
    #expect(try await home.admin(Self.giving[0]).status == 0)
    let secret = try Secret(in: home.folder + "/callerid", named: "backups")
    chmod(home.store, 0o666)
    let finished = try await home.admin(command)
    #expect(finished.status == 1)
    #expect(finished.errors.contains("holds other files than backups"), "\(finished.errors)")
    #expect(try secret.isUntouched())
  }

  /// A store that root had to itself, with its backups, is given to Asterisk's user as ever.
  @Test func aStoreOfRootsIsGivenWithAllThatBelongsToIt() async throws {
    let callerID = try await Installation(numbers: ["2145550101"])
    _ = try await callerID.agi(["SALES"])
    for command in [["backup"], ["maintain"], ["restore", "BACKUP"], ["stats"]] {
      let backups = (try? files.contentsOfDirectory(atPath: callerID.folder + "/backups")) ?? []
      let arguments = command.map { $0 == "BACKUP" ? callerID.folder + "/backups/" + (backups.first ?? "") : $0 }
      let finished = try await callerID.admin(arguments)
      #expect(finished.status == 0, "\(finished.errors)")
    }
    try Data().write(to: URL(fileURLWithPath: callerID.store + "-journal"))
    #expect(try await callerID.admin("init", "--owner", "61234:61234").status == 0)
    for name in [""] + (try files.subpathsOfDirectory(atPath: callerID.folder)) {
      var status = stat()
      #expect(lstat(callerID.folder + "/" + name, &status) == 0)
      #expect(status.st_uid == Self.asterisk && status.st_gid == Self.asterisk, "\(name)")
    }
  }
}

import Foundation
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(2)))
struct AdminInitTests {
  private let folder = FileManager.default.temporaryDirectory.path + "/callerid-\(UUID().uuidString)"
  private var store: String { folder + "/deep/er/callerid.db" }

  private func initialize(_ arguments: String...) async throws -> Finished {
    try await run(Program.admin.path, ["--db", store, "init"] + arguments)
  }

  private func attributes(_ path: String) throws -> (mode: Int, owner: Int, group: Int) {
    let attributes = try FileManager.default.attributesOfItem(atPath: path)
    return (
      try #require(attributes[.posixPermissions] as? Int), try #require(attributes[.ownerAccountID] as? Int),
      try #require(attributes[.groupOwnerAccountID] as? Int)
    )
  }

  @Test(arguments: ["000", "022", "077"])
  func itMakesTheStoreAndItsFolderForItsGroupAlone(umask: String) async throws {
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let made = try await run(
      "/bin/sh", ["-c", "umask \(umask); exec \"$0\" --db \"$1\" init", Program.admin.path, store])
    #expect(made.status == 0)
    #expect(made.output == "\(store) is created. Next: callerid-admin import FILE\n")
    #expect(made.errors.contains("--owner asterisk:asterisk") == (getuid() == 0))
    for file in ["", "-lock", "-wal", "-shm"] { #expect(try attributes(store + file).mode == 0o660, "\(file)") }
    #expect(try attributes(folder + "/deep/er").mode == 0o2770)
  }

  @Test func aStoreThatIsThereKeepsWhatItHolds() async throws {
    let callerID = try await Installation(numbers: ["2145550101"])
    let before = try callerID.dump()
    let again = try await callerID.admin("init")
    #expect(again.status == 0)
    #expect(again.output == "\(callerID.store) exists and is up to date\n")
    #expect(again.errors.isEmpty)
    #expect(try callerID.dump() == before)
  }

  @Test func itGivesTheStoreToItsOwner() async throws {
    defer { try? FileManager.default.removeItem(atPath: folder) }
    guard getuid() == 0 else {
      #expect(try await initialize("--owner", "0").errors.contains("only root can give the store to another user"))
      #expect(!FileManager.default.fileExists(atPath: folder))
      #expect(try await initialize("--owner", String(getuid())).status == 0)
      return
    }
    let made = try await initialize("--owner", "61236")
    #expect(made.status == 0)
    #expect(try attributes(folder + "/deep/er").owner == 61236)
    for (owner, user, group) in [
      ("daemon:mail", getpwnam("daemon").pointee.pw_uid, getgrnam("mail").pointee.gr_gid),
      ("daemon", getpwnam("daemon").pointee.pw_uid, getpwnam("daemon").pointee.pw_gid),
      ("61234:61235", 61234, 61235), ("61234", 61234, 61234),
    ] {
      let finished = try await initialize("--owner", owner)
      #expect(finished.status == 0)
      #expect(finished.errors.isEmpty)
      for file in ["", "-lock", "-wal", "-shm"] {
        let attributes = try attributes(store + file)
        #expect(attributes.owner == Int(user))
        #expect(attributes.group == Int(group))
      }
    }
  }

  @Test(arguments: [
    ("nobody-of-that-name", "there is no user \"nobody-of-that-name\""), ("root:no-such-group", "no group"),
    (":root", "there is no user \"\""), ("root:", "no group \"\""), ("-1", "no user"), ("4294967295", "no user"),
    ("99999999999", "no user"), ("\u{1B}[2J", "there is no user \"\u{FFFD}[2J\""),
  ])
  func anUnknownOwnerIsRefusedBeforeAnythingIsMade(owner: String, reason: String) async throws {
    let finished = try await run(Program.admin.path, ["--db", store, "init", "--owner=\(owner)"])
    #expect(finished.status == 1)
    #expect(finished.output.isEmpty)
    #expect(finished.errors.contains(reason), "\(finished.errors)")
    #expect(!FileManager.default.fileExists(atPath: folder))
  }

  @Test func anotherProgramsFileIsLeftAlone() async throws {
    try FileManager.default.createDirectory(atPath: folder + "/deep/er", withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let text = Data(String(repeating: "not a store\n", count: 100).utf8)
    try text.write(to: URL(fileURLWithPath: store))
    let finished = try await initialize()
    #expect(finished.status == 1)
    #expect(finished.output.isEmpty)
    #expect(try Data(contentsOf: URL(fileURLWithPath: store)) == text)
  }
}

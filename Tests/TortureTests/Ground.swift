import Foundation
import TestSupport

/// A piece of a machine: a folder of Asterisk's user with a store and a folder of AGI programs in it, and what is root's
/// alone beside it and within.
final class Ground: Sendable {
  /// Nobody on the machine.
  static let asterisk: UInt32 = 61_234

  let base: String
  var home: String { base + "/home" }
  var store: String { home + "/callerid/callerid.db" }
  /// A store of root's, where nobody else may write.
  var rootsStore: String { base + "/root/callerid.db" }
  /// Root's alone, with files of the names that a link would lead to.
  var secret: String { base + "/secret" }
  /// A file and a folder of root's, which the owner of the folder that they are in may rename.
  private var own: String { home + "/own" }
  private var privateFolder: String { home + "/private" }

  /// The states that the works of root begin in.
  struct Templates: Sendable {
    let used: Ground
    /// The store and what stands beside it are root's still.
    let ofRoot: Ground
    /// There is no store.
    let empty: Ground
  }

  private init() throws {
    base = "/dev/shm/callerid-ground-\(UUID().uuidString)"
    for folder in ["/home/agi-bin", "/home/private", "/secret/backups", "/root", "/etc/asterisk", "/etc/cron.d"] {
      try FileManager.default.createDirectory(atPath: base + folder, withIntermediateDirectories: true)
    }
  }

  deinit { try? FileManager.default.removeItem(atPath: base) }

  init(copying ground: Ground) async throws {
    base = "/dev/shm/callerid-ground-\(UUID().uuidString)"
    let copied = try await run("/bin/cp", ["-a", ground.base, base])
    guard copied.status == 0 else { throw Failure(copied.errors) }
  }

  static func templates() async throws -> Templates {
    let used = try Ground()
    try await used.fill()
    let ofRoot = try await Ground(copying: used)
    for name in [""] + (try FileManager.default.subpathsOfDirectory(atPath: ofRoot.home + "/callerid"))
    where !name.isEmpty {
      chown(ofRoot.home + "/callerid/" + name, 0, 0)
    }
    chmod(ofRoot.store, 0o644)
    let empty = try await Ground(copying: used)
    try FileManager.default.removeItem(atPath: empty.home + "/callerid")
    return Templates(used: used, ofRoot: ofRoot, empty: empty)
  }

  private func write(_ text: String, to path: String, mode: mode_t) throws {
    try Data(text.utf8).write(to: URL(fileURLWithPath: base + path))
    chmod(base + path, mode)
  }

  private func fill() async throws {
    let user = "\(Self.asterisk)"
    for (store, owner) in [(store, user), (rootsStore, "0:0")] {
      for command in [["init", "--owner", owner], ["add", "2145550101"], ["add", "2145550102"], ["backup"]] {
        let finished = try await run(Program.admin.path, command, environment: ["CALLERID_DB": store])
        guard finished.status == 0 else { throw Failure("\(command): \(finished.errors)") }
      }
    }
    let backups = try FileManager.default.contentsOfDirectory(atPath: base + "/root/backups")
    try FileManager.default.copyItem(atPath: base + "/root/backups/" + backups[0], toPath: home + "/first.db")
    for name in ["callerid.db", "callerid.db-wal", "callerid.db-lock", "callerid-agi"] {
      let source = name == "callerid-agi" ? "/bin/true" : base + "/root/" + name
      try FileManager.default.copyItem(atPath: source, toPath: secret + "/" + name)
      chmod(secret + "/" + name, 0o600)
    }
    for path in ["/secret/file", "/secret/backups/file", "/home/private/file", "/home/own"] {
      try write("root's own\n", to: path, mode: 0o600)
    }
    for folder in [secret, secret + "/backups", privateFolder, base + "/root"] { chmod(folder, 0o700) }
    try write("caller_id\n3125550109\n", to: "/etc/numbers.csv", mode: 0o644)
    try write(
      "[directories]\nastagidir => /home/agi-bin\n[options]\nrunuser = \(user)\n", to: "/etc/asterisk/asterisk.conf",
      mode: 0o644)
    try write(
      "#!/bin/sh\nid -u >> \"${0%/*}/../seen\"\nexec \(Program.agi.path) \"$@\"\n", to: "/home/agi-bin/callerid-agi",
      mode: 0o755)
    for path in [home, home + "/agi-bin", home + "/agi-bin/callerid-agi", home + "/first.db"] {
      chown(path, Self.asterisk, Self.asterisk)
    }
  }

  // MARK: What is root's

  /// What could be changed of a file or a folder, wherever it is now.
  private static func state(of path: String) -> String? {
    var status = stat()
    guard lstat(path, &status) == 0 else { return nil }
    let contents = status.st_mode & S_IFMT == S_IFREG ? FileManager.default.contents(atPath: path)?.hashValue : nil
    return "\(status.st_ino) \(status.st_uid):\(status.st_gid) \(String(status.st_mode, radix: 8)) \(contents ?? 0)"
  }

  private func subpaths(of folder: String) throws -> [String] {
    [folder] + (try FileManager.default.subpathsOfDirectory(atPath: folder)).map { folder + "/" + $0 }
  }

  struct RootsOwn: Sendable {
    /// By their paths.
    let secret: [String: String]
    /// Where the owner of the folder may rename them: the states of a folder and what is in that.
    let movable: Set<String>
    /// The state of a file there. The owner of the folder may delete it, and so may have it deleted.
    let deletable: String
  }

  func rootsOwn() throws -> RootsOwn {
    RootsOwn(
      secret: try secretStates(), movable: Set(try subpaths(of: privateFolder).compactMap(Self.state)),
      deletable: Self.state(of: own) ?? "")
  }

  private func secretStates() throws -> [String: String] {
    Dictionary(uniqueKeysWithValues: try subpaths(of: secret).map { ($0, Self.state(of: $0) ?? "") })
  }

  /// What of root's has been changed, given away or run.
  func problems(since before: RootsOwn) throws -> [String] {
    let secret = try secretStates()
    var problems = Set(before.secret.keys).union(secret.keys).filter { before.secret[$0] != secret[$0] }.map {
      "\($0) was \(before.secret[$0] ?? "not there") and is \(secret[$0] ?? "gone")"
    }
    let everywhere = Set(try subpaths(of: base).compactMap(Self.state))
    let node = before.deletable.prefix { $0 != " " } + " "
    problems += everywhere.filter { $0.hasPrefix(node) && $0 != before.deletable }.map {
      "root's file in another user's folder was \(before.deletable) and is \($0)"
    }
    problems += before.movable.subtracting(everywhere).map {
      "what is root's in another user's folder is no longer \($0)"
    }
    let users = (try? String(contentsOfFile: home + "/seen", encoding: .utf8)) ?? ""
    if users.split(separator: "\n").contains("0") { problems.append("a program of Asterisk's user ran as root") }
    return problems
  }
}

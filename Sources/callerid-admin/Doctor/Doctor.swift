import ArgumentParser
import Foundation
import Output
import Rotation

struct Doctor: StoreLocating {
  static let configuration = CommandConfiguration(
    abstract: "Examine the whole installation, and say what is wrong and what to do about it.",
    discussion: """
      It examines the store and its files, callerid-agi in the folder where Asterisk looks for it, callerid-server \
      if calls or systemd ask for it, cron, the backups, the disk and the clock. It exits with 1 where there is a problem. Run it as root, so that it can start \
      callerid-agi as the user that Asterisk runs as: it asks for the release of a number for a call that does not \
      exist, which changes nothing. With --fix, it repairs the owners and modes of files, the links to callerid-agi, \
      the index by which calls find numbers, and the write-ahead log.
        callerid-admin doctor
        callerid-admin doctor --fix --user asterisk
      """)

  @ParentCommand var root: CalleridAdmin
  @OptionGroup var storeOptions: StoreOptions
  @Option(
    help: ArgumentHelp(
      "The user that Asterisk runs as. (default: from asterisk.conf, or else the owner of the store's folder)",
      valueName: "user[:group]"))
  var user: String?
  @OptionGroup var backups: BackupFolderOption
  @Option(
    name: .customLong("root"),
    help: ArgumentHelp("Look for Asterisk and cron below this folder instead of /.", valueName: "folder"))
  var systemRoot = ""
  @Flag(help: "Repair what can be repaired safely.") var fix = false
  @OptionGroup var format: ObjectFormat

  func run() throws {
    let asterisk = try AsteriskInstallation(root: systemRoot, user: user, storePath: storePath)
    var mended = fix ? try mendFiles(asterisk) : []
    // What needs root's rights comes first: they are given up before the store is opened.
    let files = Store.fileFindings(ofStore: storePath, for: asterisk.account)
    let machine =
      asterisk.programFindings() + [asterisk.cronFinding] + ServerInstallation(root: systemRoot).findings()
    var contents: [Finding] = []
    do {
      try StoreUser.become(ownerOf: storePath)
      if fix { mended += try mendStore() }
      let store = try Store(path: storePath)
      contents = try store.contentFindings() + [store.upkeepFinding()]
    } catch let error as StoreError {
      if !files.contains(where: { $0.check == "store" }) { contents = [Finding(error, in: "store")] }
    }
    let findings = [asterisk.userFinding] + files + contents + machine + roomFindings
    if format.json {
      Terminal.print(JSON(findings, mended: mended))
    } else {
      for line in mended { Terminal.print("mended   \(line)") }
      for finding in findings { Terminal.print(finding.line) }
    }
    if findings.contains(where: { $0.level == .problem }) { throw ExitCode(1) }
  }

  private var roomFindings: [Finding] {
    [
      Store.spaceFinding(ofStore: storePath),
      Store.backupFinding(ofStore: storePath, in: backups.folder(ofStore: storePath)),
    ]
  }

  /// Mends owners, modes and links.
  ///
  /// - Returns: what was changed.
  private func mendFiles(_ asterisk: AsteriskInstallation) throws -> [String] {
    var mended: [String] = []
    let account = asterisk.account
    if Store.fileFindings(ofStore: storePath, for: account).contains(where: { $0.check == "files" && $0.level != .ok })
    {
      mended += try Store.mendFiles(ofStore: storePath, owner: try asterisk.ownerOfStore())
    }
    return try mended + asterisk.mendLinks()
  }

  /// - Returns: what was changed.
  private func mendStore() throws -> [String] {
    // A store that cannot be opened is reported by the findings.
    guard let store = try? Store(path: storePath) else { return [] }
    var mended: [String] = []
    if try store.resumeLog() { mended.append("the store uses its write-ahead log again") }
    let lanes = try store.checkLanes(mending: true)
    if !lanes.isRight { mended.append("the index of numbers: \(lanes.summary)") }
    return mended
  }
}

extension Finding {
  /// The finding in one line.
  fileprivate var line: String {
    let label = level.rawValue.padding(toLength: 9, withPad: " ", startingAt: 0)
    return label + check + ": " + message + (hint.map { ". " + $0 } ?? "")
  }
}

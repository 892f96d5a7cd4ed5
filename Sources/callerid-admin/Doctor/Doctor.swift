import ArgumentParser
import Foundation
import Rotation

struct Doctor: StoreLocating {
  static let configuration = CommandConfiguration(
    abstract: "Look at the whole installation, and say what is wrong and what to do.",
    discussion: """
      It looks at the store and its files, at callerid-agi where Asterisk looks for it, and at cron, disk and clock. Exits 1
      where there is a problem. Run it as root: then callerid-agi is started as Asterisk's user, for a release of nothing,
      which changes nothing. What --fix mends: owners and modes, links, lanes, the write-ahead log.
        callerid-admin doctor
        callerid-admin doctor --fix --user asterisk
      """)

  @ParentCommand var root: CalleridAdmin
  @OptionGroup var storeOptions: StoreOptions
  @Option(
    help: ArgumentHelp(
      "Who Asterisk runs as. (default: as it does, else runuser in asterisk.conf, else the store's owner)",
      valueName: "user[:group]"))
  var user: String?
  @Option(help: ArgumentHelp("Where backups go. (default: backups, beside the store)", valueName: "folder"))
  var backupFolder: String?
  @Option(
    name: .customLong("root"),
    help: ArgumentHelp("Look for Asterisk and cron below this folder.", valueName: "folder"))
  var systemRoot = ""
  @Flag(help: "Mend what can be mended safely.") var fix = false
  @OptionGroup var format: ObjectFormat

  func run() throws {
    let asterisk = try AsteriskInstallation(root: systemRoot, user: user, storePath: storePath)
    let mended = fix ? try mend(asterisk) : []
    let findings = examine(asterisk)
    let problems = findings.count { $0.level == .problem }
    if format.json {
      JSON.object([
        ("problems", .number(problems)), ("warnings", .number(findings.count { $0.level == .warning })),
        ("mended", .list(mended.map { .text($0) })),
        ("findings", .list(findings.map(\.json))),
      ]).print()
    } else {
      for line in mended { Terminal.print("mended   \(line)") }
      for finding in findings { Terminal.print(finding.line) }
    }
    if problems > 0 { throw ExitCode(1) }
  }

  private func examine(_ asterisk: AsteriskInstallation) -> [Finding] {
    // Before the store is opened: its files as they are found, not as this program makes them.
    let files = Store.fileFindings(ofStore: storePath, for: asterisk.account)
    var findings = [asterisk.userFinding] + files
    do {
      findings += try Store(path: storePath).contentFindings()
    } catch {
      if !findings.contains(where: { $0.check == "store" }) { findings.append(Finding(error, in: "store")) }
    }
    findings += asterisk.programFindings()
    findings.append(asterisk.cronFinding)
    findings.append(Store.spaceFinding(ofStore: storePath))
    findings.append(
      Store.backupFinding(ofStore: storePath, in: backupFolder ?? Store.backupFolder(ofStore: storePath)))
    return findings
  }

  /// - Returns: what was changed.
  private func mend(_ asterisk: AsteriskInstallation) throws -> [String] {
    var mended: [String] = []
    let account = asterisk.account
    if Store.fileFindings(ofStore: storePath, for: account).contains(where: { $0.check == "files" && $0.level != .ok })
    {
      mended += try Store.mendFiles(ofStore: storePath, owner: (account.user, account.groups[0]))
    }
    mended += try asterisk.mendLinks()
    // What cannot be opened is told by the findings.
    if let store = try? Store(path: storePath) {
      if try store.resumeLog() { mended.append("the store has its write-ahead log again") }
      let lanes = try store.checkLanes(mending: true)
      if !lanes.isRight {
        mended.append("\(lanes.missing) numbers, \(lanes.stray) stray entries and \(lanes.miscounted) pools")
      }
    }
    return mended
  }
}

extension Finding {
  fileprivate var line: String {
    let label = level.rawValue.padding(toLength: 9, withPad: " ", startingAt: 0)
    return label + check + ": " + message + (hint.map { ". " + $0 } ?? "")
  }

  fileprivate var json: JSON {
    .object([
      ("check", .text(check)), ("level", .text(level.rawValue)), ("message", .text(message)), ("hint", JSON(hint)),
    ])
  }
}

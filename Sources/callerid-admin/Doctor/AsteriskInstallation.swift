import Foundation
import Rotation

/// Asterisk as it is installed: which user it runs as, what it starts for a call, and what cron runs at night.
struct AsteriskInstallation {
  let account: Account
  let userFinding: Finding
  private let root: String
  private let storePath: String
  /// The values in asterisk.conf by their keys; nil where there is no such file.
  private let configuration: [String: String]?
  /// Whether the operator has named the user.
  private let isNamed: Bool
  /// The user that the folder of the store belongs to.
  private let folderOwner: Owner?

  /// - Parameters:
  ///   - root: the folder below which Asterisk and cron are installed; empty for `/`.
  ///   - user: the user that Asterisk runs as, where the operator gave it.
  /// - Throws: `refused` for a user that does not exist.
  init(root: String, user: String?, storePath: String) throws {
    self.root = root
    self.storePath = storePath
    configuration = Self.configuration(root + "/etc/asterisk/asterisk.conf")
    isNamed = user != nil
    folderOwner = Self.owner(ofFolderOf: storePath)
    let (owner, source): (Owner, String)
    if let user {
      (owner, source) = (try Owner(user), "as given by --user")
    } else if let name = configuration?["runuser"] {
      let group = configuration?["rungroup"].map { ":" + $0 } ?? ""
      (owner, source) = (try Owner(name + group), "as set in asterisk.conf")
    } else if configuration != nil {
      let other = folderOwner.flatMap { $0.user == 0 ? nil : $0 }
      owner = other ?? Owner(user: 0)
      source =
        "because asterisk.conf names no user" + (other == nil ? "" : " and the folder of the store is this user's")
    } else {
      var status = stat()
      let isThere = lstat(storePath, &status) == 0
      owner = isThere ? Owner(user: status.st_uid, group: status.st_gid) : Owner(user: getuid())
      source = ""
    }
    account = owner.account
    userFinding =
      source.isEmpty
      ? Finding(
        .warning, "asterisk", "Asterisk was not found, so it is assumed to run as \(account.name)",
        hint: "Give the user that it runs as with --user")
      : Finding(.ok, "asterisk", "runs as \(account.name), \(source)")
  }

  private static func configuration(_ path: String) -> [String: String]? {
    guard let text = try? String(contentsOfFile: path, encoding: .isoLatin1) else { return nil }
    var values: [String: String] = [:]
    for line in text.split(whereSeparator: \.isNewline) {
      let content = line.split(separator: ";", maxSplits: 1, omittingEmptySubsequences: false)[0]
      guard let equals = content.firstIndex(of: "=") else { continue }
      var value = content[content.index(after: equals)...]
      if value.first == ">" { value = value.dropFirst() }
      let key = content[..<equals].trimmingCharacters(in: .whitespaces).lowercased()
      values[key] = value.trimmingCharacters(in: .whitespaces)
    }
    return values
  }

  private static func owner(ofFolderOf path: String) -> Owner? {
    var status = stat()
    let folder = URL(fileURLWithPath: path).deletingLastPathComponent().path
    return stat(folder, &status) == 0 ? Owner(user: status.st_uid, group: status.st_gid) : nil
  }

  /// Whom the store is to belong to.
  ///
  /// - Throws: `refused` if the operator has not said so, and what the machine says does not agree.
  func ownerOfStore() throws -> Owner {
    guard isNamed || folderOwner?.user == account.user else {
      throw StoreError(
        .refused, "Asterisk seems to run as \(account.name), but the folder of the store belongs to another user",
        hint: "Say whom the store is to belong to: doctor --fix --user NAME")
    }
    return Owner(user: account.user, group: account.groups[0])
  }

  // MARK: What a call starts

  private var folder: String { root + (configuration?["astagidir"] ?? "/var/lib/asterisk/agi-bin") }
  private var program: String { folder + "/callerid-agi" }
  private static let links = ["get_callerid.sh", "get_callerid.py"]

  func programFindings() -> [Finding] {
    guard FileManager.default.fileExists(atPath: program) else {
      return [
        Finding(
          .problem, "callerid-agi", "\(program) is missing, so AGISTATUS is NOTFOUND on every call",
          hint: "Run make install, with AGIDIR= if Asterisk looks for AGI programs in another folder")
      ]
    }
    if let foreign = [folder, program].first(where: isForeign) {
      return [
        Finding(
          .problem, "callerid-agi", "\(foreign) can be changed by others than root, as whom Asterisk runs it",
          hint: "Run: chown root:root \(foreign) && chmod go-w \(foreign)")
      ]
    }
    return [versionFinding, callFinding, staticFinding] + Self.links.compactMap(linkFinding)
  }

  /// Whether starting the program would give root's rights to somebody else.
  private func isForeign(_ path: String) -> Bool {
    var status = stat()
    guard geteuid() == 0, account.user == 0, stat(path, &status) == 0 else { return false }
    return status.st_uid != 0 || status.othersThanRootMayWrite
  }

  private var versionFinding: Finding {
    let expected = Version.text.description
    let found = ChildProcess.run(program, ["--version"], as: account)?.output.trimmingCharacters(
      in: .whitespacesAndNewlines)
    guard found == expected else {
      let version = found.flatMap { $0.isEmpty ? nil : "of version \($0)" } ?? "of an unknown version"
      return Finding(
        .problem, "callerid-agi", "\(program) is \(version), but this program is of version \(expected)",
        hint: "Install both programs together with: make install")
    }
    return Finding(.ok, "callerid-agi", "\(program), version \(expected)")
  }

  /// Starts callerid-agi as Asterisk does, to release a number for a call that does not exist. It opens and locks the
  /// store as every call does, and changes nothing.
  private var callFinding: Finding {
    guard geteuid() == 0 || geteuid() == account.user else {
      return Finding(.warning, "call", "callerid-agi could not be tried as \(account.name)", hint: "Run doctor as root")
    }
    let input = "agi_uniqueid: callerid-admin doctor\n\n" + String(repeating: "200 result=1\n", count: 4)
    let arguments = ["", "", "action=release", "db=" + URL(fileURLWithPath: storePath).path]
    guard let finished = ChildProcess.run(program, arguments, input: input, as: account) else {
      return Finding(
        .problem, "call", "\(account.name) cannot start \(program)",
        hint: "Run chmod 755 \(program), and give \(account.name) access to the folders above it")
    }
    guard finished.status == 0, finished.output.hasPrefix("SET VARIABLE CALLERID_STATUS OK\n") else {
      let reason = finished.output.split(separator: "\n").first { $0.hasPrefix("VERBOSE") } ?? "no answer"
      return Finding(
        .problem, "call", "callerid-agi failed as \(account.name): \(reason) (exit status \(finished.status))",
        hint: "Mend the problems above, then run doctor again")
    }
    return Finding(.ok, "call", "callerid-agi can open the store as \(account.name)")
  }

  private var staticFinding: Finding {
    ELF.isStatic(program)
      ? Finding(.ok, "callerid-agi", "the program is static")
      : Finding(
        .warning, "callerid-agi", "\(program) is not static, so each call takes about a millisecond longer",
        hint: "Build and install it with: make build && sudo make install")
  }

  /// The finding about a link that older dialplans call; nil where there is nothing to report.
  private func linkFinding(_ name: String) -> Finding? {
    let link = folder + "/" + name
    if isMissing(link) {
      return Finding(
        .warning, "links", "\(link) is missing, and existing dialplans may call it",
        hint: "Create it with: ln -s callerid-agi \(link), or with: callerid-admin doctor --fix")
    }
    guard (try? FileManager.default.destinationOfSymbolicLink(atPath: link)) != nil,
      !FileManager.default.fileExists(atPath: link)
    else { return nil }
    return Finding(
      .problem, "links", "\(link) is a link to a file that does not exist",
      hint: "Replace it with: ln -sf callerid-agi \(link)")
  }

  private func isMissing(_ path: String) -> Bool {
    var status = stat()
    return lstat(path, &status) != 0 && errno == ENOENT
  }

  /// Creates the links that are missing.
  ///
  /// - Returns: a line about each.
  /// - Throws: `permission` where a link cannot be created.
  func mendLinks() throws -> [String] {
    guard FileManager.default.fileExists(atPath: program) else { return [] }
    let folder = try Folder(self.folder)
    return try Self.links.filter { try folder.makeLink($0, to: "callerid-agi") }.map {
      "created the link \(self.folder)/\($0) to callerid-agi"
    }
  }

  // MARK: What cron runs at night

  var cronFinding: Finding {
    let file = root + "/etc/cron.d/callerid"
    let timers = ["/etc", "/usr/lib", "/lib"].map { "\(root)\($0)/systemd/system/callerid-maintain.timer" }
    if let timer = timers.first(where: FileManager.default.fileExists) { return Finding(.ok, "cron", timer) }
    let hint = "Install it with: make install. See docs/maintenance.md"
    guard let text = try? String(contentsOfFile: file, encoding: .utf8) else {
      return Finding(.warning, "cron", "\(file) is missing, so nothing is archived, pruned or backed up", hint: hint)
    }
    let jobs = text.split(separator: "\n").filter { !$0.hasPrefix("#") && $0.contains("callerid-admin") }
      .map { $0.split(whereSeparator: \.isWhitespace) }.filter { $0.count > 6 }
    guard !jobs.isEmpty else {
      return Finding(.warning, "cron", "\(file) runs nothing, so nothing is archived, pruned or backed up", hint: hint)
    }
    for user in Set(jobs.map { String($0[5]) }).sorted() {
      guard let account = (try? Owner(user))?.account else {
        return Finding(
          .problem, "cron", "\(file) runs as \(user), but there is no such user", hint: "Change the user in it")
      }
      if Store.fileFindings(ofStore: storePath, for: account).contains(where: { $0.level == .problem }) {
        return Finding(
          .problem, "cron", "\(file) runs as \(user), who may not use the store", hint: "Change the user in it")
      }
    }
    guard jobs.contains(where: { $0.contains("maintain") }) else {
      return Finding(
        .warning, "cron", "\(file) makes no backup", hint: "Add a line to it that runs callerid-admin maintain at night"
      )
    }
    return Finding(.ok, "cron", file)
  }
}

internal import Glibc

extension Account {
  /// Whether this user has all of the permissions in `bits`, such as 6 for reading and writing.
  func may(_ bits: mode_t, _ status: stat) -> Bool {
    if user == 0 { return true }
    let mode = status.st_mode
    let granted = status.st_uid == user ? mode >> 6 : groups.contains(status.st_gid) ? mode >> 3 : mode
    return granted & bits == bits
  }
}

/// Checks the files of a store: whether Asterisk's user can use them, and nobody else.
extension Store {
  /// - Parameter account: the user that Asterisk runs as.
  package static func fileFindings(ofStore path: String, for account: Account) -> [Finding] {
    guard Path.status(of: path) != nil else {
      return [
        Finding(
          .problem, "store", "there is no store at \(path)",
          hint: "Make one: callerid-admin --db \(path) init --owner \(account.name)")
      ]
    }
    do { try checkFile(path) } catch { return [Finding(error, in: "store")] }
    let hint = "Mend it with: callerid-admin doctor --fix, as root"
    var findings = folderFindings(Path.folder(of: path), for: account, hint: hint)
    for file in fileEnds.map({ path + $0 }) {
      guard let status = Path.status(of: file) else { continue }
      if !status.isPlainFile {
        findings.append(Finding(.problem, "files", "\(file) is not a plain file", hint: "Take it away"))
      } else if !account.may(6, status) {
        findings.append(
          Finding(.problem, "files", "\(account.name) may not read and write \(file)", hint: hint))
      } else if status.st_mode & 0o007 != 0 {
        findings.append(Finding(.problem, "files", "\(file) is open to every user of the machine", hint: hint))
      }
    }
    findings += undoFolderFindings(path + UndoKeeper.ending, for: account, hint: hint)
    if let status = Path.status(of: path), status.st_nlink > 1 {
      findings.append(
        Finding(
          .warning, "files", "\(path) has a second name, perhaps of a restore that was ended",
          hint: "callerid-admin maintain takes that away"))
    }
    findings += logFindings(ofStore: path)
    if !findings.contains(where: { $0.check == "files" }) {
      findings.append(Finding(.ok, "files", "\(account.name) alone may use \(path) and what stands beside it"))
    }
    return findings
  }

  /// Four times what the log grows to before it is copied into the store.
  private static let mostLogBytes = 16 << 20

  /// A log that grows because somebody reads the store for long. Seeing other users' processes needs root.
  private static func logFindings(ofStore path: String) -> [Finding] {
    guard let log = Path.status(of: path + "-wal"), log.st_size > mostLogBytes else { return [] }
    let readers = processes(using: log)
    let message = "the write-ahead log has grown to \(log.st_size >> 20) MB, which makes calls slower"
    return [
      readers.isEmpty
        ? Finding(.warning, "log", message, hint: "Empty it with: callerid-admin maintain")
        : Finding(
          .warning, "log", "\(message); it is open in \(readers.joined(separator: ", "))",
          hint: "End what reads the store for long, then run: callerid-admin maintain")
    ]
  }

  /// The programs that have a file open, as `sqlite3 (process 4711)`.
  private static func processes(using file: stat) -> [String] {
    let processes = ((try? Path.entries(of: "/proc")) ?? []).compactMap { pid_t($0) }.sorted()
    return processes.filter { $0 != getpid() }.compactMap { process in
      let descriptors = (try? Path.entries(of: "/proc/\(process)/fd")) ?? []
      let isOpen = descriptors.contains { descriptor in
        var status = stat()
        return stat("/proc/\(process)/fd/\(descriptor)", &status) == 0 && status.isSameFile(as: file)
      }
      guard isOpen else { return nil }
      var name = [UInt8](repeating: 0, count: 16)
      let source = open("/proc/\(process)/comm", O_RDONLY | O_CLOEXEC)
      defer { close(source) }
      let count = pread(source, &name, name.count, 0)
      let text = CallerText(String(decoding: name.prefix(max(0, count)), as: UTF8.self))?.text ?? "a program"
      return "\(text) (process \(process))"
    }
  }

  /// The folder of what is kept to take changes back. Calls do without it, but no operator's command does.
  private static func undoFolderFindings(_ folder: String, for account: Account, hint: String) -> [Finding] {
    guard let status = Path.status(of: folder) else { return [] }
    guard status.isFolder else {
      return [Finding(.problem, "files", "\(folder) is not a folder", hint: "Take it away")]
    }
    if !account.may(7, status) {
      return [
        Finding(
          .problem, "files", "\(account.name) may not write in \(folder), where changes are kept to be taken back",
          hint: hint)
      ]
    }
    guard status.st_mode & 0o007 != 0 else { return [] }
    return [Finding(.problem, "files", "\(folder) is open to every user of the machine", hint: hint)]
  }

  private static func folderFindings(_ folder: String, for account: Account, hint: String) -> [Finding] {
    var findings: [Finding] = []
    var status = stat()
    guard stat(folder, &status) == 0 else { return [Finding(.system("cannot look at \(folder)"), in: "files")] }
    if !account.may(7, status) {
      findings.append(
        Finding(
          .problem, "files", "\(account.name) may not write in the folder \(folder), where SQLite keeps its log",
          hint: hint))
    } else if status.st_mode & 0o007 != 0 {
      findings.append(
        Finding(.warning, "files", "the folder \(folder) is open to every user of the machine", hint: hint))
    } else if status.st_mode & S_IWGRP != 0, status.st_mode & S_ISGID == 0 {
      findings.append(
        Finding(
          .warning, "files", "what an operator makes in the folder \(folder) does not belong to the folder's group",
          hint: hint))
    }
    // The folders above it.
    var parent = folder
    while parent != "/", parent != "." {
      parent = Path.folder(of: parent)
      if stat(parent, &status) == 0, !account.may(1, status) {
        findings.append(
          Finding(.problem, "files", "\(account.name) may not pass through \(parent)", hint: "chmod a+x \(parent)"))
      }
    }
    return findings
  }

  /// Checks the free space for the store to grow and for its backups.
  package static func spaceFinding(ofStore path: String) -> Finding {
    var space = statvfs()
    let folder = Path.folder(of: path)
    guard statvfs(folder, &space) == 0 else { return Finding(.system("cannot look at \(folder)"), in: "space") }
    let free = (Int(space.f_bavail) * Int(space.f_frsize)) >> 20
    let size = Path.status(of: path).map { Int($0.st_size) >> 20 } ?? 0
    let hint = "Free some space, or lower retention_days"
    if free < 20 || space.f_files > 0 && space.f_favail < 100 {
      return Finding(.problem, "space", "the disk of \(folder) is full: \(free) MB are free", hint: hint)
    }
    if free < 200 + 2 * size {
      return Finding(
        .warning, "space", "\(free) MB are free in \(folder), the store has \(size) MB", hint: hint)
    }
    return Finding(.ok, "space", "\(free) MB are free in \(folder)")
  }

  /// Checks the newest of the nightly backups.
  package static func backupFinding(
    ofStore path: String, in folder: String, clock: Clock = .system
  ) -> Finding {
    let hint = "callerid-admin maintain makes one; cron should run it every night"
    guard let (newest, made) = newestBackup(ofStore: path, in: folder) else {
      return Finding(.warning, "backup", "there is no backup in \(folder)", hint: hint)
    }
    let hours = (clock.now() - made) / 3600
    guard hours >= 0 else {
      return Finding(
        .warning, "backup", "\(newest) is \(-hours) hours in the future: the clock was wrong then, or is now",
        hint: "callerid-admin maintain makes another one")
    }
    guard hours < 48 else {
      return Finding(.warning, "backup", "the newest backup is \(hours / 24) days old", hint: hint)
    }
    return Finding(.ok, "backup", "\(newest), \(hours) hours old")
  }
}

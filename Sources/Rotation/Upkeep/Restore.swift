internal import Glibc
internal import SQLite

/// A store that was put back from a backup.
package struct RestoreReport: Sendable {
  package let contents: StoreContents
  /// Where the store that was there before is kept; nil where there was none.
  package let kept: String?
}

extension Store {
  /// Replaces the store at `path` by the one in `file`. The old store is kept under another name.
  ///
  /// All checks are made before anything changes. The change itself is one rename, made under the store's lock and when
  /// no connection to the old store is left. So a call finds either the old store or the new one, and never the pages
  /// of one with the log of the other.
  ///
  /// - Throws: `notAStore` and `schema` for a file that cannot be used, `busy` if another program keeps the old store
  /// open.
  package static func restore(
    _ path: String, from file: String, clock: Clock = .system, progress: (Int, Int) throws -> Void = { _, _ in }
  ) throws(StoreError) -> RestoreReport {
    let present = Path.status(of: path)
    if present != nil { try checkFile(path) }
    guard let backup = Path.status(of: file) else { throw .system("cannot look at \(file)") }
    guard backup.isPlainFile else { throw StoreError(.notAStore, "\(file) is not a plain file") }
    guard !backup.isSameFile(as: present) else { throw .refused("\(file) is the store itself") }
    guard let model = present ?? Path.status(of: Path.folder(of: path)) else {
      throw StoreError(
        .missing, "there is no folder \(Path.folder(of: path))",
        hint: "Make it for Asterisk's user first: callerid-admin init --owner USER")
    }
    guard present.map({ [0, $0.st_uid].contains(geteuid()) }) ?? true else {
      throw StoreError(
        .permission, "only the owner of \(path) may put another store in its place", hint: "Run it with sudo")
    }
    guard let maintenance = try MaintenanceLock(ofStore: path) else {
      throw StoreError(.busy, "another maintain or restore is at work", hint: "Try again when it is done")
    }
    defer { withExtendedLifetime(maintenance) {} }
    try removeRemains(of: path)

    let copy = try StoreCopy(for: path, marked: restoringMark, like: model)
    do {
      try read(file) { source in try Self.copy(source, to: copy, progress: progress) }
    } catch let error as SQLiteError where error.code == .corrupt || error.code == .notADatabase {
      throw StoreError(.notAStore, "\(file) is damaged, or no store: \(error.message)", hint: "Choose another backup")
    } catch {
      throw StoreError(error)
    }
    let contents = try StoreContents(checking: copy, calledByUser: file)
    do {
      // A dialer of a cluster stays one, also with a backup of the time before.
      if let membership = membership(ofStoreAt: path) { try membership.endLease(of: copy.connect(.readWrite)) }
      // The last connection removes the log and the index that were made here.
      try copy.connect(.readWrite).execute("PRAGMA journal_mode = WAL")
    } catch { throw StoreError(error) }
    try copy.sync()
    let kept = try swap(path, for: copy, at: clock.now())
    try give(path, to: Owner(user: model.st_uid, group: model.st_gid))
    try create(path: path, clock: clock)
    try Store(path: path, clock: clock).note("restore \(file)")
    return RestoreReport(contents: contents, kept: kept)
  }

  /// Runs `body` on one state of the database in `file`, and leaves no new file beside it.
  private static func read(_ file: String, _ body: (Database) throws -> Void) throws {
    // A copy that was made by cp has the header of a store with a log; to read it SQLite makes one.
    let folder = try Folder(Path.folder(of: file))
    let new = ["-wal", "-shm"].map { Path.name(of: file) + $0 }.filter { folder.status(of: $0) == nil }
    defer { for name in new { folder.remove(name) } }
    let database = try Database(path: folder.realPath + "/" + Path.name(of: file), mode: .readOnly, followsLinks: false)
    try database.snapshot {
      _ = try Schema.version(of: database)
      try body(database)
    }
  }

  /// - Returns: the path of the old store.
  private static func swap(_ path: String, for copy: StoreCopy, at now: Int) throws(StoreError) -> String? {
    let lock = try StoreLock(storePath: path)
    lock.askOthersToClose()
    let deadline = Deadline.after(milliseconds: 10_000)
    while true {
      let held = try lock.acquire(until: deadline)
      do throws(StoreError) {
        let old = try takeOver(path)
        // Nobody has recorded an index of the new store, which has none yet.
        held.note.stamp = ""
        let kept = Path.status(of: path) == nil ? nil : try keep(path, at: now)
        // The new store is not to meet the old one's log. It is empty, or kept beside the damaged store that it belongs
        // to.
        for end in ["-wal", "-shm", "-journal"] { unlink(path + end) }
        try copy.place(at: path)
        withExtendedLifetime(old) {}
        held.release()
        return kept
      } catch {
        guard error.kind == .busy else { throw error }
        guard deadline.remainingMilliseconds > 0 else {
          throw StoreError(
            .busy, "another program does not let go of the store",
            hint: "End it (fuser \(path) tells which) and restore again; the store is as it was")
        }
      }
      held.release()
      // Calls are served in between.
      usleep(50_000)
    }
  }

  /// Makes sure that this is the only connection to the old store, and brings its log into it. The caller must hold the
  /// store's lock.
  ///
  /// - Returns: the connection, which keeps all others out until it ends; `nil` if there is no store, or if SQLite cannot
  ///   read it any more.
  /// - Throws: `busy` while others have the store open.
  private static func takeOver(_ path: String) throws(StoreError) -> Database? {
    guard Path.status(of: path) != nil else { return nil }
    do {
      let database = try Database(path: path, mode: .readWrite)
      try database.keepLogOnClose()
      // Calls that have their number end within milliseconds, and new ones wait for the lock meanwhile.
      database.busyTimeoutMilliseconds = 150
      try database.execute("PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE; COMMIT")
      guard try Schema.isOurs(database) || database.value("SELECT count(*) = 0 FROM sqlite_schema") == 1 else {
        throw StoreError(.notAStore, "\(path) is another program's file", hint: "Choose another path with --db")
      }
      try database.emptyLog()
      return database
    } catch let error as SQLiteError where error.code == .corrupt || error.code == .notADatabase {
      return nil
    } catch {
      throw StoreError(error)
    }
  }

  static let keptMark = ".before-restore-"
  private static let restoringMark = ".restoring-"

  /// Gives the old store, and its log if that holds anything, a second name. The new store then takes over the first.
  private static func keep(_ path: String, at now: Int) throws(StoreError) -> String {
    let stem = path + keptMark + stamp(now)
    var kept = stem
    var count = 1
    while link(path, kept) != 0 {
      guard errno == EEXIST else { throw .system("cannot keep the old store as \(kept)") }
      count += 1
      kept = "\(stem)-\(count)"
    }
    for end in ["-wal", "-journal"] {
      guard let status = Path.status(of: path + end), status.st_size > 0 else { continue }
      guard link(path + end, kept + end) == 0 else { throw .system("cannot keep the old store's log") }
    }
    return kept
  }

  /// Removes what a killed restore has left: its copy, and a second name of the store that is still in use.
  ///
  /// The caller must hold the `MaintenanceLock`.
  static func removeRemains(of path: String) throws(StoreError) {
    let folder = Path.folder(of: path)
    let name = Path.name(of: path)
    let store = Path.status(of: path)
    for entry in try Path.entries(of: folder) {
      let entryPath = folder + "/" + entry
      let isCopy = entry.hasPrefix(name + restoringMark)
      let isSecondName =
        entry.hasPrefix(name + keptMark) && Path.status(of: entryPath)?.isSameFile(as: store) == true
      if isCopy || isSecondName { unlink(entryPath) }
    }
  }
}

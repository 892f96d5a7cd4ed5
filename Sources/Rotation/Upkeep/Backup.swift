internal import Glibc
internal import SQLite

/// How much a store holds.
package struct StoreContents: Equatable, Sendable {
  package let numbers: Int
  package let requests: Int
  /// When the newest request came, in seconds since 1970-01-01 UTC; 0 if there are none.
  package let newestRequestAt: Int

  init(of database: Database) throws(SQLiteError) {
    numbers = try database.value("SELECT count(*) FROM number") ?? 0
    requests = try database.value("SELECT count(*) FROM request") ?? 0
    newestRequestAt = try database.value("SELECT at FROM request ORDER BY id DESC LIMIT 1") ?? 0
  }

  /// Counts what a copy holds that nobody else uses, after checking every page of it.
  ///
  /// - Throws: `notAStore` for damage and other programs' files, `schema` for another version.
  init(checking copy: StoreCopy, calledByUser name: String) throws(StoreError) {
    let hint = "Choose another backup; nothing was changed"
    do {
      let database = try copy.connect(.readOnly)
      guard try Schema.isOurs(database) else {
        throw StoreError(.notAStore, "\(name) is not a rotation store", hint: hint)
      }
      let fault: String = try database.value("PRAGMA integrity_check") ?? ""
      guard fault == "ok" else { throw StoreError(.notAStore, "\(name) is damaged: \(fault)", hint: hint) }
      let version = try Schema.version(of: database)
      guard version == Schema.version else {
        throw StoreError(
          .schema, "\(name) has schema \(version), this program needs \(Schema.version)",
          hint: version < Schema.version
            ? "Bring a copy of it up to date with callerid-admin --db COPY init, and restore the copy"
            : "Install the newer callerid-agi and callerid-admin")
      }
      self = try StoreContents(of: database)
    } catch let error as SQLiteError where error.code == .corrupt || error.code == .notADatabase {
      throw StoreError(.notAStore, "\(name) is damaged, or no store: \(error.message)", hint: hint)
    } catch {
      throw StoreError(error)
    }
  }
}

/// A backup that was made, opened again and found to be whole.
package struct BackupReport: Sendable {
  package let path: String
  package let bytes: Int
  package let contents: StoreContents
  /// The older backups that were deleted for it.
  package var removed: [String] = []
}

extension Store {
  /// How much it holds now.
  package func contents() throws(StoreError) -> StoreContents { try read { try StoreContents(of: $0.database) } }

  /// Pages between two reports of progress: about two megabytes.
  private static let pagesAtOnce: Int32 = 2048

  /// Where backups go unless another folder is named.
  package static func backupFolder(ofStore path: String) -> String { Path.folder(of: path) + "/" + backupFolderName }

  static let backupFolderName = "backups"

  /// Copies the store, as it stands at one moment, to the file `path`; calls go on meanwhile, and none waits.
  ///
  /// The copy is one file that needs no log beside it.
  ///
  /// - Parameter replacing: replace an existing file.
  package func backUp(
    to path: String, replacing: Bool = false, progress: (Int, Int) throws -> Void = { _, _ in }
  ) throws(StoreError) -> BackupReport {
    if let present = Path.status(of: path) {
      guard replacing else {
        throw .refused("\(path) is there already", hint: "Choose another name, or replace it with --force")
      }
      guard !present.isFolder else { throw .refused("\(path) is a folder", hint: "Name it with --to") }
      guard !present.isSameFile(as: Path.status(of: self.path)) else {
        throw .refused("\(path) is the store itself", hint: "Choose another name")
      }
    }
    guard let model = Path.status(of: self.path) else { throw .system("cannot look at \(self.path)") }
    let copy = try StoreCopy(for: path, marked: Self.partMark, like: model)
    let contents = try read { snapshot in
      let contents = try StoreContents(of: snapshot.database)
      try Self.copy(snapshot.database, to: copy, progress: progress)
      return contents
    }
    // The pages of the copy are those of the store, so a check of the copy is a check of the store.
    guard try StoreContents(checking: copy, calledByUser: "the store") == contents else {
      throw StoreError(.failed, "the copy does not hold what the store does", hint: "Run callerid-admin doctor")
    }
    try copy.sync()
    try copy.place(at: path, replacing: replacing)
    return BackupReport(path: path, bytes: copy.bytes, contents: contents)
  }

  /// Call this in a snapshot. The copy gets a rollback journal's header: it can be opened where nothing can be written
  /// beside it.
  static func copy(
    _ database: Database, to copy: StoreCopy, progress: (Int, Int) throws -> Void
  ) throws {
    let copy = try copy.connect(.readWrite)
    // Half a copy is of no use.
    try copy.execute("PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF")
    try database.copy(to: copy, pagesAtOnce: pagesAtOnce, progress: progress)
    if try Schema.version(of: copy) == Schema.version, let membership = try Membership(in: copy) {
      try membership.endLease(of: copy)
    }
    try copy.execute("PRAGMA journal_mode = DELETE")
  }

  // MARK: Rotation

  private static let partMark = ".part-"

  /// Makes a backup in `folder`, named by the moment, and then removes those that are older than the newest `keep`.
  ///
  /// The folder is made where it is missing, for the store's owner.
  package func backUp(
    toFolder folder: String, keep: Int, progress: (Int, Int) throws -> Void = { _, _ in }
  ) throws(StoreError) -> BackupReport {
    let open = try openBackupFolder(folder)
    let stem = Self.stem(ofStore: path, in: folder)
    // No backup is replaced: the second one of a second gets the name of the next second.
    var moment = clock.now()
    while open.status(of: stem + Self.stamp(moment) + ".db") != nil { moment += 1 }
    let name = stem + Self.stamp(moment) + ".db"
    var report = try backUp(to: folder + "/" + name, progress: progress)
    // After a clock was set back, the newest backup has the name of an old one. It is kept all the same.
    let older = try Self.backups(in: open, ofStore: path).filter { $0 != name }
    for old in older.dropFirst(max(1, keep) - 1) where open.remove(old) { report.removed.append(old) }
    try removeParts(in: open)
    return report
  }

  /// The names of the backups of a store, the newest first.
  package static func backups(in folder: String, ofStore path: String) throws(StoreError) -> [String] {
    try backups(in: Folder(folder), ofStore: path)
  }

  static func backups(in folder: borrowing Folder, ofStore path: String) throws(StoreError) -> [String] {
    let stem = stem(ofStore: path, in: folder.path)
    var names: [String] = []
    for name in try folder.entries() {
      let middle = name.dropFirst(stem.count).dropLast(3)
      if name.hasPrefix(stem), name.hasSuffix(".db"), isStamp(middle), folder.status(of: name)?.isPlainFile == true {
        names.append(name)
      }
    }
    return names.sorted(by: >)
  }

  /// Removes what killed backups have left, once it is certain that nobody writes to it any more.
  private func removeParts(in folder: borrowing Folder) throws(StoreError) {
    let stem = Self.stem(ofStore: path, in: folder.path)
    for name in try folder.entries() where name.hasPrefix(stem) {
      // Its name ends with the process's ID.
      var base = name
      while base.last?.isNumber == true { base.removeLast() }
      guard base.hasSuffix(".db" + Self.partMark), let status = folder.status(of: name), status.isPlainFile
      else { continue }
      if status.st_mtim.tv_sec < time(nil) - 86_400 { folder.remove(name) }
    }
  }

  private func openBackupFolder(_ path: String) throws(StoreError) -> Folder {
    if let folder = try Folder.ifThere(path) { return folder }
    guard let store = Path.status(of: self.path) else { throw .system("cannot look at \(self.path)") }
    return try Self.makeSharedFolder(path, owner: Owner(user: store.st_uid, group: store.st_gid))
  }

  /// What the names of a store's backups begin with. Stores of different folders may have the same name: in a folder that
  /// they could share, the whole path is in the backup's name.
  private static func stem(ofStore path: String, in folder: String) -> String {
    let isOwnFolder = Path.resolved(folder) == Path.resolved(backupFolder(ofStore: path))
    let name = isOwnFolder ? Path.name(of: path) : Path.resolved(path).split(separator: "/").joined(separator: "-")
    return (name.hasSuffix(".db") ? String(name.dropLast(3)) : name) + "-"
  }

  /// `20260302-150000Z`: UTC, in which no hour comes twice.
  static func stamp(_ moment: Int) -> String {
    let (year, month, day, hour, minute, second) = Calendar(timeZone: "UTC").local(moment)
    return [year, month, day].map(\.twoDigits).joined() + "-" + [hour, minute, second].map(\.twoDigits).joined() + "Z"
  }

  private static func isStamp(_ text: Substring) -> Bool {
    let shape = text.utf8.map { (48...57).contains($0) ? UInt8(ascii: "0") : $0 }
    return shape == Array("00000000-000000Z".utf8)
  }
}

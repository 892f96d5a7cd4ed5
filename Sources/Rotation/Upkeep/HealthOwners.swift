internal import Glibc

/// Gives the files of a store to the user that Asterisk runs as, and keeps everybody else out.
///
/// Whoever may write in the store's folder could put another file in the place of one of them while root is at it, or have
/// put one of root's there before. So each is opened once and given by its descriptor, and only if it begins as a file of a
/// store does.
extension Store {
  /// The files that SQLite and these programs keep beside a store.
  static let fileEnds = ["", "-wal", "-shm", "-journal", "-lock"]

  /// Whether a file in the store's folder is the store, belongs to it, or was made from it.
  private static func isOfStore(_ name: String, named store: String) -> Bool {
    name == store || name.hasPrefix(store + "-") || name.hasPrefix(store + ".")
  }

  /// Gives the store, what stands beside it, its folder where that holds nothing else, its backups, and what is kept to take
  /// changes back to `owner`.
  ///
  /// To be called when this process has no connection to it: closing a file drops the locks that its process holds on it.
  ///
  /// - Throws: `permission` if something of them cannot be, or should not be; then nothing is given.
  static func give(_ path: String, to owner: Owner) throws(StoreError) {
    try eachBelonging(ofStore: path, for: owner) { (descriptor, status, file) throws(StoreError) in
      _ = try give(descriptor, status, file, to: owner)
    }
  }

  /// Gives all that belongs to a store to `owner`, and lets its group use it and nobody else.
  ///
  /// - Returns: what was changed.
  /// - Throws: as `give` does.
  package static func mendFiles(ofStore path: String, owner: Owner) throws(StoreError) -> [String] {
    var mended: [String] = []
    try eachBelonging(ofStore: path, for: owner) { (descriptor, status, file) throws(StoreError) in
      if try give(descriptor, status, file, to: owner) {
        mended.append("\(file) given to \(owner.user):\(owner.group)")
      }
      let mode: mode_t = status.isFolder ? 0o2770 : 0o660
      if status.st_mode & 0o7777 != mode {
        guard fchmod(descriptor, mode) == 0 else { throw .system("cannot change the mode of \(file)") }
        mended.append("\(file) is for its owner and group alone")
      }
    }
    return mended
  }

  /// - Returns: whether it was another's before.
  private static func give(
    _ descriptor: Int32, _ status: stat, _ file: String, to owner: Owner
  ) throws(StoreError) -> Bool {
    if status.st_uid == owner.user, status.st_gid == owner.group { return false }
    guard fchown(descriptor, owner.user, owner.group) == 0 else {
      throw .system("cannot give \(file) to its owner", hint: "Run it as root")
    }
    return true
  }

  /// Runs `body` on a descriptor of each file, once all of them are seen to be in order.
  private static func eachBelonging(
    ofStore path: String, for owner: Owner, _ body: (Int32, stat, String) throws(StoreError) -> Void
  ) throws(StoreError) {
    let store = Path.name(of: path)
    let folder = try Folder(Path.folder(of: path))
    for isRehearsal in [true, false] {
      func each(_ names: [String], in folder: borrowing Folder, of kind: StoreFileKind? = nil) throws(StoreError) {
        for name in names.sorted() {
          try withFile(name, in: folder, for: owner, of: kind) { (descriptor, status) throws(StoreError) in
            if !isRehearsal { try body(descriptor, status, folder.path(of: name)) }
          }
        }
      }
      let entries = try folder.entries()
      let isOwn = entries.allSatisfy { isOfStore($0, named: store) || $0 == backupFolderName }
      if isOwn { try each(["."], in: folder) }
      let undo = store + UndoKeeper.ending
      try each(entries.filter { isOfStore($0, named: store) && $0 != undo }, in: folder)
      if let backups = folder.folder(backupFolderName) {
        let own = try Self.backups(in: backups, ofStore: path)
        try check(backups, holdsOnly: own, "backups", in: folder, for: owner)
        try each(["."] + own, in: backups)
      }
      if let kept = folder.folder(undo) {
        let own = try kept.entries().filter(UndoKeeper.isFileName)
        try check(kept, holdsOnly: own, "what is kept to take changes back", in: folder, for: owner)
        try each(["."] + own, in: kept, of: .undo)
      }
    }
  }

  /// - Throws: `permission` for a folder of root's that could have been moved here, with all that is in it.
  private static func check(
    _ inner: borrowing Folder, holdsOnly own: [String], _ what: String, in folder: borrowing Folder, for owner: Owner
  ) throws(StoreError) {
    if try [owner.user, folder.status().st_uid].contains(inner.status().st_uid) { return }
    guard try inner.entries().allSatisfy(own.contains) else {
      throw StoreError(
        .permission, "\(inner.path) belongs to another user than its folder, and holds other files than \(what)",
        hint: "Look at who put it there; if it is right, give it away yourself with chown")
    }
  }

  /// By a descriptor, and of one name only.
  private static func withFile(
    _ name: String, in folder: borrowing Folder, for owner: Owner, of kind: StoreFileKind?,
    _ body: (Int32, stat) throws(StoreError) -> Void
  ) throws(StoreError) {
    let path = folder.path(of: name)
    let descriptor = folder.open(name, O_RDONLY)
    guard descriptor >= 0 else { throw .system("cannot open \(path)") }
    defer { close(descriptor) }
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { throw .system("cannot look at \(path)") }
    if name != "." {
      guard status.isPlainFile, status.st_nlink == 1 else {
        throw StoreError(.permission, "\(path) is not a plain file of one name", hint: "Look at who put it there")
      }
      // What is the owner's already may be anything, such as a damaged store that is kept.
      guard
        status.st_uid == owner.user
          || (kind ?? StoreFileKind(ofFileNamed: name)).matches(descriptor, size: Int(status.st_size))
      else {
        throw StoreError(
          .permission, "\(path) does not begin as a file of a store does", hint: "Look at who put it there, and move it"
        )
      }
    }
    try body(descriptor, status)
  }
}

/// What a file of a store begins with, by the end of its name.
private enum StoreFileKind {
  case database, log, index, journal, lock, undo

  init(ofFileNamed name: String) {
    self =
      name.hasSuffix("-wal")
      ? .log
      : name.hasSuffix("-shm")
        ? .index : name.hasSuffix("-journal") ? .journal : name.hasSuffix("-lock") ? .lock : .database
  }

  /// Whether the file is of this kind, or empty.
  func matches(_ descriptor: Int32, size: Int) -> Bool {
    if size == 0 { return true }
    return withUnsafeTemporaryAllocation(of: UInt8.self, capacity: StoreLock.maximumNote) { buffer in
      let count = pread(descriptor, buffer.baseAddress, buffer.count, 0)
      let head = buffer.prefix(max(0, count))
      return switch self {
      // https://www.sqlite.org/fileformat.html#the_database_header, and so on.
      case .database: head.starts(with: "SQLite format 3\0".utf8)
      case .log: head.starts(with: [0x37, 0x7F, 0x06, 0x82]) || head.starts(with: [0x37, 0x7F, 0x06, 0x83])
      case .index: head.starts(with: Self.indexVersion) || head.starts(with: [0, 0, 0, 0])
      // One that is done with begins with zeros.
      case .journal: head.starts(with: Store.journalMagic) || head.starts(with: [UInt8](repeating: 0, count: 8))
      case .undo: head.starts(with: UndoFile.magic.utf8)
      case .lock: size <= buffer.count && head.allSatisfy { StoreLock.noteCharacters.contains($0) }
      }
    }
  }

  /// https://www.sqlite.org/walformat.html#the_wal_index_header
  private static let indexVersion = withUnsafeBytes(of: UInt32(3_007_000)) { Array($0) }
}

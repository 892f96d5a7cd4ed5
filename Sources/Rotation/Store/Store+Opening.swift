internal import Glibc
internal import SQLite

/// What is checked before a file is used as a store.
extension Store {
  static func connect(_ path: String, deadline: Deadline) throws(SQLiteError) -> Database {
    let database = try Database(path: path, mode: .readWrite)
    database.busyTimeoutMilliseconds = deadline.remainingMilliseconds
    try database.keepLogOnClose()
    try database.sync(true)
    return database
  }

  /// Milliseconds that a call may wait for the store at `path`: the setting `busy_timeout_ms`, known before the store
  /// can be read.
  package static func callTimeout(path: String) -> Int {
    // If there is no store, or the file is not a store, nothing is made beside it.
    let timeout = try? StoreLock(storePath: path, isMade: false).note.timeoutMilliseconds
    return timeout ?? Settings().busyTimeoutMilliseconds
  }

  /// A store is a plain file: opening a FIFO would block, and a link could lead anywhere. It must belong to someone who
  /// may put a file in its place anyway. Otherwise anybody could make calls show any number.
  static func checkFile(_ path: String, ofAnyone: Bool = false) throws(StoreError) {
    var status = stat()
    guard lstat(path, &status) == 0 else {
      if errno == ENOENT || errno == ENOTDIR {
        throw StoreError(.missing, "there is no store at \(path)", hint: "Make one: callerid-admin --db \(path) init")
      }
      throw .system("cannot look at \(path)")
    }
    guard status.st_mode & S_IFMT == S_IFREG else {
      throw StoreError(.notAStore, "\(path) is not a plain file", hint: "Give the store's own path with --db")
    }
    if status.st_nlink > 1 { try checkNames(ofStore: path, status) }
    try checkJournal(ofStore: path)
    if !ofAnyone { try checkOwner(status, at: path) }
  }

  /// What a rollback journal says is done when the store is opened.
  private static func checkJournal(ofStore store: String) throws(StoreError) {
    let path = store + "-journal"
    var journal = stat()
    guard lstat(path, &journal) == 0 else { return }
    // SQLite would wait for the other end of a FIFO of this name.
    guard journal.st_mode & S_IFMT == S_IFREG else {
      throw StoreError(.notAStore, "\(path) is not a plain file", hint: "Remove it")
    }
    if journal.st_size == 0 { return }
    // With root's rights only what root has written.
    guard geteuid() != 0 || journal.st_uid == 0 else {
      throw StoreError(
        .permission, "\(path) holds something that is not root's", hint: "Run the command as the store's owner")
    }
    guard try !namesAnotherFile(journal: path) else {
      throw StoreError(
        .permission, "\(path) names another file, which would be deleted; no program of callerid writes such a journal",
        hint: "Look at who put it there, and remove it")
    }
  }

  /// Whether a journal ends with the name of a super-journal, as one part of a transaction on several databases does
  /// (https://www.sqlite.org/fileformat.html#the_rollback_journal).
  private static func namesAnotherFile(journal path: String) throws(StoreError) -> Bool {
    let descriptor = open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC)
    guard descriptor >= 0 else {
      if errno == ENOENT { return false }
      throw .system("cannot open \(path)")
    }
    defer { close(descriptor) }
    let end = lseek(descriptor, 0, SEEK_END)
    return withUnsafeTemporaryAllocation(of: UInt8.self, capacity: journalMagic.count) { buffer in
      let offset = end - off_t(buffer.count)
      return offset > 0 && pread(descriptor, buffer.baseAddress, buffer.count, offset) == buffer.count
        && buffer.elementsEqual(journalMagic)
    }
  }

  /// What a journal begins with; what it ends with too if it names another file.
  static let journalMagic: [UInt8] = [0xD9, 0xD5, 0x05, 0xF9, 0x20, 0xA1, 0x63, 0xD7]

  /// A store of two names has a log beside each of them: what is written through one is lost to the other.
  ///
  /// - Throws: `notAStore` if a second name is not one that a restore has given the store in its folder.
  private static func checkNames(ofStore path: String, _ store: stat) throws(StoreError) {
    let folder = Path.folder(of: path)
    let own = try Path.entries(of: folder).filter { name in
      name == Path.name(of: path) || name.hasPrefix(Path.name(of: path) + keptMark)
    }.filter { store.isSameFile(as: Path.status(of: folder + "/" + $0)) }
    guard own.count < Int(store.st_nlink) else { return }
    throw StoreError(
      .notAStore, "\(path) has another name elsewhere, by which its calls would not be seen",
      hint: "Find it with: find / -samefile \(path), and remove it")
  }

  /// - Throws: `permission` if the store belongs to somebody who could not have put it at its place.
  private static func checkOwner(_ store: stat, at path: String) throws(StoreError) {
    if store.st_uid == 0 || store.st_uid == geteuid() { return }
    var folder = stat()
    guard stat(Path.folder(of: path), &folder) == 0, isTrusted(store, in: folder) else {
      throw foreign(store, at: path)
    }
  }

  /// Whether a store belongs to root, to this user or to the folder's owner, or lies in a folder in which root lets its
  /// owner put files.
  static func isTrusted(_ store: stat, in folder: stat) -> Bool {
    store.st_uid == 0 || store.st_uid == geteuid() || folder.st_uid == store.st_uid
      || folder.st_uid == 0 && folder.st_mode & S_IWOTH == 0
  }

  static func foreign(_ store: stat, at path: String) -> StoreError {
    StoreError(
      .permission, "\(path) belongs to the user \(store.st_uid), who has no part in its folder",
      hint: "If it is yours, give it to Asterisk's user: callerid-admin init --owner USER")
  }

  /// Gives the store's group to what SQLite has made beside the store for a member of that group. In a folder of the mode
  /// 2770 it has it already.
  static func shareFiles(ofStore path: String) {
    guard let store = Path.status(of: path), store.st_uid != geteuid() else { return }
    // By the path, since closing one of them would drop SQLite's locks; nobody can give away what is another's.
    for end in ["-wal", "-shm"] { lchown(path + end, .max, store.st_gid) }
  }

  static func checkSchema(of database: Database, at path: String) throws {
    guard try Schema.isOurs(database) else {
      throw StoreError(.notAStore, "\(path) is not a rotation store", hint: "Make one: callerid-admin init")
    }
    let version = try Schema.version(of: database)
    guard version == Schema.version else {
      let hint =
        version < Schema.version
        ? "Bring it up to date: callerid-admin init" : "Install the newer callerid-agi and callerid-admin"
      throw StoreError(
        .schema, "the store has schema \(version), this program needs \(Schema.version)", hint: hint)
    }
  }
}

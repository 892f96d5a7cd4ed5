internal import Glibc

/// Gives the files of a store to the user that Asterisk runs as, and keeps everybody else out.
extension Store {
  package typealias Owner = (user: UInt32, group: UInt32)

  /// The files that SQLite and these programs keep beside a store.
  static let fileEnds = ["", "-wal", "-shm", "-journal", "-lock"]

  /// Whether a file in the store's folder is the store, belongs to it, or was made from it.
  private static func isOfStore(_ name: String, named store: String) -> Bool {
    name == store || name.hasPrefix(store + "-") || name.hasPrefix(store + ".")
  }

  /// Gives the store, what stands beside it, its folder where that holds nothing else, and its backups to `owner`.
  ///
  /// To be called when this process has no connection to it: closing a file drops the locks that its process holds on it.
  static func give(_ path: String, to owner: Owner) throws(StoreError) {
    for file in try belongings(ofStore: path) {
      try withFile(file) { (descriptor, status) throws(StoreError) in
        if status.st_uid == owner.user, status.st_gid == owner.group { return }
        guard fchown(descriptor, owner.user, owner.group) == 0 else {
          throw .system("cannot give \(file) to its owner")
        }
      }
    }
  }

  /// Gives all that belongs to a store to `owner`, and lets its group use it and nobody else.
  ///
  /// - Returns: what was changed.
  package static func mendFiles(ofStore path: String, owner: Owner) throws(StoreError) -> [String] {
    var mended: [String] = []
    for file in try belongings(ofStore: path) {
      try withFile(file) { (descriptor, status) throws(StoreError) in
        if status.st_uid != owner.user || status.st_gid != owner.group {
          guard fchown(descriptor, owner.user, owner.group) == 0 else {
            throw .system("cannot give \(file) to its owner", hint: "Run it as root")
          }
          mended.append("\(file) given to \(owner.user):\(owner.group)")
        }
        let mode: mode_t = status.isFolder ? 0o2770 : 0o660
        if status.st_mode & 0o7777 != mode {
          guard fchmod(descriptor, mode) == 0 else { throw .system("cannot change the mode of \(file)") }
          mended.append("\(file) is for its owner and group alone")
        }
      }
    }
    return mended
  }

  private static func belongings(ofStore path: String) throws(StoreError) -> [String] {
    let folder = Path.folder(of: path)
    let backups = backupFolder(ofStore: path)
    let entries = try Path.entries(of: folder)
    var files = entries.filter { isOfStore($0, named: Path.name(of: path)) }.sorted().map { folder + "/" + $0 }
    if Path.status(of: backups)?.isFolder == true {
      files += [backups] + (try Self.backups(in: backups, ofStore: path)).map { backups + "/" + $0 }
    }
    let isOwn = entries.allSatisfy { isOfStore($0, named: Path.name(of: path)) || $0 == Path.name(of: backups) }
    return isOwn ? [folder] + files : files
  }

  /// By a descriptor, and of one name only: whoever may write in the folder could put another file in its place while
  /// root is at it.
  private static func withFile(
    _ path: String, _ body: (Int32, stat) throws(StoreError) -> Void
  ) throws(StoreError) {
    let descriptor = open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC)
    guard descriptor >= 0 else { throw .system("cannot open \(path)") }
    defer { close(descriptor) }
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { throw .system("cannot look at \(path)") }
    guard status.isFolder || status.isPlainFile && status.st_nlink == 1 else {
      throw StoreError(.permission, "\(path) is not a plain file of one name", hint: "Look at who put it there")
    }
    try body(descriptor, status)
  }
}

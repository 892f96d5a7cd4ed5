internal import Glibc
internal import SQLite

extension Store {
  /// What `create` did.
  package enum Creation: Equatable, Sendable {
    case made, unchanged
    case upgraded(fromSchema: Int)
  }

  /// Makes the store and its folder, or brings an older store up to this version. What the store already holds is kept.
  ///
  @discardableResult
  package static func create(path: String, clock: Clock = .system) throws(StoreError) -> Creation {
    try makeFile(path, owner: nil)
    try checkFile(path)
    let creation = try migrate(path, at: clock.now())
    try Store(path: path, clock: clock).noteCreation(creation)
    return creation
  }

  /// Makes the store's folder and an empty file for it if they are missing, and gives all that belongs to the store to a
  /// user. Nothing in it is opened: that is for its owner, who calls `create` next.
  ///
  /// - Parameter owner: user and group IDs.
  package static func prepareFiles(path: String, owner: Owner) throws(StoreError) {
    try makeFile(path, owner: owner)
    // It may belong to anybody now, because its owner is set next.
    try checkFile(path, ofAnyone: true)
    try give(path, to: owner)
  }

  private static func makeFile(_ path: String, owner: Owner?) throws(StoreError) {
    try makeFolder(ofFile: path, owner: owner)
    guard Path.status(of: path) == nil else { return }
    // SQLite gives the log and the index beside the store the store's own mode and owner.
    let descriptor = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o660)
    guard descriptor >= 0 else { throw .system("cannot make \(path)") }
    fchmod(descriptor, 0o660)
    close(descriptor)
  }

  private func noteCreation(_ creation: Creation) throws(StoreError) {
    switch creation {
    case .made: try note("init")
    case .upgraded(let schema): try note("init, from schema \(schema)")
    case .unchanged: break
    }
    try publishTimeout()
    LogRoom.reserve(ofStore: path)
  }

  private static func migrate(_ path: String, at now: Int) throws(StoreError) -> Creation {
    let deadline = Patience.long.deadline
    return try StoreLock(storePath: path).hold(until: deadline) { _ in
      try migrate(connect(path, deadline: deadline), at: now, calledByUser: path)
    }
  }

  private static func migrate(_ database: Database, at now: Int, calledByUser path: String) throws -> Creation {
    let isEmpty = try database.value("SELECT count(*) FROM sqlite_schema") == 0
    guard try isEmpty || Schema.isOurs(database) else {
      throw StoreError(.notAStore, "\(path) is another program's file", hint: "Choose another path with --db")
    }
    let version = try Schema.version(of: database)
    // Small pages: a pick writes about ten of them to the log. An existing store keeps its page size.
    try database.execute("PRAGMA page_size = 1024; PRAGMA journal_mode = WAL")
    try Schema.migrate(database, at: now)
    return isEmpty ? .made : version < Schema.version ? .upgraded(fromSchema: version) : .unchanged
  }

  private static func makeFolder(ofFile path: String, owner: Owner?) throws(StoreError) {
    let folder = Path.folder(of: path)
    guard Path.status(of: folder) == nil else { return }
    try makeParents(of: folder)
    try makeSharedFolder(folder, owner: owner)
  }

  /// Makes a folder for its owner and its group. Others must not read who was called. The group must be able to make
  /// SQLite's files in it, which get the folder's group, whoever makes them.
  static func makeSharedFolder(_ folder: String, owner: Owner?) throws(StoreError) {
    guard mkdir(folder, 0o700) == 0 else { throw .system("cannot make the folder \(folder)") }
    let descriptor = open(folder, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
    guard descriptor >= 0 else { throw .system("cannot open the folder \(folder)") }
    defer { close(descriptor) }
    if let owner, fchown(descriptor, owner.user, owner.group) != 0 {
      throw .system("cannot give \(folder) to its owner")
    }
    fchmod(descriptor, 0o2770)
  }

  private static func makeParents(of folder: String) throws(StoreError) {
    let parent = Path.folder(of: folder)
    guard Path.status(of: parent) == nil else { return }
    try makeParents(of: parent)
    guard mkdir(parent, 0o755) == 0 else { throw .system("cannot make the folder \(parent)") }
  }
}

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
  /// - Parameter owner: user and group IDs for the files and for a folder that is made.
  @discardableResult
  package static func create(
    path: String, owner: (user: UInt32, group: UInt32)? = nil, clock: Clock = .system
  ) throws(StoreError) -> Creation {
    try makeFolder(ofFile: path, owner: owner)
    if Path.status(of: path) == nil {
      // SQLite gives the log and the index beside the store the store's own mode and owner.
      let descriptor = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o660)
      guard descriptor >= 0 else { throw .system("cannot make \(path)") }
      fchmod(descriptor, 0o660)
      close(descriptor)
    }
    // It may belong to anybody now, because its owner is set next.
    try checkFile(path, ofAnyone: owner != nil)
    let creation = try migrate(path, at: clock.now())
    if let owner { try give(path, to: owner) }
    try Store(path: path, clock: clock).noteCreation(creation)
    // Opening the store has made files beside it, which belong to whoever ran this.
    if let owner { try give(path, to: owner) }
    return creation
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

  private static func makeFolder(ofFile path: String, owner: (user: UInt32, group: UInt32)?) throws(StoreError) {
    let folder = Path.folder(of: path)
    guard Path.status(of: folder) == nil else { return }
    try makeParents(of: folder)
    guard mkdir(folder, 0o750) == 0 else { throw .system("cannot make the folder \(folder)") }
    // Others must not read who was called. The group must be able to make SQLite's files beside the store.
    chmod(folder, 0o770)
    if let owner, lchown(folder, owner.user, owner.group) != 0 {
      throw .system("cannot give \(folder) to its owner")
    }
  }

  private static func makeParents(of folder: String) throws(StoreError) {
    let parent = Path.folder(of: folder)
    guard Path.status(of: parent) == nil else { return }
    try makeParents(of: parent)
    guard mkdir(parent, 0o755) == 0 else { throw .system("cannot make the folder \(parent)") }
  }
}

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
    let folder = try madeFolder(ofFile: path, owner: owner)
    guard folder.status(of: Path.name(of: path)) == nil else { return }
    // SQLite gives the log and the index beside the store the store's own mode and owner.
    let descriptor = folder.open(Path.name(of: path), O_RDWR | O_CREAT | O_EXCL, mode: 0o660)
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

  /// The folder of a file, with what is missing of its path.
  private static func madeFolder(ofFile path: String, owner: Owner?) throws(StoreError) -> Folder {
    if let folder = try Folder.ifThere(Path.folder(of: path)) { return folder }
    return try makeSharedFolder(Path.folder(of: path), owner: owner)
  }

  /// Makes a folder for its owner and its group. Others must not read who was called. The group must be able to make
  /// SQLite's files in it, which get the folder's group, whoever makes them.
  ///
  /// - Parameter owner: nil for this user and the group that the folder above gives.
  static func makeSharedFolder(_ path: String, owner: Owner?) throws(StoreError) -> Folder {
    let parent = try Folder(Path.folder(of: path), makingParents: true)
    guard parent.make(Path.name(of: path), mode: 0o700) else { throw .system("cannot make the folder \(path)") }
    // Whoever may write in the folder above could have put another one in its place.
    guard let folder = parent.folder(Path.name(of: path)), try folder.status().st_uid == geteuid(),
      try folder.entries().isEmpty
    else {
      throw StoreError(.permission, "\(path) is not the folder that was made", hint: "Look at who put it there")
    }
    let descriptor = folder.open(".", O_RDONLY | O_DIRECTORY)
    defer { close(descriptor) }
    if let owner {
      let isGiven = fchown(descriptor, .max, owner.group) == 0
      guard isGiven && fchown(descriptor, owner.user, .max) == 0 || geteuid() != 0 else {
        throw .system("cannot give \(path) to its owner")
      }
    }
    // A service that systemd keeps from giving files other users' rights (RestrictSUIDSGID) may not say that the folder's
    // group is inherited. What is kept in it is given its group file by file.
    if fchmod(descriptor, 0o2770) != 0 { fchmod(descriptor, 0o770) }
    return folder
  }
}

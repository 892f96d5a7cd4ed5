internal import Glibc
internal import SQLite

/// The rotation store: one SQLite file with the operator's numbers, their usage and the request log.
///
/// A store is used by one thread. Every rule of the domain and every line of SQL is in this module.
package final class Store {
  package let path: String
  package private(set) var settings = Settings()
  let clock: Clock
  let database: Database
  let lock: StoreLock
  /// Pools and carriers that the transaction at hand has read.
  var knownPools: [Pool] = []
  var knownCarriers: [Carrier] = []
  /// Numbers that the transaction at hand has added to each pool, by the pool's ID.
  var poolGrowth: [Int: Int] = [:]
  /// How late it was when a number was filed last, to a minute.
  var latestFiling = 0
  /// Whether numbers are to be filed anew.
  var isRefiling = false
  /// Groups of woken numbers that searches have looked at since numbers were woken last.
  var groupsSteppedOver = 0
  private let index: WALIndexKeeper?
  private let use: Use

  /// Who opens a store decides how long it waits for other processes.
  package enum Use: Sendable {
    /// One call: until the deadline at the latest, holding the writer's place from opening until `letGo()`.
    case call(Deadline)
    /// The operator: ten seconds for each write.
    case administration
  }

  /// Opens the store at `path`, which must be there and be of this version.
  ///
  /// - Throws: `missing`, `notAStore`, `schema`, `busy`, `permission`, `failed`.
  package init(path: String, for use: Use, clock: Clock = .system) throws(StoreError) {
    try Self.checkFile(path)
    self.path = path
    self.use = use
    self.clock = clock
    lock = try StoreLock(storePath: path)
    let deadline = use.deadline
    // The first to open a store reads its whole log; others would meet that as a lock of SQLite's own.
    try lock.acquire(until: deadline)
    let stamp = lock.note.stamp
    index = !stamp.isEmpty && stamp == WALIndexKeeper.stamp(ofStore: path) ? WALIndexKeeper(ofStore: path) : nil
    do {
      database = try Self.connect(path, deadline: deadline)
      // A call reads the settings in the transaction that it picks in: SQLite takes its locks once.
      if case .call = use { try database.begin() }
      try checkSchema()
      try loadSettings()
      try lookAtClock()
    } catch {
      // The lock goes with its file descriptor.
      throw StoreError(error)
    }
    guard case .administration = use else { return }
    leave()
    try finishRefiling()
  }

  /// To be called first by a program of one thread.
  package static func useOneThread() { Database.useOneThread() }

  /// Gives up the writer's place that a call has held since it opened the store.
  package func letGo() {
    if case .call = use { leave() }
  }

  deinit {
    guard case .administration = use, (try? lock.acquire(until: .after(milliseconds: 0))) != nil else { return }
    vouch()
    lock.release()
  }

  /// Gives up the writer's place. The index that a call leaves is vouched for at once, the operator's when the store is
  /// closed: while it is open, nobody makes the index anew.
  private func leave() {
    lock.release { if case .call = use { vouch() } }
  }

  private func vouch() { lock.note.stamp = WALIndexKeeper.stamp(ofStore: path) ?? "" }

  /// Runs `body` in the writer's place, where no transaction is wanted; `write` is for all else.
  func exclusively<Result>(_ body: () throws -> Result) throws(StoreError) -> Result {
    try lock.acquire(until: use.deadline)
    defer { leave() }
    do { return try body() } catch { throw StoreError(error) }
  }

  /// Milliseconds that a call may wait for the store at `path`: the setting `busy_timeout_ms`, known before the store
  /// can be read.
  package static func callTimeout(path: String) -> Int {
    // Nothing is made beside a store that is not there, or a file that is none.
    let timeout = try? StoreLock(storePath: path, isMade: false).note.timeoutMilliseconds
    return timeout ?? Settings().busyTimeoutMilliseconds
  }

  // MARK: Making one

  /// What `create` found to do.
  package enum Creation: Equatable, Sendable {
    case made, unchanged
    case upgraded(fromSchema: Int)
  }

  /// Makes the store and its folder, or brings an older store up to this version. What is there stays.
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
    // Whom it belongs to does not matter where its owner is about to be named.
    try checkFile(path, ofAnyone: owner != nil)
    let creation: Creation
    do { creation = try migrate(path, at: clock.now()) } catch { throw StoreError(error) }
    if let owner { try give(path, to: owner) }
    let store = try Store(path: path, for: .administration, clock: clock)
    switch creation {
    case .made: try store.note("init")
    case .upgraded(let schema): try store.note("init, from schema \(schema)")
    case .unchanged: break
    }
    try store.publishTimeout()
    // What was made since, where this is not root, who makes it for the store's owner.
    if let owner { try give(path, to: owner) }
    return creation
  }

  private static func migrate(_ path: String, at now: Int) throws -> Creation {
    let lock = try StoreLock(storePath: path)
    let deadline = Use.administration.deadline
    try lock.acquire(until: deadline)
    defer { lock.release() }
    let database = try connect(path, deadline: deadline)
    let isEmpty = try database.value("SELECT count(*) FROM sqlite_schema") == 0
    guard try isEmpty || Schema.isOurs(database) else {
      throw StoreError(.notAStore, "\(path) is another program's file", hint: "Choose another path with --db")
    }
    let version = try Schema.version(of: database)
    // Small pages: a pick writes about ten of them to the log. A store that is there keeps its own.
    try database.execute("PRAGMA page_size = 1024; PRAGMA journal_mode = WAL")
    try Schema.migrate(database, at: now)
    return isEmpty ? .made : version < Schema.version ? .upgraded(fromSchema: version) : .unchanged
  }

  private static func makeFolder(ofFile path: String, owner: (user: UInt32, group: UInt32)?) throws(StoreError) {
    let folder = Path.folder(of: path)
    guard Path.status(of: folder) == nil else { return }
    try makeParents(of: folder)
    guard mkdir(folder, 0o750) == 0 else { throw .system("cannot make the folder \(folder)") }
    // Who was called is nobody else's business; the group needs to make SQLite's files beside the store.
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

  // MARK: Opening

  private static func connect(_ path: String, deadline: Deadline) throws(SQLiteError) -> Database {
    let database = try Database(path: path, mode: .readWrite)
    database.busyTimeoutMilliseconds = deadline.remainingMilliseconds
    try database.keepLogOnClose()
    // Syncs at checkpoints only. No crash of a process loses a commit; a power loss may lose the last ones, and never
    // leaves the store inconsistent (https://www.sqlite.org/pragma.html#pragma_synchronous).
    try database.execute("PRAGMA synchronous = NORMAL")
    return database
  }

  /// A store is a plain file: opening a FIFO would block, and a link could lead anywhere. It belongs to whoever may put a
  /// file at its place, or calls could be made to show any number.
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
    // SQLite would wait for the other end of a FIFO of this name.
    var journal = stat()
    guard lstat(path + "-journal", &journal) != 0 || journal.st_mode & S_IFMT == S_IFREG else {
      throw StoreError(.notAStore, "\(path)-journal is not a plain file", hint: "Remove it")
    }
    guard ofAnyone || isTrusted(status, at: path) else {
      throw StoreError(
        .permission, "\(path) belongs to the user \(status.st_uid), who has no part in its folder",
        hint: "If it is yours, give it to Asterisk's user: callerid-admin init --owner USER")
    }
  }

  /// Whether it is root's, ours, or of the folder's owner, or lies where root lets its owner put it.
  private static func isTrusted(_ store: stat, at path: String) -> Bool {
    if store.st_uid == 0 || store.st_uid == geteuid() { return true }
    var folder = stat()
    guard stat(Path.folder(of: path), &folder) == 0 else { return false }
    return folder.st_uid == store.st_uid || folder.st_uid == 0 && folder.st_mode & S_IWOTH == 0
  }

  private func checkSchema() throws {
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

  // MARK: Reading and writing

  /// One `BEGIN IMMEDIATE` transaction in the writer's place, and a checkpoint when the log has grown.
  func write<Result>(_ body: () throws -> Result) throws(StoreError) -> Result {
    forgetNames()
    poolGrowth.removeAll()
    return try exclusively {
      let result = try database.transaction {
        let result = try body()
        if !poolGrowth.isEmpty { try saveGrowth() }
        return result
      }
      if database.logFrames >= use.checkpointFrames {
        // The commit stands; a reader in the way only puts the checkpoint off until the next one.
        try? database.checkpoint()
      }
      return result
    }
  }

  /// Runs `body` as `write` does, and undoes all of it.
  func rehearse<Result>(_ body: () throws -> Result) throws(StoreError) -> Result {
    forgetNames()
    defer { forgetNames() }
    return try exclusively { try database.rehearsal(body) }
  }

  /// Runs `body` on one state of the store, whatever others write meanwhile.
  func read<Result>(_ body: () throws -> Result) throws(StoreError) -> Result {
    forgetNames()
    do { return try database.snapshot(body) } catch { throw StoreError(error) }
  }

  /// Lets calls go ahead between the steps of a long work: a process that waits for the writer's place must get to run to
  /// take it.
  func letCallsGoAhead() { usleep(500) }

  /// Other processes may have changed pools and carriers since.
  func forgetNames() {
    knownPools.removeAll(keepingCapacity: true)
    knownCarriers.removeAll(keepingCapacity: true)
  }

  // MARK: Settings

  private func loadSettings() throws {
    try database.each("SELECT key, value FROM setting WHERE campaign_id = 0") { row in
      switch row[0] as String {
      case Self.latest: latestFiling = row[1]
      case Self.refiledTo: isRefiling = true
      case let key:
        // A key of another version, or a value changed by hand into nonsense, leaves the default in force.
        if let setting = Setting(rawValue: key) { try? setting.set(row[1], in: &settings) }
      }
    }
  }

  /// Checks and keeps a setting; nil brings back its default.
  ///
  /// - Throws: `refused` with what would be right.
  package func set(_ setting: Setting, to text: String?) throws(StoreError) {
    var changed = settings
    try setting.set(text ?? setting.defaultValue, in: &changed)
    let previous = settings
    settings = changed
    let value = setting.value(in: changed)
    do {
      try change("config " + (text == nil ? "unset \(setting.rawValue)" : "set \(setting.rawValue) \(value)")) {
        try keepSetting(setting.rawValue, ofCampaign: 0, text == nil ? nil : value)
        if changed.sleepsDiffer(from: previous) { try noteRefiling() }
      }
    } catch {
      settings = previous
      throw error
    }
    try finishRefiling()
    try publishTimeout()
  }

  func keepSetting(_ key: String, ofCampaign id: Int, _ value: String?) throws {
    guard let value else {
      return try database.run("DELETE FROM setting WHERE campaign_id = ? AND key = ?", id, key)
    }
    try database.run("INSERT OR REPLACE INTO setting (campaign_id, key, value) VALUES (?, ?, ?)", id, key, value)
  }

  /// Tells calls how long they may wait, where they can read it before they have the store open.
  private func publishTimeout() throws(StoreError) {
    try exclusively { lock.note.timeoutMilliseconds = settings.busyTimeoutMilliseconds }
  }
}

extension Store.Use {
  /// Frames in the write-ahead log past which whoever commits moves it into the store, while all others wait.
  ///
  /// A call does it rarely: of a hundred calls none or one. Long works write as much as hundreds of calls in no time, and
  /// would keep those that come waiting again and again: they do it by small steps.
  fileprivate var checkpointFrames: Int {
    switch self {
    case .call: 4000
    case .administration: 1000
    }
  }

  fileprivate var deadline: Deadline {
    switch self {
    case .call(let deadline): deadline
    case .administration: .after(milliseconds: 10_000)
    }
  }
}

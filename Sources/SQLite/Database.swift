internal import CSQLite

/// One connection to one database file, used by one thread.
///
/// SQL is a `StaticString`: a literal of this project's source, so that no text from outside can become SQL. The
/// literal's address is also the key under which its prepared statement is kept.
package final class Database {
  let handle: OpaquePointer
  /// There are few, so they are searched one after the other.
  private var statements: [Cached] = []
  private var isOpen = true
  /// Nil: SQLite's default, which also syncs at each commit.
  private var syncs: Bool?
  private let logFrameCount: UnsafeMutablePointer<Int32>

  /// A box, since an array holds copyable values only.
  private final class Cached {
    let key: UnsafePointer<UInt8>
    let statement: Statement
    var inUse = true
    init(_ key: UnsafePointer<UInt8>, _ statement: consuming Statement) {
      self.key = key
      self.statement = statement
    }
  }

  package enum Mode {
    case readOnly
    /// What the file itself holds, without its log and without a lock: it may be of no one moment.
    case fileAlone
    case readWrite
    /// Makes the file where there is none.
    case create
  }

  /// Opens `path`; nothing is read from the file before the first statement.
  ///
  /// - Parameter followsLinks: false if no part of the path may be a symbolic link.
  package init(path: String, mode: Mode, followsLinks: Bool = true) throws(SQLiteError) {
    let access =
      switch mode {
      case .readOnly: SQLITE_OPEN_READONLY
      case .fileAlone: SQLITE_OPEN_READONLY | SQLITE_OPEN_URI
      case .readWrite: SQLITE_OPEN_READWRITE
      case .create: SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE
      }
    var handle: OpaquePointer?
    let flags = access | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE | (followsLinks ? 0 : SQLITE_OPEN_NOFOLLOW)
    let name = mode == .fileAlone ? "file:\(Self.escaped(path))?immutable=1" : path
    let code = sqlite3_open_v2(name, &handle, flags, Self.files)
    guard code == SQLITE_OK, let handle else {
      let error = SQLiteError(on: handle)
      sqlite3_close_v2(handle)
      throw error
    }
    self.handle = handle
    logFrameCount = .allocate(capacity: 1)
    logFrameCount.initialize(to: 0)
    // This replaces SQLite's own hook, which would checkpoint by itself.
    sqlite3_wal_hook(
      handle,
      { count, _, _, frames in
        count?.assumingMemoryBound(to: Int32.self).pointee = frames
        return SQLITE_OK
      }, logFrameCount)
  }

  /// A path as a part of a URI (https://www.sqlite.org/uri.html).
  private static func escaped(_ path: String) -> String {
    path.unicodeScalars.map { "%?#".unicodeScalars.contains($0) ? "%" + String($0.value, radix: 16) : String($0) }
      .joined()
  }

  /// SQLite's way to the files, but for super-journals. The name is a constant of the C program, which nobody changes.
  nonisolated(unsafe) private static let files: UnsafePointer<CChar>? = csqlite_files()

  deinit {
    close()
    logFrameCount.deallocate()
  }

  /// Closes the connection now, instead of with its last reference. It must not be used afterwards.
  package func close() {
    guard isOpen else { return }
    isOpen = false
    statements.removeAll()
    sqlite3_close_v2(handle)
  }

  /// How long a statement waits for another connection's lock; 0 gives up at once.
  package var busyTimeoutMilliseconds = 0 {
    didSet { sqlite3_busy_timeout(handle, Int32(clamping: busyTimeoutMilliseconds)) }
  }

  /// Whether it waits for the disk where a log is begun or copied, which is `PRAGMA synchronous = NORMAL`: no crash of a
  /// process loses a commit; a power loss may lose the last ones, and never leaves the database inconsistent
  /// (https://www.sqlite.org/pragma.html#pragma_synchronous). To be set outside of transactions.
  package func sync(_ isWaitedFor: Bool) throws(SQLiteError) {
    if syncs == isWaitedFor { return }
    syncs = isWaitedFor
    if isWaitedFor { try execute("PRAGMA synchronous = NORMAL") } else { try execute("PRAGMA synchronous = OFF") }
  }

  /// Leaves the write-ahead log in place when the last connection closes, instead of checkpointing it.
  package func keepLogOnClose() throws(SQLiteError) {
    guard csqlite_no_checkpoint_on_close(handle) == SQLITE_OK else { throw SQLiteError(on: handle) }
  }

  /// Sets the size of the page cache, in pages, or in KiB where it is negative, until the connection is closed
  /// (https://www.sqlite.org/pragma.html#pragma_cache_size).
  package func setCacheSize(_ size: Int) throws(SQLiteError) {
    guard sqlite3_exec(handle, "PRAGMA cache_size = \(size)", nil, nil, nil) == SQLITE_OK else {
      throw SQLiteError(on: handle)
    }
  }

  /// Rows inserted, updated or deleted by the last statement that did so.
  package var changes: Int { Int(sqlite3_changes64(handle)) }

  /// Frames in the write-ahead log after this connection's last commit; 0 before there was one.
  package var logFrames: Int { Int(logFrameCount.pointee) }

  package var lastInsertedRowID: Int { Int(sqlite3_last_insert_rowid(handle)) }

  // MARK: Statements

  /// Runs a statement to its end.
  package func run(_ sql: StaticString, _ values: (any Value)...) throws(SQLiteError) {
    try step(sql, values) { _ in true }
  }

  /// The first row, read by `body`, or nil where there is none.
  package func first<Result>(
    _ sql: StaticString, _ values: (any Value)..., body: (borrowing Row) -> Result
  ) throws(SQLiteError) -> Result? {
    var result: Result?
    try step(sql, values) { row in
      result = body(row)
      return false
    }
    return result
  }

  /// The one value of the one row of a query, such as a count.
  package func value<Result: Value>(
    _ sql: StaticString, _ values: (any Value)..., as type: Result.Type = Result.self
  ) throws(SQLiteError) -> Result? {
    var result: Result?
    try step(sql, values) { row in
      result = row[0] as Result
      return false
    }
    return result
  }

  /// Hands each row to `body` in turn.
  package func each(
    _ sql: StaticString, _ values: (any Value)..., body: (borrowing Row) -> Void
  ) throws(SQLiteError) {
    try step(sql, values) { row in
      body(row)
      return true
    }
  }

  /// Each row read by `body`, in order.
  package func all<Result>(
    _ sql: StaticString, _ values: (any Value)..., body: (borrowing Row) -> Result
  ) throws(SQLiteError) -> [Result] {
    var results: [Result] = []
    try step(sql, values) { row in
      results.append(body(row))
      return true
    }
    return results
  }

  /// Hands rows to `body` for as long as it asks for more.
  private func step(
    _ sql: StaticString, _ values: [any Value], body: (borrowing Row) -> Bool
  ) throws(SQLiteError) {
    let cached = try prepare(sql)
    defer { release(cached) }
    try cached.statement.bind(values)
    while try cached.statement.step(), body(Row(handle: cached.statement.handle)) {}
  }

  /// Runs several statements that take and return nothing: pragmas, a migration.
  package func execute(_ sql: StaticString) throws(SQLiteError) {
    let code = sql.withUTF8Buffer { utf8 in
      // A literal's buffer is followed by the NUL that C expects.
      utf8.withMemoryRebound(to: CChar.self) { sqlite3_exec(handle, $0.baseAddress, nil, nil, nil) }
    }
    guard code == SQLITE_OK else { throw SQLiteError(on: handle, sql: sql.description) }
  }

  private func prepare(_ sql: StaticString) throws(SQLiteError) -> Cached {
    let key = sql.utf8Start
    let known = statements.first { $0.key == key }
    if let known, !known.inUse {
      known.inUse = true
      return known
    }
    let cached = Cached(key, try Statement(sql.description, on: handle))
    // A statement that an outer loop is still stepping through stays as it is.
    if known == nil { statements.append(cached) }
    return cached
  }

  private func release(_ cached: Cached) {
    cached.statement.reset()
    cached.inUse = false
  }

  // MARK: Transactions

  /// Begins a `BEGIN IMMEDIATE` transaction, which the next `transaction` goes on with.
  package func begin() throws(SQLiteError) { try run("BEGIN IMMEDIATE") }

  /// Runs `body` in a `BEGIN IMMEDIATE` transaction: committed when it returns, rolled back when it throws.
  package func transaction<Result>(_ body: () throws -> Result) throws -> Result {
    if !isInTransaction { try begin() }
    do {
      let result = try body()
      try commit()
      return result
    } catch {
      rollBack()
      throw error
    }
  }

  /// Commits the transaction, whose pages go to the write-ahead log at once.
  private func commit() throws(SQLiteError) {
    csqlite_gather(handle, 1)
    defer { csqlite_gather(handle, 0) }
    try run("COMMIT")
  }

  /// Runs `body` as a part of the transaction under way: where it throws, what the part has written is undone, and the
  /// rest of the transaction stands (https://www.sqlite.org/lang_savepoint.html). Parts may lie within one another.
  ///
  /// - Throws: what `body` throws.
  package func part<Result>(_ body: () throws -> Result) throws -> Result {
    try run("SAVEPOINT part")
    do {
      let result = try body()
      try run("RELEASE part")
      return result
    } catch {
      // After some failures SQLite has rolled back the whole transaction: `isInTransaction` tells.
      if isInTransaction {
        try run("ROLLBACK TO part")
        try run("RELEASE part")
      }
      throw error
    }
  }

  /// Whether a transaction is under way. A failure such as a full disk may have ended the one that was.
  package var isInTransaction: Bool { sqlite3_get_autocommit(handle) == 0 }

  /// Runs `body` in a transaction that is always rolled back, to see what would happen.
  package func rehearsal<Result>(_ body: () throws -> Result) throws -> Result {
    try begin()
    defer { rollBack() }
    return try body()
  }

  /// Runs `body`, which only reads, on one state of the database.
  package func snapshot<Result>(_ body: () throws -> Result) throws -> Result {
    try run("BEGIN")
    defer { rollBack() }
    return try body()
  }

  private func rollBack() {
    // SQLite has rolled back by itself after some failures (a full disk, say); then there is nothing left to undo.
    guard isInTransaction else { return }
    sqlite3_exec(handle, "ROLLBACK", nil, nil, nil)
  }

  /// Copies what the write-ahead log holds into the database, while others read and commit. Where all of it could be copied,
  /// whoever writes next begins the log again from its front; the file keeps its size.
  ///
  /// It waits for the disk twice. To be called where no other connection can begin a checkpoint, and for a log that is
  /// known to hold more than was copied already: SQLite 3.7.0 to 3.51.2 can corrupt a database whose log is begun again by
  /// one connection while another one begins a checkpoint of it (https://www.sqlite.org/wal.html#walresetbug).
  ///
  /// - Returns: whether all was copied that the log held at the end.
  @discardableResult
  package func copyLog() throws(SQLiteError) -> Bool {
    try sync(true)
    var (frames, copied): (Int32, Int32) = (0, 0)
    guard sqlite3_wal_checkpoint_v2(handle, nil, SQLITE_CHECKPOINT_PASSIVE, &frames, &copied) == SQLITE_OK else {
      throw SQLiteError(on: handle)
    }
    return frames == copied
  }

  /// Copies the log like `copyLog`, and gives its room back; fails at once where a reader still needs it.
  ///
  /// To be called only where no other connection can commit.
  package func emptyLog() throws(SQLiteError) {
    try sync(true)
    sqlite3_busy_timeout(handle, 0)
    defer { sqlite3_busy_timeout(handle, Int32(clamping: busyTimeoutMilliseconds)) }
    guard sqlite3_wal_checkpoint_v2(handle, nil, SQLITE_CHECKPOINT_TRUNCATE, nil, nil) == SQLITE_OK else {
      throw SQLiteError(on: handle)
    }
  }
}

internal import Glibc
internal import SQLite

/// The rotation store: one SQLite file with the operator's numbers, their usage and the request log.
///
/// A store is used by the thread that opened it, and runs one transaction at a time; anything else is refused. Every
/// rule of the domain and every line of SQL is in this module.
package final class Store {
  package let path: String
  let clock: Clock
  let database: Database
  let lock: StoreLock
  let index: WALIndexKeeper
  private let patience: Patience
  /// Who asks for what is done from here on.
  package var author: Author
  /// Whether what is done from here on is what the cluster has told.
  var isFollowing = false
  /// The audit's entry of a change in several transactions that is not completed yet.
  var openEntry: AuditEntry?
  /// Keeps what is needed to take changes back; nil where nobody wants that.
  var undo: UndoKeeper?
  private let logCopying: LogCopying
  /// Whether the log has grown so far, and it is this store's turn to copy it.
  var isToCopyLog = false
  /// The state as it was last read or committed by this store.
  private(set) var state = StoreState()
  /// SQLite's `data_version` at that time. If it is `nil`, the state must be read again.
  private var stateVersion: Int?
  /// The only thread that may use this store.
  private let thread = pthread_self()
  /// The store's own file, when it was opened.
  private let file: stat
  private var isInTransaction = false

  /// How long a transaction waits for other processes.
  package enum Patience: Sendable {
    case until(Deadline)
    case milliseconds(Int)

    /// For operators' commands and their programs.
    package static let long = Patience.milliseconds(10_000)

    var deadline: Deadline {
      switch self {
      case .until(let deadline): deadline
      case .milliseconds(let milliseconds): .after(milliseconds: milliseconds)
      }
    }
  }

  /// Who copies the write-ahead log into the store when it has grown and it is this store's turn.
  package enum LogCopying: Sendable {
    /// This store, at the end of a transaction: a long command writes as much in a moment as hundreds of calls do, and has
    /// time to copy it.
    case own
    /// A process that the program hands it to (`handOnLog`), so that no call waits for it.
    case handedOn
    /// A thread of a program that stays. While calls never pause the log cannot be begun again without holding them up for
    /// a moment, so it is done three times less often; at twelve megabytes `doctor` is still content.
    case thread

    /// Whether the process stays. While it has the store open its own connection keeps SQLite's index of the log for other
    /// processes, and it leaves the stamp that they would know the index by to its end (`recordIndex`).
    fileprivate var stays: Bool { if case .thread = self { true } else { false } }

    /// By how many frames the log grows before that: of a hundred calls none or one has it copied.
    fileprivate var growth: Int {
      switch self {
      case .own: 1000
      case .handedOn: 4000
      case .thread: 12_000
      }
    }
  }

  // MARK: Opening

  /// Opens the store at `path`, which must exist and have this version's schema, for an operator's command or for a
  /// process that stays. It finishes what another process has left half done, such as re-sorting the numbers.
  ///
  /// - Throws: `missing`, `notAStore`, `schema`, `busy`, `permission`, `failed`.
  package convenience init(
    path: String, patience: Patience = .long, author: Author = .user, logCopying: LogCopying = .own,
    clock: Clock = .system
  ) throws(StoreError) {
    try Self.checkFile(path)
    let lock = try StoreLock(storePath: path)
    // The first process to open a store makes SQLite recover the whole log; others would meet that as a lock of SQLite's
    // own.
    let held = try lock.acquire(until: patience.deadline)
    try self.init(
      path, lock, stamp: Self.soundStamp(ofStore: path, holding: held), patience: patience, author: author,
      logCopying: logCopying, clock: clock)
    try read { _ in }
    Self.shareFiles(ofStore: path)
    held.record(index)
    held.release()
    try finishResorting()
  }

  /// Opens the store at `path` for one call, and runs `body` in its first transaction: SQLite takes its locks once.
  ///
  /// - Parameter deadline: when to stop waiting for other processes, here and in later transactions.
  /// - Returns: what `body` returned, and the store, which holds no lock any more.
  /// - Throws: as opening does; what `body` throws.
  package static func call<Result>(
    path: String, until deadline: Deadline, clock: Clock = .system, _ body: (Transaction) throws -> Result
  ) throws(StoreError) -> (result: Result, store: Store) {
    try checkFile(path)
    let lock = try StoreLock(storePath: path)
    let held = try lock.acquire(until: deadline)
    let answer = try withSoundIndex(holding: held) { stamp throws(StoreError) in
      let store = try Store(
        path, lock, stamp: stamp, patience: .until(deadline), author: .user, logCopying: .handedOn, clock: clock)
      return (result: try store.commit(holding: held, by: store.author, body), store: store)
    }
    held.release()
    return answer
  }

  /// Runs `body` with the stamp of the kept index, and, where that ends with a sign of damage, once more without it: the
  /// index may be what is damaged, and SQLite then builds it from the log.
  private static func withSoundIndex<Result>(
    holding held: borrowing StoreLock.Held, _ body: (_ stamp: String) throws(StoreError) -> Result
  ) throws(StoreError) -> Result {
    let stamp = held.note.stamp
    do {
      return try body(stamp)
    } catch {
      guard !stamp.isEmpty, error.kind == .notAStore || error.kind == .failed else { throw error }
      held.note.stamp = ""
      return try body("")
    }
  }

  /// The stamp of the kept index, empty where the store cannot be read with it.
  private static func soundStamp(ofStore path: String, holding held: borrowing StoreLock.Held) throws(StoreError)
    -> String
  {
    try withSoundIndex(holding: held) { stamp throws(StoreError) in
      let index = WALIndexKeeper(ofStore: path, stamp: stamp)
      do {
        let database = try connect(path, deadline: .after(milliseconds: 10_000))
        defer { database.close() }
        try checkSchema(of: database, at: path)
      } catch {
        throw StoreError(error)
      }
      _ = index
      return stamp
    }
  }

  private init(
    _ path: String, _ lock: StoreLock, stamp: String, patience: Patience, author: Author, logCopying: LogCopying,
    clock: Clock
  ) throws(StoreError) {
    self.path = path
    self.lock = lock
    self.patience = patience
    self.author = author
    self.logCopying = logCopying
    self.clock = clock
    file = Path.status(of: path) ?? stat()
    index = WALIndexKeeper(ofStore: path, stamp: stamp)
    do { database = try Self.connect(path, deadline: patience.deadline) } catch { throw StoreError(error) }
  }

  // The index is kept until the connection is closed.
  deinit { database.close() }

  /// A program that has one thread calls this first.
  package static func useOneThread() { ProcessSettings.useOneThread() }

  /// A program with several threads, each of which opens its own stores, calls this first.
  package static func useThreads() { ProcessSettings.useThreads() }

  /// Whether another process waits for this one to close the store, to put a backup in its place. A process that stays
  /// asks now and then, lets go of its `Store`, and opens the store again when nobody asks any more.
  package var isAskedToClose: Bool { lock.isAskedToClose }

  /// The same of a store that is not open.
  package static func isAskedToClose(path: String) -> Bool {
    (try? StoreLock(storePath: path, isMade: false).isAskedToClose) ?? false
  }

  /// Whether another file has taken the place of this store's.
  package var isReplaced: Bool {
    guard let now = Path.status(of: path) else { return true }
    return !now.isSameFile(as: file)
  }

  // MARK: Reading and writing

  /// The settings, as they were when the store was last read or written.
  package var settings: Settings { state.settings }

  /// The time and the settings that the rules use now.
  package var moment: Moment { moment(in: 0) }

  /// The same in so many seconds.
  package func moment(in seconds: Int) -> Moment { Moment(now: clock.now() + seconds, settings: settings) }

  /// Runs `body` in one transaction under the store's lock: committed when it returns, rolled back when it throws. Then,
  /// without the lock, the log is copied into the store where it has grown: no other process waits for the disk.
  ///
  /// - Parameters:
  ///   - deadline: when to stop waiting for other processes; `nil` for the patience given when the store was opened.
  ///   - author: who asks; `nil` for the author given when the store was opened.
  package func write<Result>(
    until deadline: Deadline? = nil, by author: Author? = nil, _ body: (Transaction) throws -> Result
  ) throws(StoreError) -> Result {
    try alone {
      let deadline = deadline ?? patience.deadline
      // Another program's own locks are waited for no longer.
      database.busyTimeoutMilliseconds = deadline.remainingMilliseconds
      let result: Result
      do {
        result = try holdingLock(until: deadline) { held in
          try commit(holding: held, by: author ?? self.author) { try noting($0, body) }
        }
      } catch {
        undo?.rollBack()
        throw error
      }
      undo?.settle()
      if case .own = logCopying { copyLog() }
      return result
    }
  }

  /// Keeps what the transaction does, where that is to be kept.
  private func noting<Result>(_ transaction: Transaction, _ body: (Transaction) throws -> Result) throws -> Result {
    guard let undo else { return try body(transaction) }
    transaction.notes = []
    let result = try body(transaction)
    try undo.keep(transaction.notes ?? [], beginning: transaction.entry)
    return result
  }

  /// - Parameter isLogCopied: take the turn to copy the log, however short it is.
  func commit<Result>(
    holding held: borrowing StoreLock.Held, by author: Author, isLogCopied: Bool = false,
    _ body: (Transaction) throws -> Result
  ) throws(StoreError) -> Result {
    do {
      var committed = state
      // SQLite syncs the first page of a log that it begins, so that a power loss never mixes it with the pages of the old
      // log. An empty file has none, and a call need not wait.
      let beginsLog = (Path.status(of: path + "-wal")?.st_size ?? 0) == 0
      try database.sync(!beginsLog)
      let result = try database.transaction {
        let transaction = try begin(by: author)
        // Every log has the first page from its first transaction on: by the counter in it doctor tells whether the store
        // and the log are of one time (`mixedFinding`).
        if beginsLog { try Schema.writeFirstPage(of: database) }
        let result = try body(transaction)
        try transaction.finish()
        committed = transaction.memory.state
        return result
      }
      state = committed
      let noted = held.note
      var note = noted
      let frames = database.logFrames
      // A log that is shorter than it was has been begun again. One that a reader keeps from being begun again is tried
      // once for each such growth, and not by each call.
      let growth = frames - (frames < note.copiedFrames ? 0 : note.copiedFrames)
      if growth >= logCopying.growth || isLogCopied, !isToCopyLog, lock.takeTurnToCopyLog() {
        isToCopyLog = true
        note.copiedFrames = frames
      } else if frames < note.copiedFrames {
        note.copiedFrames = 0
      }
      if !logCopying.stays { note.stamp = index.stamp() ?? "" }
      if note != noted { held.note = note }
      return result
    } catch {
      throw StoreError(error)
    }
  }

  /// Records that the index of the log is sound, for the next process to use it as it is. To be called by a process that
  /// stays before it closes the store; if it could not, the next process has SQLite read the whole log once.
  package func recordIndex() {
    guard !isReplaced else { return }
    try? alone {
      try holdingLock { held in
        // SQLite looks at the index where it reads by it, and builds it again where another process has died over it.
        try database.snapshot { try readState() }
        held.record(index)
      }
    }
  }

  /// Runs `body` as `write` does, and undoes all of it.
  package func rehearse<Result>(_ body: (Transaction) throws -> Result) throws(StoreError) -> Result {
    try alone {
      try holdingLock { _ in try database.rehearsal { try body(begin(by: author)) } }
    }
  }

  /// Runs `body` on one state of the store, whatever others write meanwhile.
  package func read<Result>(_ body: (Snapshot) throws -> Result) throws(StoreError) -> Result {
    try alone {
      try database.snapshot {
        try readState()
        return try body(Snapshot(of: database, by: clock, state: state))
      }
    }
  }

  private func begin(by author: Author) throws -> Transaction {
    try readState()
    let transaction = Transaction(
      of: database, by: clock, state: state, author: author, isFollowing: isFollowing)
    try transaction.noticeClockSetBack()
    return transaction
  }

  /// Reads settings and schema again if another process may have changed them. Call this in a transaction: they are then
  /// of its state.
  private func readState() throws {
    // One call needs it once, and does not ask for the version.
    var version = -1
    if let stateVersion {
      // It changes when another connection has written (https://www.sqlite.org/pragma.html#pragma_data_version).
      version = try database.value("PRAGMA data_version") ?? 0
      if version == stateVersion { return }
    }
    try Self.checkSchema(of: database, at: path)
    state = try StoreState(of: database)
    stateVersion = version
  }

  /// Runs `body` under the store's lock, but without a transaction. `write` is for everything that needs one.
  func holdingLock<Result>(
    until deadline: Deadline? = nil, _ body: (borrowing StoreLock.Held) throws -> Result
  ) throws(StoreError) -> Result {
    try lock.hold(until: deadline ?? patience.deadline, body)
  }

  /// Runs `body` unless a transaction of this store is under way.
  func alone<Result>(_ body: () throws -> Result) throws(StoreError) -> Result {
    guard pthread_equal(thread, pthread_self()) != 0 else {
      throw StoreError(.failed, "the store is used by another thread than the one that opened it")
    }
    guard !isInTransaction else { throw StoreError(.failed, "a transaction of this store is under way already") }
    isInTransaction = true
    defer { isInTransaction = false }
    do { return try body() } catch { throw StoreError(error) }
  }

  /// Lets calls go first between the steps of a long command: a process that waits for the lock must get the processor to
  /// take it.
  func letCallsGoAhead() { usleep(500) }

  /// Lets processes that wait for the lock take it first, for a millisecond at most. To be called between transactions that
  /// follow each other without a pause.
  package func letOthersGoFirst() {
    for _ in 0..<10 {
      guard lock.isWaitedFor else { return }
      usleep(100)
    }
  }
}

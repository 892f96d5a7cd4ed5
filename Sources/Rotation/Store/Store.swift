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
  private let lock: StoreLock
  private let index: WALIndexKeeper
  private let patience: Patience
  private let author: Author
  /// When the write-ahead log has more frames than this, whoever commits moves it into the store while all others wait.
  private let mostLogFrames: Int
  /// The state as it was last read or committed by this store.
  private var state = StoreState()
  /// SQLite's `data_version` at that time. If it is `nil`, the state must be read again.
  private var stateVersion: Int?
  /// The only thread that may use this store.
  private let thread = pthread_self()
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

  /// A call empties the log rarely: of a hundred calls none or one. A long command writes as much in a moment as hundreds
  /// of calls do, and would keep those that come waiting again and again: it empties the log in small steps.
  private enum LogFrames {
    static let ofCall = 4000
    static let ofOthers = 1000
  }

  // MARK: Opening

  /// Opens the store at `path`, which must exist and have this version's schema, for an operator's command or for a
  /// process that stays. It finishes what another process has left half done, such as re-sorting the numbers.
  ///
  /// - Throws: `missing`, `notAStore`, `schema`, `busy`, `permission`, `failed`.
  package convenience init(
    path: String, patience: Patience = .long, author: Author = .user, clock: Clock = .system
  ) throws(StoreError) {
    try Self.checkFile(path)
    let lock = try StoreLock(storePath: path)
    // The first process to open a store makes SQLite recover the whole log; others would meet that as a lock of SQLite's
    // own.
    let held = try lock.acquire(until: patience.deadline)
    try self.init(
      path, lock, holding: held, patience: patience, author: author, mostLogFrames: LogFrames.ofOthers, clock: clock)
    try read { _ in }
    held.recordIndex(ofStore: path)
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
    let store = try Store(
      path, lock, holding: held, patience: .until(deadline), author: .user, mostLogFrames: LogFrames.ofCall,
      clock: clock)
    let result = try store.commit(holding: held, by: store.author, body)
    held.release()
    return (result, store)
  }

  private init(
    _ path: String, _ lock: StoreLock, holding held: borrowing StoreLock.Held, patience: Patience, author: Author,
    mostLogFrames: Int, clock: Clock
  ) throws(StoreError) {
    self.path = path
    self.lock = lock
    self.patience = patience
    self.author = author
    self.mostLogFrames = mostLogFrames
    self.clock = clock
    index = WALIndexKeeper(ofStore: path, stamp: held.note.stamp)
    do { database = try Self.connect(path, deadline: patience.deadline) } catch { throw StoreError(error) }
  }

  // The index is kept until the connection is closed.
  deinit { database.close() }

  /// A program that has one thread calls this first.
  package static func useOneThread() { ProcessSettings.useOneThread() }

  /// Whether another process waits for this one to close the store, to put a backup in its place. A process that stays
  /// asks now and then, lets go of its `Store`, and opens the store again.
  package var isAskedToClose: Bool { lock.isAskedToClose }

  // MARK: Reading and writing

  /// The settings, as they were when the store was last read or written.
  package var settings: Settings { state.settings }

  /// The time and the settings that the rules use now.
  package var moment: Moment { Moment(now: clock.now(), settings: settings) }

  /// Runs `body` in one transaction under the store's lock: committed when it returns, rolled back when it throws. Then
  /// the log is emptied where it has grown.
  ///
  /// - Parameters:
  ///   - deadline: when to stop waiting for other processes; `nil` for the patience given when the store was opened.
  ///   - author: who asks; `nil` for the author given when the store was opened.
  package func write<Result>(
    until deadline: Deadline? = nil, by author: Author? = nil, _ body: (Transaction) throws -> Result
  ) throws(StoreError) -> Result {
    try alone {
      try holdingLock(until: deadline) { held in
        try commit(holding: held, by: author ?? self.author, body)
      }
    }
  }

  private func commit<Result>(
    holding held: borrowing StoreLock.Held, by author: Author, _ body: (Transaction) throws -> Result
  ) throws(StoreError) -> Result {
    do {
      var committed = state
      let result = try database.transaction {
        let transaction = try begin(by: author)
        let result = try body(transaction)
        try transaction.finish()
        committed = transaction.memory.state
        return result
      }
      state = committed
      if database.logFrames >= mostLogFrames {
        // The commit stands; a reader in the way only puts the checkpoint off until the next one.
        try? database.checkpoint()
      }
      held.recordIndex(ofStore: path)
      return result
    } catch {
      throw StoreError(error)
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
        return try body(Snapshot(of: database, at: clock.now(), state: state))
      }
    }
  }

  private func begin(by author: Author) throws -> Transaction {
    try readState()
    let transaction = Transaction(of: database, at: clock.now(), state: state, author: author)
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
  private func alone<Result>(_ body: () throws -> Result) throws(StoreError) -> Result {
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
}

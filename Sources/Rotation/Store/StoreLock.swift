internal import Glibc

/// The write lock of a store: an advisory lock on the file `-lock` beside it.
///
/// Every write and every checkpoint of our programs happens under it. A process that waits for it sleeps in the kernel
/// until it is free (SQLite's own waiting sleeps in growing steps up to 100 ms while the store is idle), and no commit can
/// begin beside the beginning of a checkpoint, the pattern that corrupts a store under SQLite 3.7.0 to 3.51.2
/// (https://www.sqlite.org/wal.html#walresetbug). The file holds three lines: the time in milliseconds that a call may wait,
/// which must be known before the store can be read, the stamp that `WALIndexKeeper` knows the log by, and how long the log
/// was when it was copied last.
final class StoreLock {
  let descriptor: Int32

  static func path(ofStore path: String) -> String { path + "-lock" }

  /// Opens the lock file of a store.
  ///
  /// - Parameter isMade: make it where it is missing.
  init(storePath: String, isMade: Bool = true) throws(StoreError) {
    let path = Self.path(ofStore: storePath)
    let flags = O_RDWR | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK
    var descriptor = open(path, flags)
    if descriptor < 0, errno == ENOENT, isMade {
      descriptor = open(path, flags | O_CREAT, 0o660)
      if descriptor >= 0 { Self.share(descriptor, withUsersOf: storePath) }
    }
    guard descriptor >= 0 else {
      let code = errno
      throw StoreError(
        .permission, "cannot open \(path): \(String(cString: strerror(code)))",
        hint: "It and its folder must belong to the user that Asterisk runs as", cause: .system(code))
    }
    self.descriptor = descriptor
  }

  /// Gives a new lock file the store's owner and mode, whatever user makes it and whatever the umask is, as SQLite does
  /// with the files it makes. A user who may not do that stays its owner.
  private static func share(_ descriptor: Int32, withUsersOf storePath: String) {
    var store = stat()
    guard stat(storePath, &store) == 0 else { return }
    fchmod(descriptor, store.st_mode & 0o666)
    // One by one: whoever may not give it to the owner may well give it to the group.
    fchown(descriptor, .max, store.st_gid)
    fchown(descriptor, store.st_uid, .max)
  }

  deinit { close(descriptor) }

  // MARK: Holding it

  /// The lock, held for as long as this value lives; it is released also where something throws.
  struct Held: ~Copyable {
    private let lock: StoreLock

    fileprivate init(_ lock: StoreLock) { self.lock = lock }

    deinit { flock(lock.descriptor, LOCK_UN) }

    /// Releases the lock now; otherwise it is released at the end of the value's life.
    consuming func release() {}

    /// What the lock file says. Only whoever holds the lock may change it.
    var note: Note {
      get { lock.note }
      nonmutating set { lock.write(newValue) }
    }

    /// Records that the index matches the log, for the next process to use it as it is. To be called
    /// once all that was written under the lock is committed.
    func record(_ index: borrowing WALIndexKeeper) {
      var note = note
      let stamp = index.stamp() ?? ""
      // Whoever has only read has changed nothing.
      if note.stamp == stamp { return }
      note.stamp = stamp
      self.note = note
    }
  }

  /// Waits until the lock is free, and takes it. Another `StoreLock` of this process is waited for like another process;
  /// a caller that already holds this one must not ask again.
  ///
  /// - Throws: `busy` when the deadline has passed.
  func acquire(until deadline: Deadline) throws(StoreError) -> Held {
    if flock(descriptor, LOCK_EX | LOCK_NB) != 0 { try wait(until: deadline) }
    return Held(self)
  }

  /// Runs `body` while the lock is held.
  func hold<Result>(
    until deadline: Deadline, _ body: (borrowing Held) throws -> Result
  ) throws(StoreError) -> Result {
    let held = try acquire(until: deadline)
    do { return try body(held) } catch { throw StoreError(error) }
  }

  /// Whether another open lock file waits for the lock. A process that takes it again and again asks this in between: who
  /// releases a flock(2) is back before those that it has woken, unless it lets them go first.
  var isWaitedFor: Bool { waiting.isTaken }

  private var waiting: OpenFileLock { OpenFileLock(descriptor: descriptor, byte: 2) }

  /// Sleeps in flock(2) until the lock is ours or a timer interrupts it.
  private func wait(until deadline: Deadline) throws(StoreError) {
    _ = waiting.take(.shared)
    defer { waiting.giveUp() }
    Self.catchAlarms
    // The parent process, or whoever made the thread, may have blocked the alarm: the wait would have no end.
    var alarm = sigset_t()
    var blocked = sigset_t()
    sigemptyset(&alarm)
    sigaddset(&alarm, SIGALRM)
    pthread_sigmask(SIG_UNBLOCK, &alarm, &blocked)
    defer { pthread_sigmask(SIG_SETMASK, &blocked, nil) }
    var event = sigevent()
    event.sigev_notify = Int32(SIGEV_THREAD_ID)
    event.sigev_signo = SIGALRM
    event._sigev_un._tid = Self.threadID
    var timer: timer_t?
    guard timer_create(CLOCK_MONOTONIC, &event, &timer) == 0 else {
      // The process may have no timers (RLIMIT_SIGPENDING): it then looks again and again.
      return try poll(until: deadline)
    }
    defer { timer_delete(timer) }
    while true {
      let remaining = deadline.remainingMilliseconds
      guard remaining > 0 else {
        throw StoreError(.busy, "the store is locked by another process")
      }
      // It fires again every millisecond, for the alarm that comes just before flock() begins to wait.
      var due = itimerspec(
        it_interval: timespec(tv_sec: 0, tv_nsec: 1_000_000),
        it_value: timespec(tv_sec: remaining / 1000, tv_nsec: remaining % 1000 * 1_000_000))
      timer_settime(timer, 0, &due, nil)
      if flock(descriptor, LOCK_EX) == 0 { return }
      guard errno == EINTR else {
        throw .system("cannot lock the store")
      }
    }
  }

  private func poll(until deadline: Deadline) throws(StoreError) {
    while flock(descriptor, LOCK_EX | LOCK_NB) != 0 {
      guard deadline.remainingMilliseconds > 0 else {
        throw StoreError(.busy, "the store is locked by another process")
      }
      usleep(500)
    }
  }

  /// An empty handler, installed without SA_RESTART, so that flock() returns with EINTR. It is installed once and stays:
  /// another thread may be waiting, and a late alarm would end a process that has none.
  private static let catchAlarms: Void = {
    var action = sigaction()
    action.__sigaction_handler.sa_handler = { _ in }
    sigaction(SIGALRM, &action, nil)
  }()

  /// gettid(2), which Glibc's module does not show: the last part of `PID/task/TID`.
  private static var threadID: pid_t {
    var link = [CChar](repeating: 0, count: 64)
    let count = readlink("/proc/thread-self", &link, link.count)
    let text = String(decoding: link.prefix(max(0, count)).map(UInt8.init(bitPattern:)), as: UTF8.self)
    // Without /proc it is taken for the first thread.
    return text.split(separator: "/").last.flatMap { pid_t($0) } ?? getpid()
  }

  // MARK: The file

  /// The lines of the file.
  struct Note: Equatable {
    /// Nil in a file that is new.
    var timeoutMilliseconds: Int?
    /// Empty where nobody has recorded that the index matches the log.
    var stamp = ""
    /// Frames in the log when somebody last began to copy it.
    var copiedFrames = 0
  }

  static let maximumNote = 256
  /// Numbers, and the boot ID in hexadecimal digits.
  static let noteCharacters = Set("0123456789abcdef-. \n".utf8)

  var note: Note {
    withUnsafeTemporaryAllocation(of: UInt8.self, capacity: Self.maximumNote) { buffer in
      let count = pread(descriptor, buffer.baseAddress, buffer.count, 0)
      // By hand: each way of splitting a String costs a call more than the whole picking of a number.
      let bytes = UnsafeBufferPointer(rebasing: buffer.prefix(max(0, count)))
      guard let first = bytes.firstIndex(of: UInt8(ascii: "\n")) else { return Note() }
      let rest = bytes[(first + 1)...]
      let stamp = rest.prefix { $0 != UInt8(ascii: "\n") }
      let frames = rest.dropFirst(stamp.count + 1).prefix { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
      return Note(
        timeoutMilliseconds: Int(String(decoding: bytes[..<first], as: UTF8.self)).flatMap {
          // Even if the file is damaged, no call waits longer than the setting allows.
          Setting.busyTimeouts.contains($0) ? $0 : nil
        },
        stamp: String(decoding: stamp, as: UTF8.self),
        copiedFrames: frames.prefix(10).reduce(0) { $0 * 10 + Int($1 - UInt8(ascii: "0")) })
    }
  }

  private func write(_ note: Note) {
    // Of a fixed length: a shorter note covers all of a longer one. A write that fails (a full disk) costs the default
    // time, and the next process a recovery of the index.
    var bytes = [UInt8](repeating: UInt8(ascii: " "), count: Self.maximumNote)
    var text = "\(note.timeoutMilliseconds.map(String.init) ?? "")\n\(note.stamp)\n\(note.copiedFrames)\n"
    text.withUTF8 { text in bytes.withUnsafeMutableBytes { $0.copyBytes(from: text.prefix($0.count)) } }
    pwrite(descriptor, bytes, bytes.count, 0)
  }

  // MARK: Copying the log

  /// The right to copy the log into the store, which one process has at a time. It outlives the process that took it where
  /// a child of it has the lock file open.
  ///
  /// To be asked for by whoever holds the lock and has just written to the log: then nobody can begin the log again before
  /// it was copied.
  func takeTurnToCopyLog() -> Bool { turnToCopyLog.take(.alone) }

  func endTurnToCopyLog() { turnToCopyLog.giveUp() }

  private var turnToCopyLog: OpenFileLock { OpenFileLock(descriptor: descriptor, byte: 1) }

  // MARK: Making room for a restore

  /// Asks every process that keeps the store open to close it: a lock of its own on the lock file, which ends with this
  /// process, whatever becomes of it.
  func askOthersToClose() {
    // Where the file system has no such locks, a restore waits until the others close the store by themselves.
    _ = wishToRestore.take(.alone)
  }

  /// Whether another process asks for that.
  var isAskedToClose: Bool { wishToRestore.isTaken }

  private var wishToRestore: OpenFileLock { OpenFileLock(descriptor: descriptor, byte: 0) }
}

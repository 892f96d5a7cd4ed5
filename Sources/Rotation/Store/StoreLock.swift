internal import Glibc

/// The one writer's place: an advisory lock on a file beside the store.
///
/// Every write, and every checkpoint, of our programs happens under it. A waiting process sleeps in the kernel until the
/// lock is free (SQLite's own waiting sleeps in growing steps up to 100 ms while the store is idle), and no commit can
/// run beside a checkpoint, the pattern that corrupts a store under SQLite 3.7.0 to 3.51.2
/// (https://www.sqlite.org/wal.html#walresetbug). The file holds two lines: the time in milliseconds that a call may wait,
/// which must be known before the store can be read, and what `WALIndexKeeper` knows the log by.
final class StoreLock {
  private let descriptor: Int32
  private var holders = 0

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
      throw StoreError(
        .permission, "cannot open \(path): \(String(cString: strerror(errno)))",
        hint: "It and its folder must belong to the user that Asterisk runs as")
    }
    self.descriptor = descriptor
  }

  /// Gives a new lock file the store's owner and mode, whoever makes it and whatever the umask, as SQLite does with the
  /// files it makes. Where that is not allowed, the maker is the owner.
  private static func share(_ descriptor: Int32, withUsersOf storePath: String) {
    var store = stat()
    guard stat(storePath, &store) == 0 else { return }
    fchmod(descriptor, store.st_mode & 0o666)
    fchown(descriptor, store.st_uid, store.st_gid)
  }

  deinit { close(descriptor) }

  /// The two lines of the file.
  struct Note: Equatable {
    /// Nil in a file that is new.
    var timeoutMilliseconds: Int?
    /// Empty where nobody vouches for the index.
    var stamp = ""
  }

  var note: Note {
    get {
      withUnsafeTemporaryAllocation(of: UInt8.self, capacity: Self.maximumNote) { buffer in
        let count = pread(descriptor, buffer.baseAddress, buffer.count, 0)
        // By hand: each way of splitting a String costs a call more than the whole picking of a number.
        let bytes = UnsafeBufferPointer(rebasing: buffer.prefix(max(0, count)))
        guard let first = bytes.firstIndex(of: UInt8(ascii: "\n")) else { return Note() }
        let rest = bytes[(first + 1)...]
        return Note(
          timeoutMilliseconds: Int(String(decoding: bytes[..<first], as: UTF8.self)).flatMap {
            // Whatever became of the file, no call waits longer than a setting can say.
            Setting.busyTimeouts.contains($0) ? $0 : nil
          },
          stamp: String(decoding: rest.prefix { $0 != UInt8(ascii: "\n") }, as: UTF8.self))
      }
    }
    set {
      // Of a fixed length: a shorter note covers all of a longer one. A write that fails (a full disk) costs the default
      // time, and the index a recovery.
      var bytes = [UInt8](repeating: UInt8(ascii: " "), count: Self.maximumNote)
      let text = "\(newValue.timeoutMilliseconds.map(String.init) ?? "")\n\(newValue.stamp)\n"
      for (index, byte) in text.utf8.prefix(bytes.count).enumerated() { bytes[index] = byte }
      pwrite(descriptor, bytes, bytes.count, 0)
    }
  }

  private static let maximumNote = 256

  /// Takes the place; whoever holds it already only counts one more.
  func acquire(until deadline: Deadline) throws(StoreError) {
    if holders == 0, flock(descriptor, LOCK_EX | LOCK_NB) != 0 {
      try wait(until: deadline)
    }
    holders += 1
  }

  /// - Parameter last: run before the place is given up, not while an outer holder keeps it.
  func release(_ last: () -> Void = {}) {
    if holders == 1 {
      last()
      flock(descriptor, LOCK_UN)
    }
    holders -= 1
  }

  /// Sleeps in flock(2) until the lock is ours or a timer interrupts it.
  private func wait(until deadline: Deadline) throws(StoreError) {
    var action = sigaction()
    // An empty handler, installed without SA_RESTART: flock() returns with EINTR.
    action.__sigaction_handler.sa_handler = { _ in }
    var previousAction = sigaction()
    sigaction(SIGALRM, &action, &previousAction)
    defer { sigaction(SIGALRM, &previousAction, nil) }

    var event = sigevent()
    event.sigev_notify = Int32(SIGEV_THREAD_ID)
    event.sigev_signo = SIGALRM
    event._sigev_un._tid = Self.threadID
    var timer: timer_t?
    guard timer_create(CLOCK_MONOTONIC, &event, &timer) == 0 else {
      throw StoreError(.failed, "cannot make a timer: \(String(cString: strerror(errno)))")
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
        throw StoreError(.failed, "cannot lock the store: \(String(cString: strerror(errno)))")
      }
    }
  }

  /// gettid(2), which Glibc's module does not show: the last part of `PID/task/TID`.
  private static var threadID: pid_t {
    var link = [CChar](repeating: 0, count: 64)
    let count = readlink("/proc/thread-self", &link, link.count)
    let text = String(decoding: link.prefix(max(0, count)).map(UInt8.init(bitPattern:)), as: UTF8.self)
    // Without /proc it is the first thread, the only one that our programs have.
    return text.split(separator: "/").last.flatMap { pid_t($0) } ?? getpid()
  }
}

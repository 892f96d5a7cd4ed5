internal import Glibc
internal import Synchronization

/// Keeps SQLite's index of the write-ahead log, the file `-shm`, from one process to the next.
///
/// The first process to open a store makes SQLite throw the index away and build it again from the whole log
/// (`unixLockSharedMemory` in SQLite's os_unix.c), since SQLite cannot know who left the index, and in what state. We can:
/// every write happens under `StoreLock`, whose file keeps a stamp of the log and of the index as the last writer left
/// them. While the stamp holds, a lock of ours stands for the connection that SQLite looks for, and the index is used as
/// it is, as it would be beside a living process. After a restart of the machine, a crash between a commit and its stamp,
/// a write by another program, or where any of the files was put back from a copy, the stamp does not hold, and SQLite
/// recovers the log as it always does.
///
/// Closing any descriptor of a file drops all locks that the process has on that file (fcntl(2)), those of SQLite's other
/// connections as well. So all stores of a process that are the same file share one keeper: the first of them opens the
/// index, the others find it open by SQLite, and the descriptor is closed after the last of them.
struct WALIndexKeeper: ~Copyable {
  private let path: String
  private let store: File
  /// Whether the index is used as it was left.
  let isTrusted: Bool

  /// Keeps the index for a connection to the store at `path`. To be made under the store's lock before the connection is
  /// opened, and to end after it is closed.
  ///
  /// - Parameter stamp: what the lock file says that log and index were like when they were written last.
  init(ofStore path: String, stamp: String) {
    let store = File(of: path)
    self.path = path
    self.store = store
    isTrusted = Self.kept.withLock { kept in
      if let position = kept.firstIndex(where: { $0.store == store }) {
        kept[position].users += 1
        return kept[position].isTrusted
      }
      var index = Kept(store: store, users: 1, descriptor: Self.open(ofStore: path))
      index.isTrusted =
        !stamp.isEmpty && index.lock.take(.shared) && stamp == Self.stamp(ofStore: path, index: index.descriptor)
      if !index.isTrusted { index.lock.giveUp() }
      kept.append(index)
      return index.isTrusted
    }
  }

  deinit {
    let store = store
    Self.kept.withLock { kept in
      guard let position = kept.firstIndex(where: { $0.store == store }) else { return }
      kept[position].users -= 1
      guard kept[position].users == 0 else { return }
      let descriptor = kept.remove(at: position).descriptor
      if descriptor >= 0 { close(descriptor) }
    }
  }

  /// What log and index look like now, in this run of the machine; nil where there is no log. To be asked for under the
  /// store's lock.
  func stamp() -> String? {
    let (path, store) = (path, store)
    return Self.kept.withLock { kept in
      guard let position = kept.firstIndex(where: { $0.store == store }) else { return nil }
      // Made by SQLite since, or made again by somebody: a file that was removed has no locks that closing it could drop.
      if !Self.isOpen(kept[position].descriptor, at: path + "-shm") {
        if kept[position].descriptor >= 0 { close(kept[position].descriptor) }
        kept[position].descriptor = Self.open(ofStore: path)
      }
      return Self.stamp(ofStore: path, index: kept[position].descriptor)
    }
  }

  // MARK: What is kept

  private struct File: Equatable {
    let device: dev_t
    let inode: ino_t

    init(of path: String) {
      var status = stat()
      lstat(path, &status)
      self.init(status)
    }

    init(_ status: stat) { (device, inode) = (status.st_dev, status.st_ino) }
  }

  private struct Kept {
    let store: File
    /// Connections of this process that need it.
    var users: Int
    /// Of the index; below 0 where there is none.
    var descriptor: Int32
    var isTrusted = false

    /// The lock that stands for a connection. It is refused while another process builds the index: then SQLite waits for
    /// that one.
    var lock: OpenFileLock { OpenFileLock(descriptor: descriptor, byte: WALIndexKeeper.deadMansSwitch) }
  }

  /// The stores that this process has open: one, but for tests and servers.
  private static let kept = Mutex<[Kept]>([])

  /// The byte of the index that every connection holds a shared lock on (`UNIX_SHM_DMS` in os_unix.c).
  private static let deadMansSwitch: off_t = 128

  private static func open(ofStore path: String) -> Int32 {
    Glibc.open(path + "-shm", O_RDWR | O_CLOEXEC | O_NOFOLLOW)
  }

  private static func isOpen(_ descriptor: Int32, at path: String) -> Bool {
    var status = stat()
    return descriptor >= 0 && fstat(descriptor, &status) == 0 && File(status) == File(of: path)
  }

  // MARK: The stamp

  private static func stamp(ofStore path: String, index descriptor: Int32) -> String? {
    var log = stat()
    var index = stat()
    guard descriptor >= 0, lstat(path + "-wal", &log) == 0, fstat(descriptor, &index) == 0, let boot = bootID,
      let header = header(of: descriptor)
    else { return nil }
    return
      "\(boot) \(log.st_dev) \(log.st_ino) \(log.st_size) \(log.st_mtim.tv_sec).\(log.st_mtim.tv_nsec) "
      + "\(index.st_ino) \(index.st_size) \(header)"
  }

  /// What the index's header says of the log: its frames and salts, and the checksum over all of the header
  /// (https://www.sqlite.org/walformat.html#the_wal_index_header).
  private static func header(of descriptor: Int32) -> String? {
    withUnsafeTemporaryAllocation(of: UInt32.self, capacity: 12) { words in
      guard pread(descriptor, words.baseAddress, 48, 0) == 48 else { return nil }
      return "\(words[4]) \(words[8]) \(words[9]) \(words[10]) \(words[11])"
    }
  }

  private static let bootID: String? = {
    let descriptor = Glibc.open("/proc/sys/kernel/random/boot_id", O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { return nil }
    defer { close(descriptor) }
    return withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 36) { buffer in
      read(descriptor, buffer.baseAddress, buffer.count) == buffer.count ? String(decoding: buffer, as: UTF8.self) : nil
    }
  }()
}

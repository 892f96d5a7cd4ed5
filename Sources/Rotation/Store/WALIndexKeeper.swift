internal import Glibc
internal import Synchronization

/// Keeps SQLite's index of the write-ahead log, the file `-shm`, from one process to the next.
///
/// The first process to open a store makes SQLite throw the index away and make it anew from the whole log
/// (`unixLockSharedMemory` in SQLite's os_unix.c), since SQLite cannot know who left the index, and in what state. We
/// can: every write happens under `StoreLock`, whose file keeps a stamp of the log as the last writer left it. Where
/// the stamp still holds, a lock of ours stands for the connection that SQLite looks for, and the index is used as it
/// is, as it would be beside a living process. After a restart of the machine, a crash between a commit and its stamp,
/// or a write by another program the stamp does not hold, and SQLite recovers the log as it always does.
///
/// Closing any descriptor of a file drops all locks that the process has on that file (fcntl(2)), those of SQLite's other
/// connections as well. So all stores of a process that are the same file share one keeper: the first of them opens the
/// index, the others find it open by SQLite, and the descriptor is closed after the last of them.
struct WALIndexKeeper: ~Copyable {
  private let store: File

  /// Keeps the index for a connection to the store at `path`. To be made under the store's lock before the connection is
  /// opened, and to end after it is closed.
  ///
  /// - Parameter stamp: what the lock file says that the log looked like when it was written last.
  init(ofStore path: String, stamp: String) {
    var status = stat()
    lstat(path, &status)
    let store = File(device: status.st_dev, inode: status.st_ino)
    self.store = store
    Self.kept.withLock { kept in
      if let position = kept.firstIndex(where: { $0.store == store }) {
        kept[position].users += 1
      } else {
        let isTrue = !stamp.isEmpty && stamp == Self.stamp(ofStore: path)
        kept.append(Kept(store: store, users: 1, descriptor: isTrue ? Self.open(ofStore: path) : nil))
      }
    }
  }

  deinit {
    let store = store
    Self.kept.withLock { kept in
      guard let position = kept.firstIndex(where: { $0.store == store }) else { return }
      kept[position].users -= 1
      guard kept[position].users == 0 else { return }
      if let descriptor = kept.remove(at: position).descriptor { close(descriptor) }
    }
  }

  private struct File: Equatable {
    let device: dev_t
    let inode: ino_t
  }

  private struct Kept {
    let store: File
    /// Connections of this process that need it.
    var users: Int
    /// Nil where the index could not be used as it was.
    let descriptor: Int32?
  }

  /// The stores that this process has open: one, but for tests and servers.
  private static let kept = Mutex<[Kept]>([])

  /// The byte of the index that every connection holds a shared lock on (`UNIX_SHM_DMS` in os_unix.c).
  private static let deadMansSwitch: off_t = 128
  /// `F_OFD_SETLK`, which Glibc's module does not show (fcntl(2), the same on every Linux).
  private static let setLock: Int32 = 37

  /// Opens the index and holds the lock that stands for a connection; nil where that is not possible.
  private static func open(ofStore path: String) -> Int32? {
    let descriptor = Glibc.open(path + "-shm", O_RDWR | O_CLOEXEC | O_NOFOLLOW)
    guard descriptor >= 0 else { return nil }
    // Of the open file, not of the process: a process does not meet its own locks of the other kind.
    var lock = flock()
    lock.l_type = Int16(F_RDLCK)
    lock.l_whence = Int16(SEEK_SET)
    lock.l_start = deadMansSwitch
    lock.l_len = 1
    // Refused while another process makes the index anew: then SQLite waits for that one.
    guard fcntl(descriptor, setLock, &lock) == 0 else {
      close(descriptor)
      return nil
    }
    return descriptor
  }

  /// What the log of the store at `path` looks like now, in this run of the machine; nil where there is no log.
  static func stamp(ofStore path: String) -> String? {
    var log = stat()
    var index = stat()
    guard lstat(path + "-wal", &log) == 0, lstat(path + "-shm", &index) == 0, let boot = bootID else { return nil }
    return
      "\(boot) \(log.st_dev) \(log.st_ino) \(log.st_size) \(log.st_mtim.tv_sec).\(log.st_mtim.tv_nsec) \(index.st_ino)"
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

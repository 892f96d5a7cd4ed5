internal import Glibc

/// Keeps SQLite's index of the write-ahead log, the file `-shm`, from one process to the next.
///
/// Whoever opens a store that nobody else has open throws the index away and makes it anew from the whole log
/// (`unixLockSharedMemory` in SQLite's os_unix.c), since it cannot know who left it, and in what state. We can: every
/// write happens under `StoreLock`, whose file keeps a stamp of the log as the last writer left it. Where the stamp
/// still holds, a lock of ours stands for the connection that SQLite looks for, and the index is used as it is, as it
/// would be beside a living process. After a restart of the machine, a crash between a commit and its stamp, or a
/// write by another program the stamp does not hold, and SQLite recovers the log as it always does.
struct WALIndexKeeper: ~Copyable {
  private let descriptor: Int32

  /// The byte of the index that every connection holds a shared lock on (`UNIX_SHM_DMS` in os_unix.c).
  private static let deadMansSwitch: off_t = 128
  /// `F_OFD_SETLK`, which Glibc's module does not show (fcntl(2), the same on every Linux).
  private static let setLock: Int32 = 37

  /// Holds the index of the store at `path`; nil where there is none.
  init?(ofStore path: String) {
    let descriptor = open(path + "-shm", O_RDWR | O_CLOEXEC | O_NOFOLLOW)
    guard descriptor >= 0 else { return nil }
    // Of the open file, not of the process: a process does not meet its own locks of the other kind.
    var lock = flock()
    lock.l_type = Int16(F_RDLCK)
    lock.l_whence = Int16(SEEK_SET)
    lock.l_start = Self.deadMansSwitch
    lock.l_len = 1
    // Refused while another process makes the index anew: then SQLite waits for that one.
    guard fcntl(descriptor, Self.setLock, &lock) == 0 else {
      close(descriptor)
      return nil
    }
    self.descriptor = descriptor
  }

  /// Ends with the connection that it was held for: closing any descriptor of the file drops the process's own locks.
  deinit { close(descriptor) }

  /// What the log of the store at `path` looks like now, in this run of the machine; nil where there is no log.
  static func stamp(ofStore path: String) -> String? {
    var log = stat()
    var index = stat()
    guard lstat(path + "-wal", &log) == 0, lstat(path + "-shm", &index) == 0, let boot = bootID else { return nil }
    return
      "\(boot) \(log.st_dev) \(log.st_ino) \(log.st_size) \(log.st_mtim.tv_sec).\(log.st_mtim.tv_nsec) \(index.st_ino)"
  }

  private static let bootID: String? = {
    let descriptor = open("/proc/sys/kernel/random/boot_id", O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { return nil }
    defer { close(descriptor) }
    return withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 36) { buffer in
      read(descriptor, buffer.baseAddress, buffer.count) == buffer.count ? String(decoding: buffer, as: UTF8.self) : nil
    }
  }()
}

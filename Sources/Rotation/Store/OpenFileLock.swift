internal import Glibc

/// A lock on one byte of a file that belongs to the open file and not to the process (fcntl(2), `F_OFD_SETLK`): it stays
/// when another descriptor of the file is closed, and a child that has inherited the descriptor holds it too.
struct OpenFileLock {
  let descriptor: Int32
  let byte: off_t

  enum Kind {
    /// Any number of open files may have it at once.
    case shared
    /// One open file has it, and nobody else has a shared one.
    case alone

    fileprivate var type: Int16 { Int16(self == .shared ? F_RDLCK : F_WRLCK) }
  }

  // Glibc's module does not show them; they are the same on every Linux.
  private static let getLock: Int32 = 36
  private static let setLock: Int32 = 37

  /// - Returns: false if others hold it, or the file system has no such locks.
  func take(_ kind: Kind) -> Bool {
    var lock = request(kind.type)
    return fcntl(descriptor, Self.setLock, &lock) == 0
  }

  func giveUp() {
    var lock = request(Int16(F_UNLCK))
    _ = fcntl(descriptor, Self.setLock, &lock)
  }

  /// Whether another open file holds it.
  var isTaken: Bool {
    var lock = request(Int16(F_WRLCK))
    return fcntl(descriptor, Self.getLock, &lock) == 0 && lock.l_type != Int16(F_UNLCK)
  }

  private func request(_ type: Int16) -> flock {
    var lock = flock()
    lock.l_type = type
    lock.l_whence = Int16(SEEK_SET)
    lock.l_start = byte
    lock.l_len = 1
    return lock
  }
}

internal import Glibc

/// A copy of a store that is being written under another name, and gets its own name once it is complete.
final class StoreCopy {
  let path: String
  private var isPlaced = false

  /// Makes an empty file beside `target`, of the owner and mode of `model`, before anything goes into it.
  init(for target: String, marked mark: String, like model: stat) throws(StoreError) {
    path = "\(target)\(mark)\(getpid())"
    unlink(path)
    let descriptor = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o600)
    guard descriptor >= 0 else { throw .system("cannot write \(path)") }
    defer { close(descriptor) }
    // Only root can give a file to another owner.
    if geteuid() == 0 { fchown(descriptor, model.st_uid, model.st_gid) }
    fchmod(descriptor, model.st_mode & 0o660)
  }

  deinit {
    guard !isPlaced else { return }
    for end in ["", "-journal", "-wal", "-shm"] { unlink(path + end) }
  }

  /// Call this when no connection has it open: closing a file drops the locks that its process holds on it.
  func sync() throws(StoreError) { try Self.sync(path) }

  /// Puts the copy in the place of `target` in one step.
  ///
  /// - Throws: `failed` if there is something at `target` that is not to be replaced.
  func place(at target: String, replacing: Bool = true) throws(StoreError) {
    // Unlike rename(2), link(2) replaces nothing; but not every file system has links.
    if !replacing, link(path, target) == 0 {
      unlink(path)
    } else {
      guard replacing || errno == EPERM || errno == ENOTSUP, rename(path, target) == 0 else {
        throw .system("cannot move the copy to \(target)")
      }
    }
    isPlaced = true
    // The copy is in place and whole; that a power loss finds it there too is all that could fail.
    try? Self.sync(Path.folder(of: target))
  }

  private static func sync(_ path: String) throws(StoreError) {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw .system("cannot open \(path)") }
    defer { close(descriptor) }
    guard fsync(descriptor) == 0 else { throw .system("cannot write \(path) to the disk") }
  }
}

internal import Glibc
internal import SQLite

/// A copy of a store that is being written under another name, and gets its own name once it is complete.
///
/// Its file is made once and held open: whoever may write in the folder could put another one, or a link, in its place at
/// any time.
final class StoreCopy {
  private let folder: Folder
  private let name: String
  private let descriptor: Int32
  private var isPlaced = false

  /// Makes an empty file beside `target`, of the owner and mode of `model`, before anything goes into it.
  init(for target: String, marked mark: String, like model: stat) throws(StoreError) {
    guard let opened = try Folder.ifThere(Path.folder(of: target)) else {
      throw StoreError(.missing, "cannot write \(target): there is no such folder")
    }
    folder = opened
    name = "\(Path.name(of: target))\(mark)\(getpid())"
    folder.remove(name)
    descriptor = folder.open(name, O_RDWR | O_CREAT | O_EXCL, mode: 0o600)
    guard descriptor >= 0 else { throw .system("cannot write \(folder.path(of: name))") }
    // Only root can give a file to another owner; a member of its group can give it to that.
    fchown(descriptor, .max, model.st_gid)
    if geteuid() == 0 { fchown(descriptor, model.st_uid, .max) }
    fchmod(descriptor, model.st_mode & 0o660)
  }

  deinit {
    // Here, and not before: closing a file drops the locks that its process holds on it.
    if descriptor >= 0 { close(descriptor) }
    guard !isPlaced else { return }
    for end in ["", "-journal", "-wal", "-shm"] { folder.remove(name + end) }
  }

  /// A connection to the copy.
  ///
  /// - Throws: `permission` if another file was put in its place.
  func connect(_ mode: Database.Mode) throws -> Database {
    let database = try Database(path: folder.realPath + "/" + name, mode: mode, followsLinks: false)
    // Nothing else in this process opens this file: it is open twice if SQLite has found the same one.
    guard try isOpenTwice else {
      throw StoreError(
        .permission, "\(folder.path(of: name)) is not the file that was made", hint: "Look at who may write there")
    }
    return database
  }

  private var isOpenTwice: Bool {
    get throws(StoreError) {
      var own = stat()
      guard fstat(descriptor, &own) == 0 else { throw .system("cannot look at \(folder.path(of: name))") }
      let count = try Path.entries(of: "/proc/self/fd").count { other in
        var status = stat()
        return Int32(other).map { fstat($0, &status) == 0 && status.isSameFile(as: own) } ?? false
      }
      return count > 1
    }
  }

  var bytes: Int {
    var status = stat()
    return fstat(descriptor, &status) == 0 ? Int(status.st_size) : 0
  }

  func sync() throws(StoreError) {
    guard fsync(descriptor) == 0 else { throw .system("cannot write \(folder.path(of: name)) to the disk") }
  }

  /// Puts the copy in the place of its target in one step.
  ///
  /// - Throws: `failed` if there is something that is not to be replaced.
  func place(at target: String, replacing: Bool = true) throws(StoreError) {
    let new = Path.name(of: target)
    // Unlike rename(2), link(2) replaces nothing; but not every file system has links.
    if !replacing, folder.linkFile(name, to: new) {
      folder.remove(name)
    } else {
      guard replacing || errno == EPERM || errno == ENOTSUP, folder.rename(name, to: new) else {
        throw .system("cannot move the copy to \(target)")
      }
    }
    isPlaced = true
    // The copy is in place and whole; that a power loss finds it there too is all that could fail.
    try? folder.sync()
  }
}

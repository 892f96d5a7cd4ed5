internal import Glibc

/// `O_PATH`, which Glibc's module does not show; it is the same on every Linux.
private let pathOnly: Int32 = 0o10_000_000

/// An open folder. What is done in it is done in this very folder, whatever others put at its path meanwhile.
///
/// It is reached name by name. A symbolic link on the way is followed if it is root's or this user's; with root's rights
/// only if nobody else can have put it there.
package struct Folder: ~Copyable {
  let path: String
  private let descriptor: Int32
  /// Whether others than root may change what is in it, or put another folder at its path. Only root needs to know.
  let isForeign: Bool

  /// Opens a folder.
  ///
  /// - Parameter isMade: make what is missing of the path.
  /// - Throws: `missing` if there is no such folder, `permission` for a link that others have put in the way.
  package init(_ path: String, makingParents isMade: Bool = false) throws(StoreError) {
    self.path = path
    var way = try Way(from: path.hasPrefix("/") ? "/" : ".")
    var names = path.names
    var links = 0
    while let name = names.popLast() {
      guard let target = try way.go(to: name, towards: path, makingIt: isMade) else { continue }
      links += 1
      guard links <= 40 else { throw StoreError(.failed, "too many symbolic links lead to \(path)") }
      if target.hasPrefix("/") { way = try Way(from: "/") }
      names += target.names
    }
    (descriptor, isForeign) = way.end()
  }

  /// Opens a folder.
  ///
  /// - Returns: nil if there is none.
  static func ifThere(_ path: String) throws(StoreError) -> Folder? {
    do { return try Folder(path) } catch {
      guard error.kind == .missing else { throw error }
      return nil
    }
  }

  /// Opens a folder in this one, which is no link.
  ///
  /// - Returns: nil if there is no folder of this name.
  func folder(_ name: String) -> Folder? {
    let descriptor = open(name, pathOnly | O_DIRECTORY)
    guard descriptor >= 0 else { return nil }
    return Folder(path: path(of: name), descriptor: descriptor, isForeign: isForeign)
  }

  private init(path: String, descriptor: Int32, isForeign: Bool) {
    (self.path, self.descriptor, self.isForeign) = (path, descriptor, isForeign)
  }

  deinit { close(descriptor) }

  // MARK: What is in it

  func path(of name: String) -> String { path == "/" ? "/" + name : path + "/" + name }

  /// The path without links, for SQLite, which opens by paths only.
  var realPath: String {
    var target = [CChar](repeating: 0, count: Int(PATH_MAX))
    let count = readlink("/proc/self/fd/\(descriptor)", &target, target.count)
    return count > 0 ? String(decoding: target.prefix(count).map(UInt8.init(bitPattern:)), as: UTF8.self) : path
  }

  /// The folder's own status.
  func status() throws(StoreError) -> stat {
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { throw .system("cannot look at \(path)") }
    return status
  }

  /// The status of a file in it; a link is not followed. Nil if there is none.
  func status(of name: String) -> stat? {
    var status = stat()
    return fstatat(descriptor, name, &status, AT_SYMLINK_NOFOLLOW) == 0 ? status : nil
  }

  /// The names in it, in no particular order.
  func entries() throws(StoreError) -> [String] {
    guard let stream = fdopendir(open(".", O_RDONLY | O_DIRECTORY)) else { throw .system("cannot read \(path)") }
    defer { closedir(stream) }
    return Path.names(in: stream)
  }

  /// Opens a file in it, and no link: nothing waits for a FIFO, and no terminal becomes that of the process.
  ///
  /// - Returns: below 0, with the reason in `errno`, if that fails.
  func open(_ name: String, _ flags: Int32, mode: mode_t = 0) -> Int32 {
    openat(descriptor, name, flags | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC, mode)
  }

  func make(_ name: String, mode: mode_t) -> Bool { mkdirat(descriptor, name, mode) == 0 }
  @discardableResult func remove(_ name: String) -> Bool { unlinkat(descriptor, name, 0) == 0 }
  func rename(_ name: String, to new: String) -> Bool { renameat(descriptor, name, descriptor, new) == 0 }
  /// Gives a file a second name, unlike `rename` only if nothing has that name.
  func linkFile(_ name: String, to new: String) -> Bool { linkat(descriptor, name, descriptor, new, 0) == 0 }

  /// Makes a symbolic link in it.
  ///
  /// - Returns: false if something has that name.
  package func makeLink(_ name: String, to target: String) throws(StoreError) -> Bool {
    if symlinkat(target, descriptor, name) == 0 { return true }
    guard errno == EEXIST else { throw .system("cannot create \(path(of: name))", hint: "Run it as root") }
    return false
  }

  /// Writes its list of names to the disk.
  func sync() throws(StoreError) {
    let folder = open(".", O_RDONLY | O_DIRECTORY)
    defer { close(folder) }
    guard fsync(folder) == 0 else { throw .system("cannot write \(path) to the disk") }
  }
}

/// How far the way to a folder has been gone.
private struct Way: ~Copyable {
  private var descriptor: Int32
  private var status = stat()
  private var isForeign = false

  init(from start: String) throws(StoreError) {
    descriptor = open(start, pathOnly | O_DIRECTORY | O_CLOEXEC)
    guard descriptor >= 0, fstat(descriptor, &status) == 0 else { throw .system("cannot open \(start)") }
    isForeign = status.isForeign
  }

  deinit { close(descriptor) }

  consuming func end() -> (descriptor: Int32, isForeign: Bool) {
    let end = (descriptor, isForeign)
    discard self
    return end
  }

  /// - Returns: where a link leads, which is to be gone next; nil if `name` is a folder, in which the way goes on.
  mutating func go(to name: String, towards path: String, makingIt isMade: Bool) throws(StoreError) -> String? {
    guard name != ".." || !isForeign || geteuid() != 0 else {
      throw StoreError(.permission, "\(path) leads back out of a folder of another user's", hint: "Give it without ..")
    }
    var next = stat()
    var entry = openat(descriptor, name, pathOnly | O_NOFOLLOW | O_CLOEXEC)
    if entry < 0, errno == ENOENT, isMade {
      guard mkdirat(descriptor, name, 0o755) == 0 || errno == EEXIST else {
        throw .system("cannot make the folder \(path)")
      }
      entry = openat(descriptor, name, pathOnly | O_NOFOLLOW | O_CLOEXEC)
    }
    guard entry >= 0, fstat(entry, &next) == 0 else {
      if errno == ENOENT { throw StoreError(.missing, "there is no folder \(path)", cause: .system(ENOENT)) }
      throw .system("cannot open \(path)")
    }
    if next.st_mode & S_IFMT == S_IFLNK {
      defer { close(entry) }
      guard isTrusted(link: next) else {
        throw StoreError(
          .permission, "\(name) on the way to \(path) is a symbolic link that another user may have put there",
          hint: "Give the path without it")
      }
      return target(of: entry)
    }
    close(descriptor)
    (descriptor, status) = (entry, next)
    guard status.isFolder else { throw StoreError(.failed, "\(name) on the way to \(path) is not a folder") }
    isForeign = isForeign || status.isForeign
    return nil
  }

  private func isTrusted(link: stat) -> Bool {
    if geteuid() != 0 { return link.st_uid == 0 || link.st_uid == geteuid() }
    return link.st_uid == 0 && link.st_nlink == 1 && !isForeign
  }

  private func target(of link: Int32) -> String {
    var target = [CChar](repeating: 0, count: Int(PATH_MAX))
    let count = readlinkat(link, "", &target, target.count)
    return String(decoding: target.prefix(max(0, count)).map(UInt8.init(bitPattern:)), as: UTF8.self)
  }
}

extension stat {
  /// Whether somebody else than root may change what this folder holds. In a folder such as `/tmp`, others may add to it,
  /// and each of its files belongs to whom it says.
  fileprivate var isForeign: Bool { st_uid != 0 || othersThanRootMayWrite && st_mode & S_ISVTX == 0 }

  /// Whether the mode lets somebody write who is neither the owner nor in root's group.
  package var othersThanRootMayWrite: Bool { st_mode & (S_IWOTH | (st_gid == 0 ? 0 : S_IWGRP)) != 0 }
}

extension String {
  /// The names of a path, the first of them last.
  fileprivate var names: [String] { split(separator: "/").filter { $0 != "." }.map(String.init).reversed() }
}

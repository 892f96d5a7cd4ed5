internal import Glibc

/// The parts of a path, and the contents of a folder.
enum Path {
  static func folder(of path: String) -> String {
    guard let slash = path.lastIndex(of: "/") else { return "." }
    return slash == path.startIndex ? "/" : String(path[..<slash])
  }

  static func name(of path: String) -> String {
    path.lastIndex(of: "/").map { String(path[path.index(after: $0)...]) } ?? path
  }

  /// The status of the file itself: a link is not followed. `nil` if there is no file.
  static func status(of path: String) -> stat? {
    var status = stat()
    return lstat(path, &status) == 0 ? status : nil
  }

  /// The path without links in it; as it is if it does not exist.
  static func resolved(_ path: String) -> String {
    guard let resolved = realpath(path, nil) else { return path }
    defer { free(resolved) }
    return String(cString: resolved)
  }

  /// The names in a folder, in no particular order.
  static func entries(of folder: String) throws(StoreError) -> [String] {
    guard let stream = opendir(folder) else { throw .system("cannot read the folder \(folder)") }
    defer { closedir(stream) }
    return names(in: stream)
  }

  static func names(in stream: OpaquePointer) -> [String] {
    var names: [String] = []
    while let entry = readdir(stream) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) {
        $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      if name != ".", name != ".." { names.append(name) }
    }
    return names
  }
}

extension stat {
  func isSameFile(as other: stat?) -> Bool { other.map { st_ino == $0.st_ino && st_dev == $0.st_dev } ?? false }
  var isPlainFile: Bool { st_mode & S_IFMT == S_IFREG }
  var isFolder: Bool { st_mode & S_IFMT == S_IFDIR }
}

extension StoreError {
  /// The error that the system reported in `errno`.
  static func system(_ what: String, hint: String? = nil) -> StoreError {
    let code = errno
    let kind: Kind =
      switch code {
      case ENOSPC, EDQUOT: .full
      case EACCES, EPERM, EROFS: .permission
      default: .failed
      }
    return StoreError(kind, "\(what): \(String(cString: strerror(code)))", hint: hint, cause: .system(code))
  }
}

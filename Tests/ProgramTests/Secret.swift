import Foundation
import TestSupport

/// A folder of root's that nobody else may use, with a file in it.
final class Secret: Sendable {
  let folder: String
  var file: String { folder + "/file" }
  private let before: [String]

  /// - Parameter parent: the folder that it is made in.
  init(in parent: String = "/tmp", named name: String = "callerid-secret-\(UUID().uuidString)") throws {
    folder = parent + "/" + name
    let files = FileManager.default
    try files.createDirectory(atPath: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
    try Data("root's own\n".utf8).write(to: URL(fileURLWithPath: folder + "/file"))
    chmod(folder + "/file", 0o600)
    before = try Self.listing(of: folder)
  }

  deinit { try? FileManager.default.removeItem(atPath: folder) }

  /// Whether nobody has changed anything of it.
  func isUntouched(in folder: String? = nil) throws -> Bool { try Self.listing(of: folder ?? self.folder) == before }

  /// Everything that could be changed.
  private static func listing(of folder: String) throws -> [String] {
    try ([""] + FileManager.default.subpathsOfDirectory(atPath: folder).sorted()).map { name in
      var status = stat()
      let path = folder + "/" + name
      guard lstat(path, &status) == 0 else { throw Failure("\(path) is gone") }
      let contents = name.isEmpty ? nil : try? String(contentsOfFile: path, encoding: .utf8)
      return "\(name) \(status.st_ino) \(status.st_uid):\(status.st_gid) \(status.st_mode) \(contents ?? "")"
    }
  }
}

import Foundation
import TestSupport

/// Copies of a store's files, put back one by one as `cp -a` and `tar` do it: with the times that they had.
struct Copies: Sendable {
  static let ends = ["", "-wal", "-shm", "-lock"]

  /// Every set of the files but none of them.
  static let sets: [[String]] = (1..<(1 << ends.count)).map { mask in
    ends.indices.filter { mask & (1 << $0) != 0 }.map { ends[$0] }
  }

  private let folder: String
  private let store: String

  /// Copies the files as they are now.
  init(of site: Site) throws {
    folder = site.folder + "/copies"
    store = site.store
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: false)
    for end in Self.ends { try FileManager.default.copyItem(atPath: store + end, toPath: folder + "/store" + end) }
  }

  /// - Parameter inPlace: written into the file that is there, instead of a new one in its place.
  func putBack(_ set: [String], inPlace: Bool) throws {
    let files = FileManager.default
    for end in set {
      let (copy, path) = (folder + "/store" + end, store + end)
      let modified = try files.attributesOfItem(atPath: copy)[.modificationDate]
      if inPlace, let handle = FileHandle(forWritingAtPath: path) {
        try handle.truncate(atOffset: 0)
        try handle.write(contentsOf: Data(contentsOf: URL(fileURLWithPath: copy)))
        try handle.close()
      } else {
        try? files.removeItem(atPath: path)
        try files.copyItem(atPath: copy, toPath: path)
      }
      if let modified { try files.setAttributes([.modificationDate: modified], ofItemAtPath: path) }
    }
  }
}

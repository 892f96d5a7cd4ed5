import Foundation

/// Copies of a store's files, put back one by one as `cp -a` and `tar` do it: with the times that they had.
package struct Copies: Sendable {
  package static let ends = ["", "-wal", "-shm", "-lock"]

  /// Every set of the files but none of them.
  package static let sets: [[String]] = (1..<(1 << ends.count)).map { mask in
    ends.indices.filter { mask & (1 << $0) != 0 }.map { ends[$0] }
  }

  private let folder: String
  private let store: String

  /// Copies the files as they are now.
  ///
  /// - Parameter folder: is made for them.
  package init(ofStore store: String, in folder: String) throws {
    self.folder = folder
    self.store = store
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: false)
    for end in Self.ends { try FileManager.default.copyItem(atPath: store + end, toPath: folder + "/store" + end) }
  }

  /// - Parameter inPlace: written into the file that is there, instead of a new one in its place.
  package func putBack(_ set: [String], inPlace: Bool) throws {
    let files = FileManager.default
    for end in set {
      let (copy, path) = (folder + "/store" + end, store + end)
      guard let modified = try files.attributesOfItem(atPath: copy)[.modificationDate] else {
        throw Failure("\(copy) has no time")
      }
      if inPlace {
        guard let handle = FileHandle(forWritingAtPath: path) else { throw Failure("\(path) cannot be written") }
        try handle.truncate(atOffset: 0)
        try handle.write(contentsOf: Data(contentsOf: URL(fileURLWithPath: copy)))
        try handle.close()
      } else {
        try? files.removeItem(atPath: path)
        try files.copyItem(atPath: copy, toPath: path)
      }
      try files.setAttributes([.modificationDate: modified], ofItemAtPath: path)
    }
  }
}

import Foundation
import Rotation

/// A file that was named by its path, or standard input, read in chunks. It is closed with its last reference.
final class InputFile {
  /// What messages call the file: its path, or "standard input".
  let name: String
  private let descriptor: Int32
  private let isOwned: Bool

  /// - Parameter path: the path of the file; `-` is standard input.
  /// - Throws: `refused` where the file cannot be opened.
  init(path: String) throws(StoreError) {
    isOwned = path != "-"
    name = isOwned ? path : "standard input"
    descriptor = isOwned ? open(path, O_RDONLY | O_CLOEXEC) : STDIN_FILENO
    guard descriptor >= 0 else { throw unreadable() }
  }

  deinit {
    if isOwned { close(descriptor) }
  }

  /// Returns the next bytes, 256 KiB at most, and no bytes at the end.
  ///
  /// - Throws: `refused` where the file cannot be read, such as a folder.
  func nextChunk() throws(StoreError) -> [UInt8] {
    var count = 0
    let chunk = [UInt8](unsafeUninitializedCapacity: 256 * 1024) { buffer, size in
      repeat {
        count = read(descriptor, buffer.baseAddress, buffer.count)
      } while count < 0 && errno == EINTR
      size = max(0, count)
    }
    guard count >= 0 else { throw unreadable() }
    return chunk
  }

  private func unreadable() -> StoreError {
    StoreError(.refused, "cannot read \(name): \(String(cString: strerror(errno)))", hint: "Nothing was changed")
  }
}

internal import Glibc
internal import SQLite

/// Room on the disk for the write-ahead log, kept so that calls go on for a while where the disk is full.
enum LogRoom {
  /// As much as the log grows to before a call has it copied into the store, with its frames' headers, and half as much
  /// again for what comes meanwhile.
  private static let bytes = 6 << 20

  /// Reserves the room behind what the log of the store at `path` holds, without changing the file's size. Where the file
  /// system cannot do that, or has no room, the log grows as it goes.
  static func reserve(ofStore path: String) {
    let descriptor = open(path + "-wal", O_RDWR | O_CLOEXEC | O_NOFOLLOW)
    guard descriptor >= 0 else { return }
    defer { close(descriptor) }
    DiskRoom.reserve(bytes, for: descriptor)
  }
}

import Foundation
import TestSupport

/// What a power loss may leave on the disk.
struct Disk: Sendable {
  private(set) var files: [String: [UInt8]] = [:]

  init(of site: Site) throws {
    for file in Write.files { files[file] = [UInt8](try Data(contentsOf: URL(fileURLWithPath: site.store + file))) }
  }

  /// Which of the writes that nothing has synced arrived.
  enum Arrival: CaseIterable {
    case none, all
    /// Any of them, whatever their order, some in part.
    case some
  }

  /// Applies what was written before the power went: all that a sync has covered, and of the rest what `arrival` says.
  ///
  /// A file that was cut off and written again has either its old blocks or new ones: file systems with a journal (ext4,
  /// XFS) or with copies (Btrfs) give a file's old blocks to nobody before it is known that it was cut off.
  mutating func lose(after writes: ArraySlice<Write>, arrival: Arrival, _ dice: inout SeededGenerator) {
    for file in Write.files {
      let own = writes.filter { $0.file == file }
      let synced = own.lastIndex { $0.isSync } ?? -1
      for (index, write) in own.enumerated() {
        if arrival == .some, index > synced, write.isSize, Bool.random(using: &dice) { break }
        if index <= synced || arrival == .all {
          apply(write)
        } else if arrival == .some {
          switch dice.next() % 3 {
          case _ where write.isSize: apply(write)
          case 0: apply(write)
          case 1: tear(write, &dice)
          default: break
          }
        }
      }
    }
  }

  private mutating func apply(_ write: Write) {
    switch write.kind {
    case .bytes(let bytes, let offset): put(bytes[...], at: offset, in: write.file)
    case .size(let size): resize(write.file, to: size)
    case .sync: break
    }
  }

  /// Some of the sectors that a write covers.
  private mutating func tear(_ write: Write, _ dice: inout SeededGenerator) {
    guard case .bytes(let bytes, let offset) = write.kind else { return }
    var start = offset
    while start < offset + bytes.count {
      let end = min((start / 512 + 1) * 512, offset + bytes.count)
      if Bool.random(using: &dice) { put(bytes[(start - offset)..<(end - offset)], at: start, in: write.file) }
      start = end
    }
  }

  private mutating func put(_ bytes: ArraySlice<UInt8>, at offset: Int, in file: String) {
    let end = offset + bytes.count
    if files[file, default: []].count < end { resize(file, to: end) }
    files[file, default: []].replaceSubrange(offset..<end, with: bytes)
  }

  private mutating func resize(_ file: String, to size: Int) {
    let count = files[file, default: []].count
    if size < count {
      files[file]?.removeLast(count - size)
    } else {
      files[file, default: []] += [UInt8](repeating: 0, count: size - count)
    }
  }

  /// Writes the files into another folder, where the machine starts anew: with another boot ID in the lock file's stamp,
  /// and an index that is anything.
  func start(in site: Site, index: Data?) throws {
    let bootID = try String(contentsOfFile: "/proc/sys/kernel/random/boot_id", encoding: .utf8).prefix(36)
    for (file, bytes) in files {
      var data = Data(bytes)
      if file == "-lock", let range = data.range(of: Data(bootID.utf8)) {
        data.replaceSubrange(range, with: Data(bootID.replacing(/[0-9a-f]/, with: "0").utf8))
      }
      try data.write(to: URL(fileURLWithPath: site.store + file))
    }
    try index?.write(to: URL(fileURLWithPath: site.store + "-shm"))
  }
}

import Foundation

/// The file format of programs (elf(5)).
enum ELF {
  /// Whether a program is linked statically: it names no interpreter that would load libraries for it. It is false
  /// where the file cannot be read or is not a 64-bit program.
  static func isStatic(_ path: String) -> Bool {
    guard let file = FileHandle(forReadingAtPath: path), let data = try? file.read(upToCount: 65_536),
      data.starts(with: [0x7F, 0x45, 0x4C, 0x46, 2])
    else { return false }
    let head = [UInt8](data)
    func number(_ offset: Int, _ count: Int) -> Int {
      guard offset >= 0, offset + count <= head.count else { return 0 }
      return head[offset..<(offset + count)].reversed().reduce(0) { $0 << 8 | Int($1) }
    }
    let (table, size, count) = (number(32, 6), number(54, 2), number(56, 2))
    let interpreter = 3
    return !(0..<count).contains { number(table + $0 * size, 4) == interpreter }
  }
}

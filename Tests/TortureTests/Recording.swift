import Foundation
import TestSupport

/// One thing that a program did to one of the store's files.
struct Write: Sendable {
  enum Kind: Sendable {
    case bytes([UInt8], at: Int)
    case size(Int)
    case sync
  }

  /// What the file's name adds to the store's; the index `-shm` is written through memory, and is lost anyway.
  let file: String
  let kind: Kind

  var isSync: Bool { if case .sync = kind { true } else { false } }
  var isSize: Bool { if case .size = kind { true } else { false } }

  static let files = ["", "-wal", "-lock"]
}

extension Site {
  /// Runs a program that must succeed, and tells what it wrote, in order.
  func record(_ program: Program, _ arguments: [String], _ input: String = "") async throws -> [Write] {
    let trace = folder + "-trace"
    defer { try? FileManager.default.removeItem(atPath: trace) }
    let finished = try await run(
      program, arguments, input,
      strace: ["-f", "-o", trace, "-y", "-xx", "-s", "150000", "-e", "trace=pwrite64,fdatasync,fsync,ftruncate"])
    guard finished.status == 0 else { throw Failure("\(arguments): \(finished.output)\(finished.errors)") }
    return try String(contentsOfFile: trace, encoding: .utf8).split(separator: "\n").compactMap { try read(String($0)) }
  }

  /// Reads a line such as `4711 pwrite64(6</var/…/callerid.db>, "…", 1024, 2048) = 1024`; strings, and paths, are in
  /// hexadecimal digits.
  private func read(_ line: String) throws -> Write? {
    guard let bracket = line.firstIndex(of: "("), let call = line[..<bracket].split(separator: " ").last,
      let from = line.firstIndex(of: "<"), let to = line.firstIndex(of: ">"), line.contains(") = ")
    else { return nil }
    let path = String(decoding: bytes(line[from..<to]), as: UTF8.self)
    guard path.hasPrefix(store), Write.files.contains(String(path.dropFirst(store.count))) else { return nil }
    let file = String(path.dropFirst(store.count))
    let parts = line[to...].split(separator: "\"", omittingEmptySubsequences: false)
    let numbers = (parts.last ?? "").split { !$0.isNumber }.compactMap { Int($0) }
    switch call {
    case "pwrite64" where parts.count == 3 && numbers.count == 3 && numbers[0] == numbers[2]:
      return Write(file: file, kind: .bytes(bytes(parts[1]), at: numbers[1]))
    case "ftruncate" where numbers.count == 2: return Write(file: file, kind: .size(numbers[0]))
    case "fdatasync", "fsync": return Write(file: file, kind: .sync)
    default: throw Failure("cannot read \(line.prefix(200))")
    }
  }

  /// What `\x2f\x74…` stands for.
  private func bytes(_ text: Substring) -> [UInt8] {
    func value(_ digit: UInt8) -> UInt8 { digit >= UInt8(ascii: "a") ? digit - UInt8(ascii: "a") + 10 : digit & 15 }
    let utf8 = Array(text.utf8)
    var bytes: [UInt8] = []
    var index = 0
    while index + 3 < utf8.count {
      guard utf8[index] == UInt8(ascii: "\\") else {
        index += 1
        continue
      }
      bytes.append(value(utf8[index + 2]) << 4 | value(utf8[index + 3]))
      index += 4
    }
    return bytes
  }
}

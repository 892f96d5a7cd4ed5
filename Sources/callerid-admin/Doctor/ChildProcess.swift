import Foundation
import Rotation

/// A program that is started to see whether it works.
enum ChildProcess {
  struct Finished {
    let output: String
    /// The exit code; 128 and the signal's number where a signal ended it.
    let status: Int
  }

  /// Runs it to its end, of which callerid-agi sees to itself.
  ///
  /// - Parameter account: whose rights it has; only root can give it others than its own.
  /// - Returns: nil where it cannot be started.
  static func run(_ path: String, _ arguments: [String], input: String = "", as account: Account? = nil) -> Finished? {
    let process = Process()
    let (standardInput, standardOutput) = (Pipe(), Pipe())
    process.executableURL = URL(fileURLWithPath: path)
    process.arguments = arguments
    process.standardInput = standardInput
    process.standardOutput = standardOutput
    process.standardError = FileHandle.nullDevice
    // It fits into the pipe, whether it is read or not.
    standardInput.fileHandleForWriting.write(Data(input.utf8))
    try? standardInput.fileHandleForWriting.close()
    do {
      try withRights(of: account) { try process.run() }
    } catch {
      return nil
    }
    let output = standardOutput.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    let isExit = process.terminationReason == .exit
    return Finished(
      output: String(decoding: output, as: UTF8.self),
      status: Int(process.terminationStatus) + (isExit ? 0 : 128))
  }

  /// The effective user and groups are the child's; the real user stays root's, who can come back.
  private static func withRights(of account: Account?, _ body: () throws -> Void) throws {
    guard let account, geteuid() == 0, account.user != 0 else { return try body() }
    let ownGroup = getegid()
    var ownGroups = [gid_t](repeating: 0, count: Int(max(0, getgroups(0, nil))))
    getgroups(Int32(ownGroups.count), &ownGroups)
    defer {
      seteuid(0)
      setegid(ownGroup)
      setgroups(ownGroups.count, ownGroups)
    }
    guard setgroups(account.groups.count, account.groups) == 0, setegid(account.groups[0]) == 0,
      seteuid(account.user) == 0
    else { throw StoreError(.permission, "cannot become \(account.name)") }
    try body()
  }
}

/// The head of a program's file (elf(5)).
enum ELF {
  /// Whether it names no interpreter that would load libraries for it.
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

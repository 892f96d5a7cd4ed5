import Foundation
import Rotation

/// A program that is started to find out whether it works.
enum ChildProcess {
  struct Finished {
    let output: String
    /// The exit code, or 128 plus the number of the signal that ended the program.
    let status: Int
  }

  /// Runs a program and waits for its end, however long that takes. callerid-agi limits its own time.
  ///
  /// - Parameters:
  ///   - input: what the program reads from standard input, no more than a pipe holds (64 KiB).
  ///   - account: the user whose rights the program gets. It is ignored unless this program runs as root.
  /// - Returns: nil where the program cannot be started.
  static func run(_ path: String, _ arguments: [String], input: String = "", as account: Account? = nil) -> Finished? {
    let process = Process()
    let (standardInput, standardOutput) = (Pipe(), Pipe())
    process.executableURL = URL(fileURLWithPath: path)
    process.arguments = arguments
    process.standardInput = standardInput
    process.standardOutput = standardOutput
    process.standardError = FileHandle.nullDevice
    // The pipe holds all of the input, so that this does not wait for a program that never reads it.
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

  /// Runs `body` with the effective user and groups of the account. The real user stays root, so that root's rights can
  /// be taken back.
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

import Foundation
import Rotation

/// A program that is started to find out whether it works.
enum ChildProcess {
  struct Finished {
    let output: String
    /// The exit code, or 128 plus the number of the signal that ended the program.
    let status: Int
  }

  /// The first argument of a callerid-admin that gives up root's rights for good and then becomes another program. It
  /// stands before any command, and is not for people.
  private static let runAs = "run-as"

  /// Runs a program and waits for its end, however long that takes. callerid-agi limits its own time.
  ///
  /// - Parameters:
  ///   - input: what the program reads from standard input, no more than a pipe holds (64 KiB).
  ///   - account: the user whose rights the program gets. It is ignored unless this program runs as root.
  /// - Returns: nil where the program cannot be started.
  static func run(_ path: String, _ arguments: [String], input: String = "", as account: Account) -> Finished? {
    let process = Process()
    let (standardInput, standardOutput) = (Pipe(), Pipe())
    if geteuid() == 0, account.user != 0 {
      process.executableURL = URL(fileURLWithPath: "/proc/self/exe")
      let groups = account.groups.map(String.init).joined(separator: ",")
      process.arguments = [runAs, "\(account.user)", groups, path] + arguments
    } else {
      process.executableURL = URL(fileURLWithPath: path)
      process.arguments = arguments
    }
    process.standardInput = standardInput
    process.standardOutput = standardOutput
    process.standardError = FileHandle.nullDevice
    // The pipe holds all of the input, so that this does not wait for a program that never reads it.
    standardInput.fileHandleForWriting.write(Data(input.utf8))
    try? standardInput.fileHandleForWriting.close()
    do { try process.run() } catch { return nil }
    let output = standardOutput.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    let status = Int(process.terminationStatus) + (process.terminationReason == .exit ? 0 : 128)
    return status == cannotStart ? nil : Finished(output: String(decoding: output, as: UTF8.self), status: status)
  }

  /// As shells say it.
  private static let cannotStart = 127

  /// Becomes the user and then the program that `run` has named, if this process was started for that.
  static func becomeProgram() {
    let words = CommandLine.arguments.dropFirst()
    guard words.first == runAs, words.count >= 4 else { return }
    let values = Array(words.dropFirst())
    guard let user = UInt32(values[0]), user != 0,
      case let groups = values[1].split(separator: ",").compactMap({ UInt32($0) }),
      !groups.isEmpty, (try? StoreUser.become(Account(name: values[0], user: user, groups: groups))) != nil
    else { exit(Int32(cannotStart)) }
    var arguments = values[2...].map { strdup($0) } + [nil]
    execv(values[2], &arguments)
    exit(Int32(cannotStart))
  }
}

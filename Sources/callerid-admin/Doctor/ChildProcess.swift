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

  /// All that the program finds in its environment, which could be root's: where Asterisk's own would be is unknown.
  private static let environment = ["PATH=/usr/local/bin:/usr/bin:/bin", "LC_ALL=C"]

  /// Runs a program and waits for its end, however long that takes. callerid-agi limits its own time.
  ///
  /// The program has a session of its own, without a terminal that it could type into, and no descriptor but its three.
  ///
  /// - Parameters:
  ///   - input: what the program reads from standard input, no more than a pipe holds (64 KiB).
  ///   - account: the user whose rights the program gets. It is ignored unless this program runs as root.
  /// - Returns: nil where the program cannot be started.
  static func run(_ path: String, _ arguments: [String], input: String = "", as account: Account) -> Finished? {
    let (standardInput, standardOutput) = (Pipe(), Pipe())
    // The pipe holds all of the input, so that this does not wait for a program that never reads it.
    standardInput.fileHandleForWriting.write(Data(input.utf8))
    try? standardInput.fileHandleForWriting.close()
    let groups = account.groups.map(String.init).joined(separator: ",")
    let own = [runAs, runAs, "\(account.user)", groups, path] + arguments
    let process = start(
      own, input: standardInput.fileHandleForReading.fileDescriptor,
      output: standardOutput.fileHandleForWriting.fileDescriptor)
    try? standardOutput.fileHandleForWriting.close()
    guard let process else { return nil }
    let output = standardOutput.fileHandleForReading.readDataToEndOfFile()
    var code: Int32 = 0
    while waitpid(process, &code, 0) < 0, errno == EINTR {}
    // As shells say it (wait(2): the low seven bits are the signal).
    let status = Int(code & 0x7F == 0 ? code >> 8 & 0xFF : 128 + code & 0x7F)
    return status == cannotStart ? nil : Finished(output: String(decoding: output, as: UTF8.self), status: status)
  }

  /// Starts this program again.
  private static func start(_ words: [String], input: Int32, output: Int32) -> pid_t? {
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_adddup2(&actions, input, STDIN_FILENO)
    posix_spawn_file_actions_adddup2(&actions, output, STDOUT_FILENO)
    posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_RDWR, 0)
    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    posix_spawnattr_setflags(&attributes, newSession)
    var process = pid_t()
    let code = withCStrings(words) { words in
      withCStrings(environment) { posix_spawn(&process, "/proc/self/exe", &actions, &attributes, words, $0) }
    }
    return code == 0 ? process : nil
  }

  /// `POSIX_SPAWN_SETSID`, which Glibc's module does not show; it is the same on every Linux.
  private static let newSession: Int16 = 0x80

  private static func withCStrings<Result>(
    _ words: [String], _ body: ([UnsafeMutablePointer<CChar>?]) -> Result
  ) -> Result {
    let copies = words.map { strdup($0) }
    defer { for copy in copies { free(copy) } }
    return body(copies + [nil])
  }

  private static let cannotStart = 127

  /// Becomes the user and then the program that `run` has named, if this process was started for that.
  static func becomeProgram() {
    let words = CommandLine.arguments.dropFirst()
    guard words.first == runAs, words.count >= 4 else { return }
    let values = Array(words.dropFirst())
    guard let user = UInt32(values[0]), case let groups = values[1].split(separator: ",").compactMap({ UInt32($0) }),
      !groups.isEmpty,
      geteuid() != 0 || (try? StoreUser.become(Account(name: values[0], user: user, groups: groups))) != nil
    else { exit(Int32(cannotStart)) }
    // Of whoever has started doctor.
    for descriptor in ((try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd")) ?? []).compactMap(
      Int32.init)
    where descriptor > STDERR_FILENO { _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC) }
    _ = withCStrings(Array(values[2...])) { words in withCStrings(environment) { execve(values[2], words, $0) } }
    exit(Int32(cannotStart))
  }
}

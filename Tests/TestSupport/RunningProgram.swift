internal import Foundation

/// A program that runs on while the test does, unlike one of `run`. It is killed with the last reference to it.
package final class RunningProgram: Sendable {
  private let process = Process()

  /// Starts a program in the environment of the tests.
  ///
  /// - Parameters:
  ///   - environment: variables that are added.
  ///   - input, output: a `Pipe` or a `FileHandle`.
  ///   - errors: nil: they go where those of the tests go.
  package init(
    _ executable: String, _ arguments: [String], environment: [String: String] = [:],
    input: Any = FileHandle.nullDevice, output: Any = FileHandle.nullDevice, errors: Any? = nil
  ) throws {
    process.executableURL = URL(fileURLWithPath: executable)
    process.arguments = arguments
    process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
    process.standardInput = input
    process.standardOutput = output
    if let errors { process.standardError = errors }
    try process.run()
  }

  deinit { end() }

  package var id: Int32 { process.processIdentifier }
  package var isRunning: Bool { process.isRunning }

  package func send(_ signal: Int32) { kill(id, signal) }

  /// Ends it, even one that is stopped.
  package func end(_ signal: Int32 = SIGKILL) {
    guard isRunning else { return }
    send(signal)
    process.waitUntilExit()
  }

  /// Waits for its end without blocking, because tests share a few threads.
  ///
  /// - Returns: its exit code, or 128 and the number of the signal that ended it.
  package func status() async throws -> Int {
    for _ in 0..<6000 {
      if !isRunning { return Int(process.terminationStatus) + (process.terminationReason == .exit ? 0 : 128) }
      try await Task.sleep(for: .milliseconds(5))
    }
    throw Failure("the program still runs after 30 seconds")
  }
}

import Foundation
import MariaDB
import TestSupport

/// A thread for each job, for what blocks: tests share a few threads.
private final class OwnThreads: TaskExecutor {
  func enqueue(_ job: consuming ExecutorJob) {
    let job = UnownedJob(job)
    Thread.detachNewThread { job.runSynchronously(on: self.asUnownedTaskExecutor()) }
  }
}

/// Runs what blocks on a thread of its own, as a part of the test.
func blocking<Result: Sendable>(_ body: @escaping @Sendable () throws -> Result) async throws -> Result {
  try await Task(executorPreference: OwnThreads()) { try body() }.value
}

extension ConnectionOptions {
  /// The account of `node`, at each of these ports in turn.
  init(_ ports: Int...) {
    self.init(
      hosts: ports.map { Host(name: "127.0.0.1", port: $0) }, user: EngineNode.user, password: EngineNode.password,
      database: EngineNode.database)
  }
}

/// What `body` throws; nil where it throws nothing, or something else.
func failure<Result>(_ body: () throws -> Result) -> EngineError? {
  do {
    _ = try body()
    return nil
  } catch { return error as? EngineError }
}

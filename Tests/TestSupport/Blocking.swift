internal import Foundation

/// A thread for each job, for what blocks: tests share a few threads.
private final class OwnThreads: TaskExecutor {
  func enqueue(_ job: consuming ExecutorJob) {
    let job = UnownedJob(job)
    Thread.detachNewThread { job.runSynchronously(on: self.asUnownedTaskExecutor()) }
  }
}

/// Runs what blocks on a thread of its own, as a part of the test.
package func blocking<Result: Sendable>(_ body: @escaping @Sendable () throws -> Result) async throws -> Result {
  try await Task(executorPreference: OwnThreads()) { try body() }.value
}

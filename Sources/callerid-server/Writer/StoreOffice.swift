import Foundation
import Rotation

/// A thread that does with the store what the commands of `callerid-admin` do, for those who ask over HTTP: it reads without
/// keeping anybody waiting, and changes what operators change, with the same pauses for calls.
final class StoreOffice: Sendable {
  private struct Request: Sendable {
    let perform: @Sendable (Store) -> Void
    let fail: @Sendable (StoreError) -> Void
  }

  /// Requests that wait. People who look at pages do not make more.
  private static let mostWaiting = 64
  /// Seconds after which a store that nobody asks for is closed.
  private static let idleSeconds = 30

  private let path: String
  private let keepsForUndo: Bool
  private let queue = RequestQueue<Request>()
  private let isEnded = DispatchSemaphore(value: 0)

  private let isAllowed: @Sendable () -> StoreError?

  /// - Parameters:
  ///   - keepsForUndo: whether what is changed can be taken back.
  ///   - isAllowed: says why nothing may be done with the store now.
  init(path: String, keepsForUndo: Bool = false, isAllowed: @escaping @Sendable () -> StoreError? = { nil }) {
    self.path = path
    self.keepsForUndo = keepsForUndo
    self.isAllowed = isAllowed
    Thread.detachNewThread { [self] in run() }
  }

  /// Has `body` done on the thread, and returns what it returned.
  ///
  /// - Parameter author: who is named in the audit.
  func ask<Answer: Sendable>(by author: Author = .user, _ body: @escaping @Sendable (Store) throws -> Answer)
    async throws(StoreError) -> Answer
  {
    try await withCheckedContinuation { (continuation: CheckedContinuation<Result<Answer, StoreError>, Never>) in
      let request = Request(
        perform: { store in
          store.author = author
          do { continuation.resume(returning: .success(try body(store))) } catch {
            continuation.resume(
              returning: .failure(error as? StoreError ?? StoreError(.failed, "\(error)")))
          }
        }, fail: { continuation.resume(returning: .failure($0)) })
      if !queue.add([request], atMost: Self.mostWaiting) {
        continuation.resume(returning: .failure(StoreError(.busy, "too many requests wait for the store")))
      }
    }.get()
  }

  /// Does what waits, and closes the store.
  func end() {
    queue.close()
    isEnded.wait()
  }

  private func run() {
    var store: Store?
    var idle = 0
    while let requests = queue.take(atMost: 1, waiting: 1) {
      idle = requests.isEmpty ? idle + 1 : 0
      if let open = store, open.isAskedToClose || open.isReplaced || idle > Self.idleSeconds { store = nil }
      for request in requests {
        do throws(StoreError) {
          if let reason = isAllowed() { throw reason }
          if store == nil {
            guard !Store.isAskedToClose(path: path) else { throw StoreError(.busy, "the store is being restored") }
            store = try Store(path: path, patience: .milliseconds(5000))
          }
        } catch {
          request.fail(error)
          continue
        }
        if keepsForUndo { store?.keepForUndo() }
        if let store { request.perform(store) }
        // Whoever asked has the answer, and does not wait for the disk.
        store?.endKeepingForUndo()
      }
    }
    store = nil
    isEnded.signal()
  }
}

import Foundation
import Logging
import Rotation
import Synchronization

/// The one thread that gives out numbers. What waits for it is answered in one transaction, a *group*, and nobody is
/// answered before that is committed. Between two groups the store is free for `callerid-agi` and for operators.
///
/// A request that fails undoes only what it did itself. Where a whole group fails, each of its requests is tried alone, so
/// that none fails for what another one did.
final class StoreWriter: Sendable {
  /// Something that is to be done in a group.
  struct Request: Sendable {
    /// Does what is asked, and returns what tells the answer once that is committed.
    fileprivate let perform: @Sendable (Transaction) throws -> @Sendable () -> Void
    fileprivate let fail: @Sendable (StoreError) -> Void
    /// When whoever waits for it gives up.
    fileprivate let deadline: Deadline

    /// Has `body` done, and then calls `answer` with what it returned, on the writer's thread.
    ///
    /// - Parameter deadline: after it `answer` gets `busy`, and nothing is done.
    init<Answer: Sendable>(
      until deadline: Deadline, _ body: @escaping @Sendable (Transaction) throws -> Answer,
      answer: @escaping @Sendable (Result<Answer, StoreError>) -> Void
    ) {
      perform = { transaction in
        let result = try body(transaction)
        return { answer(.success(result)) }
      }
      fail = { answer(.failure($0)) }
      self.deadline = deadline
    }
  }

  /// At most so many requests are answered in one transaction, and none is begun after so many nanoseconds: a process
  /// beside waits no longer than these take.
  private static let mostInGroup = 64
  private static let longestGroup = 3_000_000
  /// Requests that wait. More are refused at once: at the rate of the slowest disk they would be too late in any case.
  private static let mostWaiting = 8192
  /// Seconds between two looks at whether the store has been replaced, or is to be closed.
  private static let restlessness = 0.1

  private let path: String
  private let measures: Measures
  private let log: Logger
  private let queue = RequestQueue<Request>()
  private let copier = LogCopier()
  private let timeout = Atomic<Int>(Settings().busyTimeoutMilliseconds)
  private let health = Mutex<StoreError?>(nil)
  private let isEnded = DispatchSemaphore(value: 0)

  /// Opens the store, and begins to answer.
  ///
  /// - Parameter isAwaited: whether to answer also while there is no store that can be opened; whoever asks is told why.
  /// - Throws: what opening it throws, unless it is awaited.
  init(path: String, isAwaited: Bool, measures: Measures, log: Logger) throws(StoreError) {
    self.path = path
    self.measures = measures
    self.log = log
    let opened = Mutex<StoreError?>(nil)
    let isOpened = DispatchSemaphore(value: 0)
    Thread.detachNewThread { [self] in
      run(isAwaited: isAwaited) { error in
        opened.withLock { $0 = error }
        isOpened.signal()
      }
    }
    isOpened.wait()
    if let error = opened.withLock({ $0 }) { throw error }
  }

  // MARK: Asking

  /// Milliseconds that a call may wait for the store: the setting `busy_timeout_ms`.
  var callTimeout: Int { timeout.load(ordering: .relaxed) }

  /// How many requests wait.
  var waiting: Int { queue.count }

  /// Why the store cannot be used now, or nil.
  var failure: StoreError? { health.withLock { $0 } }

  /// Has requests answered, in one of the next groups.
  func add(_ requests: [Request]) {
    if !queue.add(requests, atMost: Self.mostWaiting) {
      for request in requests { request.fail(StoreError(.busy, "too many requests wait for the store")) }
    }
  }

  /// Has `body` done for a task, which waits for the answer.
  func ask<Answer: Sendable>(
    until deadline: Deadline, _ body: @escaping @Sendable (Transaction) throws -> Answer
  ) async throws(StoreError) -> Answer {
    try await withCheckedContinuation { continuation in
      add([Request(until: deadline, body) { continuation.resume(returning: $0) }])
    }.get()
  }

  /// Answers what waits, takes in nothing more, and closes the store.
  func end() {
    queue.close()
    isEnded.wait()
  }

  // MARK: Answering

  /// - Parameter opened: is told whether the store could be opened; if it could not, nothing is answered.
  private func run(isAwaited: Bool, opened: (StoreError?) -> Void) {
    // The only reference to it: it is closed by letting go of it.
    var store: Store?
    do throws(StoreError) {
      store = try open(patience: .long)
    } catch {
      guard isAwaited else { return opened(error) }
      log.error("the store: \(error)")
      health.withLock { $0 = error }
    }
    opened(nil)
    while let requests = queue.take(atMost: Self.mostInGroup, waiting: Self.restlessness) {
      if requests.isEmpty { timeout.store(Store.callTimeout(path: path), ordering: .relaxed) }
      if let open = store, open.isAskedToClose || open.isReplaced {
        log.notice("the store is closed, for another one to take its place")
        close(open)
        store = nil
      }
      if store == nil, !Store.isAskedToClose(path: path) {
        do throws(StoreError) {
          store = try open(patience: .milliseconds(callTimeout))
          health.withLock { $0 = nil }
          log.notice("the store is open again")
        } catch {
          health.withLock { $0 = error }
        }
      }
      if let store {
        serve(requests, in: store)
        copier.copy(store, path: path)
        store.letOthersGoFirst()
      } else {
        let failure = failure ?? StoreError(.busy, "the store is being restored")
        for request in requests { request.fail(failure) }
      }
    }
    if let store { close(store) }
    store = nil
    isEnded.signal()
  }

  /// What is to be done before a store is let go of.
  private func close(_ store: Store) {
    copier.wait(for: store)
    store.recordIndex()
  }

  private func open(patience: Store.Patience) throws(StoreError) -> Store {
    let store = try Store(path: path, patience: patience, logCopying: .thread)
    timeout.store(store.settings.busyTimeoutMilliseconds, ordering: .relaxed)
    return store
  }

  private func serve(_ requests: [Request], in store: Store) {
    var requests = requests[...]
    while let first = requests.first {
      do throws(StoreError) {
        guard first.deadline.remainingMilliseconds > 0 else { throw Self.busy }
        requests.removeFirst(try answer(requests, in: store, until: first.deadline))
        continue
      } catch {
        requests.removeFirst()
        if error.kind != .busy { note(error) }
        // Perhaps it fails for what another one does.
        guard error.kind != .busy, !requests.isEmpty,
          (try? answer([first], in: store, until: first.deadline)) != nil
        else {
          first.fail(error)
          continue
        }
      }
    }
  }

  static let busy = StoreError(.busy, "the store is locked by another process")

  /// Answers requests in one transaction.
  ///
  /// - Returns: how many that were; the others are for the next one.
  private func answer(_ requests: ArraySlice<Request>, in store: Store, until deadline: Deadline) throws(StoreError)
    -> Int
  {
    let asked = Monotonic.now
    var begun = asked
    let results = try store.write(until: deadline) { transaction in
      begun = Monotonic.now
      var results: [Result<@Sendable () -> Void, StoreError>] = []
      for request in requests {
        if !results.isEmpty, Monotonic.now - begun > Self.longestGroup { break }
        results.append(try transaction.part { try request.perform(transaction) })
      }
      return results
    }
    timeout.store(store.settings.busyTimeoutMilliseconds, ordering: .relaxed)
    measures.group(of: results.count, waited: begun - asked, took: Monotonic.now - begun)
    for (request, result) in zip(requests, results) {
      switch result {
      case .success(let tell): tell()
      case .failure(let error):
        note(error)
        request.fail(error)
      }
    }
    if failure != nil { health.withLock { $0 = nil } }
    return results.count
  }

  /// What a request did wrong says nothing about the store.
  private func note(_ error: StoreError) {
    guard !error.isOfRequest, error.kind != .busy else { return }
    log.error("the store: \(error)")
    health.withLock { $0 = error }
  }
}

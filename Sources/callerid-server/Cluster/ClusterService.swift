import Cluster
import Foundation
import Logging
import Rotation
import Synchronization

/// What keeps this machine's store one of a cluster's, where it is one: a thread for its duties, and one that leases single
/// numbers for calls that wish for them, from here and from `callerid-agi`.
final class ClusterService: Sendable {
  private struct Wish: Sendable {
    let wish: LeaseWish
    let deadline = Deadline.after(milliseconds: patience)
    let answer: @Sendable (Bool) -> Void
  }

  /// Milliseconds that a call waits for a wish.
  private static let patience = 15
  /// Wishes that wait. In the time that a call waits no more of them are fulfilled.
  private static let mostWaiting = 64
  /// Seconds between two looks at what is due.
  private static let restlessness = 0.25
  /// So many of them are passed over where the store could not be opened.
  private static let passedOver = 40

  private let path: String
  private let file: String
  private let log: Logger
  private let standing = Standing()
  private let wishes = RequestQueue<Wish>()
  private let isClustered = Atomic<Bool>(false)
  private let isEnding = Atomic<Bool>(false)
  private let ended = DispatchGroup()

  init(path: String, file: String, log: Logger) {
    (self.path, self.file, self.log) = (path, file, log)
    ended.enter()
    ended.enter()
    Thread.detachNewThread { [self] in
      keepDuties()
      ended.leave()
    }
    Thread.detachNewThread { [self] in
      fulfilWishes()
      ended.leave()
    }
  }

  /// Says whether the store is one of a cluster's, as somebody has just read it.
  func know(isClustered: Bool) { self.isClustered.store(isClustered, ordering: .relaxed) }

  func end() {
    isEnding.store(true, ordering: .relaxed)
    wishes.close()
    ended.wait()
  }

  /// Why operators cannot change anything now: the other dialers would not hear of it.
  var reasonNotToEdit: StoreError? {
    guard isClustered.load(ordering: .relaxed), let failure = standing.failure else { return nil }
    return StoreError(
      .busy, "the cluster's engine is not reached: \(failure)", hint: "Nothing was changed; try again when it answers")
  }

  /// Asks the engine for a number that a call would rather have, and then, or when the call has waited long enough, calls
  /// `body`, on another thread.
  func fulfil(_ wish: LeaseWish, then body: @escaping @Sendable () -> Void) {
    let isAnswered = Answered()
    let answer = { @Sendable in if isAnswered.isFirst() { body() } }
    DispatchQueue.global().asyncAfter(deadline: .now() + .milliseconds(Self.patience)) { answer() }
    if !wishes.add([Wish(wish: wish) { _ in answer() }], atMost: Self.mostWaiting) { answer() }
  }

  /// Whether a call has been answered.
  private final class Answered: Sendable {
    private let flag = Atomic<Bool>(false)
    func isFirst() -> Bool { !flag.exchange(true, ordering: .relaxed) }
  }

  func fulfil(_ wish: LeaseWish) async {
    await withCheckedContinuation { continuation in fulfil(wish) { continuation.resume() } }
  }

  // MARK: Duties

  private func keepDuties() {
    var dialer: (work: Dialer, store: Store)?
    var failure: String?
    var toPassOver = 0
    while !isEnding.load(ordering: .relaxed) {
      do {
        if let open = dialer?.store, open.isAskedToClose || open.isReplaced { (dialer, toPassOver) = (nil, 1) }
        if dialer == nil, toPassOver == 0, isClustered.load(ordering: .relaxed), !Store.isAskedToClose(path: path) {
          toPassOver = Self.passedOver
          dialer = try openDialer()
        }
        toPassOver = max(0, toPassOver - 1)
        _ = try dialer?.work.work()
        failure = nil
      } catch {
        // The store is busy, is being restored, or its file of the cluster cannot be read.
        dialer = nil
        if failure != "\(error)" { log.error("the cluster: \(error)") }
        failure = "\(error)"
      }
      Thread.sleep(forTimeInterval: Self.restlessness)
    }
  }

  private func openDialer() throws -> (work: Dialer, store: Store)? {
    let store = try Store(path: path, patience: .milliseconds(5000), author: .user)
    isClustered.store(store.membership != nil, ordering: .relaxed)
    guard store.membership != nil else { return nil }
    let log = log
    let dialer = Dialer(store: store, options: try ClusterFile(path: file).engine, standing: standing) { level, text in
      switch level {
      case .info: log.info("\(text)")
      case .notice: log.notice("\(text)")
      case .error: log.error("\(text)")
      }
    }
    return (dialer, store)
  }

  // MARK: Wishes

  private func fulfilWishes() {
    var desk: (work: LeaseDesk, store: Store)?
    var socket: LeaseSocket?
    while let waiting = wishes.take(atMost: 1, waiting: 1) {
      if let open = desk?.store, open.isAskedToClose || open.isReplaced { desk = nil }
      for wish in waiting {
        let isInTime = wish.deadline.remainingMilliseconds > 0
        wish.answer(isInTime ? desk?.work.fulfil(wish.wish) ?? false : false)
      }
      // Also where calls never pause: one that was not answered in time has lost the connection.
      if desk == nil, isClustered.load(ordering: .relaxed) { desk = try? openDesk() }
      if desk != nil, socket == nil { socket = listen() }
      if waiting.isEmpty || desk?.work.isReady == false { desk?.work.makeReady() }
    }
    socket?.end()
  }

  private func openDesk() throws -> (work: LeaseDesk, store: Store) {
    let store = try Store(path: path, patience: .milliseconds(10))
    return (LeaseDesk(store: store, options: try ClusterFile(path: file).engine, standing: standing), store)
  }

  private func listen() -> LeaseSocket? {
    do throws(StoreError) {
      return try LeaseSocket(ofStore: path) { [wishes] numbers, answer in
        let wish = Wish(wish: LeaseWish(numbers: numbers), answer: answer)
        if !wishes.add([wish], atMost: Self.mostWaiting) { answer(false) }
      }
    } catch {
      log.error("calls of callerid-agi get no numbers of other dialers: \(error)")
      return nil
    }
  }
}

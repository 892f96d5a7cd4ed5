import Foundation
import Rotation
import Synchronization

/// Copies the write-ahead log into the store on a thread of its own, so that no request waits for the disk.
final class LogCopier: Sendable {
  private enum State { case idle, copying, copied }

  private let state = Mutex(State.idle)

  /// Begins to copy the log, if it has grown and it is the turn of this store.
  func copy(_ store: Store, path: String) {
    if state.withLock({ $0 == .copied }) { end(store) }
    guard state.withLock({ $0 == .idle }) else { return }
    store.handOnLog { _ in
      state.withLock { $0 = .copying }
      Thread.detachNewThread { [self] in
        Store.copyLog(ofStore: path)
        state.withLock { $0 = .copied }
      }
    }
  }

  /// Waits until nothing is copied any more; to be called before the store is closed.
  func wait(for store: Store) {
    while state.withLock({ $0 == .copying }) { usleep(1000) }
    if state.withLock({ $0 == .copied }) { end(store) }
  }

  private func end(_ store: Store) {
    store.endHandedOnLog()
    state.withLock { $0 = .idle }
  }
}

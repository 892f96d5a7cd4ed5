internal import Calls
internal import Rotation

/// The store, as one call asks it. Everything that the program does with a store is in this file.
struct StoreQuestions: ~Copyable {
  let path: String
  /// When to stop waiting for the store.
  let deadline: Deadline
  private var store: Store?

  init(path: String, deadline: Deadline) {
    self.path = path
    self.deadline = deadline
  }

  /// Asks the store. Whatever it says, nobody else has to wait for it afterwards.
  mutating func answer(_ question: Question) -> StoreAnswer {
    do throws(StoreError) {
      // A question that fails closes the store, whose lock would be held throughout the conversation with Asterisk.
      let store = try Store(path: path, for: .call(deadline))
      let answer: StoreAnswer
      switch question {
      case .pick(let request): answer = .picked(try store.pick(request), namePolicy: store.settings.setName)
      case .release(let uniqueID, let outcome):
        answer = .released(try store.release(uniqueID: uniqueID, outcome: outcome))
      case .logRefusal(let request, let reason):
        try store.log(refusalOf: request, reason: reason)
        answer = .logged
      }
      store.letGo()
      // Never closed from here on: the process ends with the call, and the kernel is quicker at it.
      _ = Unmanaged.passRetained(store)
      self.store = store
      return answer
    } catch {
      return .failed(error)
    }
  }

  /// Releases what a pick got. If the store is busy, the time to live ends it.
  func giveBack(_ request: Int) { _ = try? store?.release(request: request) }
}

internal import Calls
internal import Rotation

/// The store, as one call asks it. Everything that the program does with a store is in this file.
struct StoreQuestions: ~Copyable {
  let path: String
  /// When to stop waiting for the store.
  let deadline: Deadline
  private var store: Store?
  /// Why the store must not be opened.
  private let failure: StoreError?

  init(path: String, deadline: Deadline, failure: StoreError?) {
    self.path = path
    self.deadline = deadline
    self.failure = failure
  }

  /// Asks the store. It holds no lock any more when it has answered, whatever the answer: no other call has to wait for
  /// the conversation with Asterisk.
  mutating func answer(_ question: Question) -> StoreAnswer {
    do throws(StoreError) {
      if let failure { throw failure }
      let (answer, store) = try Store.call(path: path, until: deadline) { try question.askingCluster.answer(in: $0) }
      // The store is never closed from here on: the process ends with the call, and the kernel is quicker at it.
      _ = Unmanaged.passRetained(store)
      self.store = store
      guard let wish = answer.wish else { return answer }
      // Whether or not it has one now: what the store has then is what the call gets.
      LeaseCall.ask(wish, ofStore: path)
      return try store.write(until: deadline) { try question.answer(in: $0) }
    } catch {
      return .failed(error)
    }
  }

  /// To be called when Asterisk has had its answer: has the log copied into the store where it is this call's turn.
  func end() { store?.handOnLog { LogCopier.start(ofStore: path, turn: $0) } }

  /// Gives back what a pick got. If the store is busy, the time to live ends it.
  func giveBack(_ request: Int) { try? store?.giveBack(request: request) }
}

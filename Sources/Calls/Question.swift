package import Rotation

/// What a conversation asks of the store, once. (Boxed, as the answer is: the code that copies a request in place is
/// larger than all else that a conversation does with it.)
package indirect enum Question: Sendable {
  case pick(Request)
  /// Frees what the call holds, and records what became of it.
  case release(CallerText, Outcome)
  /// The request was refused before the store was asked: it is only to be logged, as far as the store can do it.
  case logRefusal(Request, reason: String)
}

extension Question {
  /// The same, where whoever asks can also ask the cluster.
  package var askingCluster: Question { asking(cluster: true) }
  package var askingStoreOnly: Question { asking(cluster: false) }

  private func asking(cluster: Bool) -> Question {
    guard case .pick(var request) = self else { return self }
    request.asksCluster = cluster
    return .pick(request)
  }

  /// Asks the store, in a transaction.
  package func answer(in transaction: Transaction) throws -> StoreAnswer {
    switch self {
    case .pick(let request): .picked(try transaction.pick(request), Presenting(transaction.settings))
    case .release(let uniqueID, let outcome):
      .released(try transaction.release(uniqueID: uniqueID, outcome: outcome))
    case .logRefusal(let request, let reason):
      try log(request, reason, in: transaction)
    }
  }

  private func log(_ request: Request, _ reason: String, in transaction: Transaction) throws -> StoreAnswer {
    try transaction.log(refusalOf: request, reason: reason)
    return .logged
  }
}

/// The store's settings for how a call shows its number.
package struct Presenting: Sendable {
  let name: NamePolicy
  let presentation: PresentationPolicy

  package init(_ settings: Settings) {
    name = settings.setName
    presentation = settings.setPresentation
  }
}

/// What the store says to a question.
package indirect enum StoreAnswer: Sendable {
  case picked(Answer, Presenting)
  /// The numbers that were freed.
  case released([PhoneNumber])
  case logged
  case failed(StoreError)

  /// What the call would rather have from the cluster before the store is asked again.
  package var wish: LeaseWish? {
    if case .picked(.elsewhere(let wish), _) = self { wish } else { nil }
  }
}

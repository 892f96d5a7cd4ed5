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
}

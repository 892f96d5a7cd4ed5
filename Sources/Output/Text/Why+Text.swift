package import Rotation

extension WhyReport {
  package func sentences(in calendar: Rotation.Calendar) -> [String] { sentences.map { $0.text(in: calendar) } }

  /// Why the request got its number or none, as sentences for people.
  package var sentences: [Sentence] {
    guard logged.status == Status.ok.rawValue else {
      return [logged.reason.map { "\($0)." } ?? "The reason is not kept."]
    }
    var sentences: [Sentence] = []
    if let match = logged.match.flatMap(Match.init(rawValue:)) {
      sentences.append("The number: \(match.reason(areaCode: areaCode)).")
      if let sentence = order(match) { sentences.append(sentence) }
    }
    if number == nil { sentences.append("The number has been removed since, so nothing else is known of it.") }
    return sentences
  }

  /// Why this one of the numbers that matched as well.
  private func order(_ match: Match) -> Sentence? {
    guard match != .sticky, match != .exhausted, let previous else { return nil }
    let isFirst = "Of the numbers that matched equally well and were awake, it was the least recently used:"
    switch previous {
    case .request(let request, let at):
      let gap = logged.at >= at ? Self.span(logged.at - at) + " before" : "by a clock that was set back since"
      return "\(isFirst) request \(request) had it last, at \(time: at), \(gap)."
    case .nobody: return "\(isFirst) no call had had it before."
    case .nobodySince(let since):
      return
        "\(isFirst) no call had had it since \(time: since), and the log was not read farther back."
    }
  }

  /// What happened to the call and its number afterwards, in words; nil: nothing was reported.
  package var ending: String? {
    var parts: [String] = []
    if !logged.outcome.isEmpty { parts.append(logged.outcome) }
    if let cause = logged.hangUpCause { parts.append("cause \(cause)") }
    if let cause = logged.technologyCause { parts.append("\"\(cause)\"") }
    if logged.isBlocked { parts.append("blocked by the network because of its caller-ID") }
    return parts.isEmpty ? nil : parts.joined(separator: ", ")
  }

  package func holding(in calendar: Rotation.Calendar) -> String { holding.text(in: calendar) }

  /// For how long the number was held, and what ended that.
  package var holding: Sentence {
    guard let reservedUntil else { return "not at all: nothing was reserved" }
    guard let heldSeconds else { return "still, until \(time: reservedUntil) at most" }
    guard let released = logged.releasedAt, released <= reservedUntil else {
      let end: Sentence = logged.releasedAt.map { "; released at \(time: $0)" } ?? "; it was never released"
      return "\(Self.span(heldSeconds)), until the reservation ended at \(time: reservedUntil)\(end)"
    }
    return "\(Self.span(heldSeconds)), released at \(time: released)"
  }

  /// A time span with its two largest units: `3 h 5 min`, `40 s`.
  static func span(_ seconds: Int) -> String {
    let units = [(seconds / 86_400, "d"), (seconds / 3600 % 24, "h"), (seconds / 60 % 60, "min"), (seconds % 60, "s")]
    guard let first = units.firstIndex(where: { $0.0 > 0 }) else { return "0 s" }
    return units[first..<min(first + 2, units.count)].filter { $0.0 > 0 }.map { "\($0.0) \($0.1)" }
      .joined(separator: " ")
  }
}

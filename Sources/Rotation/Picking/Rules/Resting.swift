extension Rule {
  /// An operator's, or an outcome's, order to leave the number alone.
  static let resting = Rule(reason: .resting) { number, _, moment in number.rest(at: moment.now)?.until ?? 0 }
}

extension Number {
  /// The rest that it takes at a moment.
  ///
  /// An operator's stands as it was said. A rule's lasts for so many days: what a clock that was set back leaves still to
  /// begin has ended, as with reservations.
  package func rest(at now: Int) -> (until: Int, reason: String)? {
    guard restingUntil > now else { return nil }
    guard let rule = RestRule.read(restReason) else { return (restingUntil, restReason) }
    return Clock.isToCome(restingUntil - rule.days * 86_400, at: now) ? nil : (restingUntil, rule.reason)
  }
}

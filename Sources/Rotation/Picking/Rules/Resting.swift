extension Rule {
  /// The operator, or the rule on outcomes, has ordered that the number is left unused until a time.
  static let resting = Rule(reason: .resting) { number, _, moment in number.rest(at: moment.now)?.until ?? 0 }
}

extension Number {
  /// The number's rest at a moment, or nil if it does not rest.
  ///
  /// An operator's rest ends when the operator said. A rest of the rule on outcomes lasts for a number of days: if the
  /// clock was set back so that it would begin in the future, it counts as ended, as a reservation does.
  package func rest(at now: Int) -> (until: Int, reason: String)? {
    guard restingUntil > now else { return nil }
    guard let rule = RestRule.read(restReason) else { return (restingUntil, restReason) }
    return Clock.isToCome(restingUntil - rule.days * 86_400, at: now) ? nil : (restingUntil, rule.reason)
  }
}

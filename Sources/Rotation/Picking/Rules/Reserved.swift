extension Rule {
  /// As many calls hold the number as may at once. It wakes when enough of their reservations have ended.
  static let reserved = Rule(reason: .reserved) { number, _, moment in
    let most = number.effectiveMaxConcurrent(moment)
    guard most > 0, number.reservations.count >= most else { return 0 }
    let ends = number.reservations(at: moment.now).map(\.until).sorted()
    return ends.count >= most ? ends[ends.count - most] : 0
  }
}

extension Number {
  /// How many calls the number may carry at once; 0: any number of calls, and no call reserves it.
  package func effectiveMaxConcurrent(_ moment: Moment) -> Int { maxConcurrent ?? moment.settings.maxConcurrent }
}

extension Rule {
  /// An operator's, or an outcome's, order to leave the number alone.
  static let resting = Rule(reason: "resting") { number, _, _ in number.restingUntil }
}

extension Rule {
  /// The number is another dialer's now, or nobody's. It comes and goes by leases.
  static let away = Rule(reason: .away) { number, _, _ in number.lease == 0 ? Sleep.forever : 0 }
}

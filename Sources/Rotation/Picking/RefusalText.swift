/// The reason for which a request got no number, as the request log keeps it and people read it.
enum RefusalText {
  private static let start = ", for "
  private static let end = " s"

  /// The reason if every number sleeps: the rule that keeps the first number to wake asleep, and for how many seconds.
  static func text(asleep first: Sleep, at now: Int) -> String {
    let duration = first.until == Sleep.forever ? "" : start + String(first.until - now) + end
    return "every number that would do is asleep; the first to wake: \(first.reason.rawValue)\(duration)"
  }

  /// A reason without the seconds, so that reasons which differ only in them can be counted together.
  static func withoutDuration(_ reason: String) -> String {
    guard reason.hasSuffix(end) else { return reason }
    let digits = reason.utf8.dropLast(end.utf8.count).reversed().prefix { (0x30...0x39).contains($0) }.count
    let rest = reason.dropLast(end.utf8.count + digits)
    return digits > 0 && rest.hasSuffix(start) ? String(rest.dropLast(start.count)) : reason
  }
}

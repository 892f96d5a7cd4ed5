/// The reason for which a request got no number, as the request log keeps it and people read it.
enum RefusalText {
  private static let start = ", for "
  private static let end = " s"

  /// Where every number sleeps: what keeps the first of them to wake, and for how many seconds.
  static func text(asleep first: Sleep, at now: Int) -> String {
    let duration = first.until == Sleep.forever ? "" : start + String(first.until - now) + end
    return "every number that would do is asleep; the first to wake: \(first.reason.rawValue)\(duration)"
  }

  /// A reason without the seconds: reasons that differ in them alone are one.
  static func withoutDuration(_ reason: String) -> String {
    guard reason.hasSuffix(end) else { return reason }
    let digits = reason.utf8.dropLast(end.utf8.count).reversed().prefix { (0x30...0x39).contains($0) }.count
    let rest = reason.dropLast(end.utf8.count + digits)
    return digits > 0 && rest.hasSuffix(start) ? String(rest.dropLast(start.count)) : reason
  }
}

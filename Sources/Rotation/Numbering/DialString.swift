/// The digits of a number inside whatever a dialplan hands to a trunk or to `Dial()`.
///
///     12145551212   9,12145551212   PJSIP/12145551212@trunk   SIP/trunk/12145551212   sip:+12145551212@example.net;user=phone
///     tel:+1-214-555-1212   12145551212ww1   *8212145551212   1234567#12145551212   12145551212#   SIP/a/1214…&SIP/b/1214…
enum DialString {
  /// The fewest digits of a number. Emergency and service numbers have fewer.
  static let fewest = 7
  /// The most: 15 of E.164, and a prefix of six.
  static let most = 21

  /// Nil if no part of the text is a number.
  static func digits(of text: String) -> Digits? {
    // Most dial strings are digits alone. Looking at their bytes costs a call a tenth of what the rest of this does.
    if (fewest...most).contains(text.utf8.count), text.utf8.allSatisfy({ (0x30...0x39).contains($0) }) {
      return Digits(digits: text, hasPlus: false)
    }
    if let digits = whole(text[...]) { return digits }
    // Of several channels that ring together the first stands for all.
    let first = text.prefix { $0 != "&" && $0 != "|" }
    // `Technology/resource`, the number being the resource, the end of it, or what stands before its @.
    for part in first.split(separator: "/").reversed() {
      if let digits = resource(part) { return digits }
    }
    return nil
  }

  private static func resource(_ part: Substring) -> Digits? {
    var part = part
    for scheme in ["sip:", "sips:", "tel:"] where part.lowercased().hasPrefix(scheme) {
      part = part.dropFirst(scheme.utf8.count)
    }
    part = part.prefix { !"@;?".contains($0) }
    // What is dialled once the call is answered, after a pause.
    part = part.prefix { !"wWpPxX".contains($0) }
    // A carrier's or a network's prefix ends with a #, and so may the number.
    for behindHash in part.split(separator: "#").reversed() {
      if let digits = whole(withoutFeatureCode(behindHash)) { return digits }
    }
    return nil
  }

  /// Without a code such as *67 or *82, which says whether the caller's number is shown.
  private static func withoutFeatureCode(_ text: Substring) -> Substring {
    guard let star = text.lastIndex(of: "*") else { return text }
    return text[text.index(after: star)...].dropFirst(2)
  }

  /// The digits of a text that holds nothing else but marks.
  private static func whole(_ text: Substring) -> Digits? {
    // A comma stands for a pause in some dialplans: what is before it are digits for an outside line.
    guard let digits = try? Digits(text.filter { $0 != "," }), (fewest...most).contains(digits.digits.utf8.count) else {
      return nil
    }
    return digits
  }
}

/// The number being dialled, read from a dial string: a dialplan prefix, perhaps a country code, and the number.
package struct Destination: Equatable, Sendable {
  /// The digits of the dial string, without the prefix that the settings strip.
  package let digits: String
  /// The area code of a North American destination.
  package let areaCode: String?

  /// Nil where the text is not a number that can be dialled: 7 to 21 digits (15 of E.164 and a prefix of six) and
  /// the marks people write between them.
  package init?(_ dialString: String, stripPrefix: String = "", countryCode: String = "1") {
    guard let (dialled, hasPlus) = PhoneNumber.digits(of: dialString) else { return nil }
    var digits = dialled
    if !stripPrefix.isEmpty, digits.hasPrefix(stripPrefix) {
      digits.removeFirst(stripPrefix.utf8.count)
    }
    guard (7...21).contains(digits.utf8.count) else { return nil }
    self.digits = digits
    areaCode = countryCode == "1" ? Self.northAmericanAreaCode(digits, hasPlus: hasPlus) : nil
  }

  private static func northAmericanAreaCode(_ digits: String, hasPlus: Bool) -> String? {
    let number = digits.suffix(10)
    guard NorthAmerica.isNumber(number) else { return nil }
    let prefix = digits.dropLast(10)
    if hasPlus { return prefix == "1" ? String(number.prefix(3)) : nil }
    // 011 dials out of North America: what follows only looks like one of its numbers.
    guard !prefix.contains("011") else { return nil }
    let dialplanPrefix = prefix.hasSuffix("1") ? prefix.dropLast() : prefix
    guard dialplanPrefix.utf8.count <= 6 else { return nil }
    return String(number.prefix(3))
  }
}

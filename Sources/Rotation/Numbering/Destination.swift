/// The number being dialled, read from a dial string: a dialplan prefix, perhaps a country code, and the number.
package struct Destination: Equatable, Sendable {
  /// The digits of the dial string, without the prefix that the settings strip.
  package let digits: String
  /// The area code of a North American destination.
  package let areaCode: String?

  /// The number itself, the same however it was dialled: with a prefix, with the country code or without. Outside North
  /// America and the operator's country it is what was dialled.
  let number: String

  /// What an area code of a destination outside North America may be: the first digits of its national number, the
  /// longest first. Empty for a call abroad, because it is not known where its area code ends.
  let nationalPrefixes: [String]

  /// `nil` if the text is not a number that can be dialled: 7 to 21 digits (15 of E.164 and a prefix of six) and
  /// the marks people write between them.
  ///
  /// - Parameter prefixes: what may stand before the number and is taken off, the first that does.
  package init?(_ dialString: String, prefixes: [String] = [], countryCode: String = "1") {
    guard let (dialled, hasPlus) = PhoneNumber.digits(of: dialString) else { return nil }
    var digits = dialled
    // A number that is whole without a prefix has none, even if it begins so: 9 is no prefix of 972 555 1212.
    let isWhole = countryCode == "1" && NorthAmerica.isNumber(dialled[...])
    if !hasPlus, !isWhole, let prefix = prefixes.first(where: { !$0.isEmpty && dialled.hasPrefix($0) }) {
      digits.removeFirst(prefix.utf8.count)
    }
    guard (7...21).contains(digits.utf8.count) else { return nil }
    self.digits = digits
    if countryCode == "1" {
      areaCode = Self.northAmericanAreaCode(digits, hasPlus: hasPlus)
      number = areaCode == nil ? digits : String(digits.suffix(10))
      nationalPrefixes = []
    } else {
      areaCode = nil
      let national = Self.nationalNumber(digits, hasPlus: hasPlus, countryCode: countryCode)
      number = String(national ?? digits[...])
      nationalPrefixes =
        national.map { national in
          stride(from: min(6, national.utf8.count), through: 1, by: -1).map { String(national.prefix($0)) }
        } ?? []
    }
  }

  /// `nil` for a call abroad.
  private static func nationalNumber(_ digits: String, hasPlus: Bool, countryCode: String) -> Substring? {
    if digits.hasPrefix("00" + countryCode) { return digits.dropFirst(2 + countryCode.utf8.count) }
    if digits.hasPrefix("00") || hasPlus && !digits.hasPrefix(countryCode) { return nil }
    if digits.hasPrefix("0") { return digits.dropFirst() }
    return digits.hasPrefix(countryCode) ? digits.dropFirst(countryCode.utf8.count) : digits[...]
  }

  private static func northAmericanAreaCode(_ digits: String, hasPlus: Bool) -> String? {
    let number = digits.suffix(10)
    guard NorthAmerica.isNumber(number) else { return nil }
    let prefix = digits.dropLast(10)
    if hasPlus { return prefix == "1" ? String(number.prefix(3)) : nil }
    // 011 dials out of North America: what follows only looks like one of its numbers.
    guard !prefix.indices.contains(where: { prefix[$0...].hasPrefix("011") }) else { return nil }
    let dialplanPrefix = prefix.hasSuffix("1") ? prefix.dropLast() : prefix
    guard dialplanPrefix.utf8.count <= 6 else { return nil }
    return String(number.prefix(3))
  }
}

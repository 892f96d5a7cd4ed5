/// The number being dialled, read from a dial string: a dialplan prefix, perhaps a country code, and the number.
package struct Destination: Equatable, Sendable {
  /// The digits of the dial string, without the prefix that the settings strip.
  package let digits: String
  /// The calling code of its country, and the digits behind it; nil if it is no number of any country.
  package let number: Number?
  /// How the digits were read.
  package let reading: Reading
  /// Whether it is in the country of the setting `country_code`.
  package let isHome: Bool

  package struct Number: Equatable, Sendable {
    package let callingCode: String
    package let national: String
    /// The area code that it has by its country's plan.
    package let areaCode: String?
  }

  package enum Reading: Equatable, Sendable {
    /// As it is dialled inside the country.
    case national
    /// With + or a prefix for calls abroad.
    case international
    /// With its country code alone.
    case countryCode
    /// As one of these, with a dialplan's prefix before it.
    indirect case behind(prefix: String, Reading)
    /// It has the form of a number of the own country, but its area code is not in service as far as is known.
    case form
    /// It is no number of any country.
    case unknown

    /// Whether the number is in service.
    var isCertain: Bool { self != .form && self != .unknown }
  }

  /// `nil` if the text holds no number: 7 to 21 digits and what people and dialplans write around them.
  ///
  /// - Parameters:
  ///   - prefixes: what may stand before the number and is taken off, the first that does.
  ///   - internationalPrefix: what is dialled before a country code; nil: what the country's plan says.
  package init?(
    _ dialString: String, prefixes: [String] = [], countryCode: String = "1", internationalPrefix: String? = nil
  ) {
    guard let dialled = DialString.digits(of: dialString) else { return nil }
    let reader = DestinationReader(countryCode: countryCode, internationalPrefix: internationalPrefix)
    var digits = dialled.digits
    var found = reader.read(digits[...], hasPlus: dialled.hasPlus)
    // A number that is whole without a prefix has none, even if it begins so: 9 is no prefix of 972 555 1212.
    if !dialled.hasPlus, !reader.isWhole(digits),
      let prefix = prefixes.first(where: { !$0.isEmpty && digits.hasPrefix($0) })
    {
      let rest = digits.dropFirst(prefix.utf8.count)
      let behind = reader.read(rest, hasPlus: false)
      // If what is behind it is no number in service, and the whole is one, it is no prefix either.
      if behind?.reading.isCertain ?? false || !(found?.reading.isCertain ?? false) {
        guard rest.utf8.count >= DialString.fewest else { return nil }
        digits = String(rest)
        found = behind
      }
    }
    self.digits = digits
    number = found?.number
    reading = found?.reading ?? .unknown
    isHome = found?.number.callingCode == countryCode
  }

  /// Whether a text holds a number, without reading which one it is.
  package static func isNumber(_ dialString: String) -> Bool { DialString.digits(of: dialString) != nil }

  /// What its calls are counted by: its area code, or abroad the calling code and the area code with + before them.
  package var areaCode: String? {
    guard let number else { return nil }
    return isHome ? number.areaCode : ServedArea(callingCode: number.callingCode, areaCode: number.areaCode ?? "").key
  }

  /// The number, the same however it was dialled. One of no country is what was dialled.
  var key: String {
    guard let number else { return digits }
    return isHome ? number.national : "+" + number.callingCode + number.national
  }
}

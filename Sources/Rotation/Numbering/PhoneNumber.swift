/// A number in full: country code and national number, digits only.
///
/// Numbers are equal however they are written: `2145550101`, `12145550101` and `+1 (214) 555-0101` are equal.
package struct PhoneNumber: Hashable, Sendable {
  /// 7 to 15 digits with the country code first (ITU-T E.164 allows 15).
  package let e164: String
  /// The digits as they were written: `2145550101` stays without its 1. Numbers that were written with +, or with a prefix
  /// that is no part of them (a trunk prefix or one for calls abroad), are as in `e164`.
  package let written: String

  package static func == (one: Self, other: Self) -> Bool { one.e164 == other.e164 }
  package func hash(into hasher: inout Hasher) { hasher.combine(e164) }

  /// As the store keeps it.
  init(e164: String, written: String) {
    self.e164 = e164
    self.written = written
  }

  /// Which numbers are taken.
  package enum Codes: Sendable {
    /// Those of a length and of an area code that the numbering plans of this version have.
    case known
    /// Any that could be a number: the plan may have got an area code since.
    case any
  }

  /// - Parameters:
  ///   - countryCode: the operator's own country, whose numbers may be written without a country code.
  ///   - country: the country that the number is said to be of. Its numbers may be written without a country code instead,
  ///     and no other country's number is taken.
  package init(
    _ text: String, countryCode: String = "1", country: Country? = nil, codes: Codes = .known
  ) throws(Invalid) {
    let found = try Self.read(text, home: country?.callingCode ?? countryCode, codes: codes)
    if let country, let plan = found.parts?.plan, plan.callingCode != country.callingCode {
      throw Invalid(
        reason: "a number of \(plan.name), but its country is given as \(country.name) (+\(country.callingCode))")
    }
    self = found
  }

  private static func read(_ text: String, home: String, codes: Codes) throws(Invalid) -> PhoneNumber {
    let text = try Digits(readable: text)
    let digits = text.digits
    guard !digits.isEmpty else { throw Invalid(reason: "empty") }
    guard digits.utf8.count <= 20 else { throw Invalid(reason: "too long: 15 digits at most") }
    if text.hasPlus { return try international(digits[...], codes) }
    guard let plan = NumberingPlan(callingCode: home) else { return try international(digits[...], codes) }

    if plan.isNumber(digits) { return PhoneNumber(e164: home + digits, written: digits) }
    var abroad: Substring?
    for rest in NumberingPlan.ends(ofInternationalPrefixIn: digits[...], dialledIn: plan) {
      if let number = try? international(rest, .known) { return number }
      abroad = abroad ?? rest
    }
    if let national = plan.national(digits[...]) {
      return PhoneNumber(e164: home + national, written: home == "1" ? digits : home + national)
    }
    // Ten digits that are no number of the own country may be one of another, but also a number with a wrong digit.
    if digits.utf8.count > 10, let number = try? international(digits[...], .known) { return number }
    if codes == .any, let national = plan.possible(digits[...]) {
      return PhoneNumber(e164: home + national, written: digits)
    }
    if codes == .any, digits.utf8.count > 10, let number = try? international(abroad ?? digits[...], .any) {
      return number
    }
    throw plan.fault(in: digits, abroad: abroad)
  }

  /// Reads a calling code and what is behind it.
  private static func international(_ digits: Substring, _ codes: Codes) throws(Invalid) -> PhoneNumber {
    guard let (plan, rest) = NumberingPlan.split(digits) else {
      throw Invalid(reason: "no country code begins with \(digits.prefix(3))")
    }
    guard let national = plan.number(rest) ?? (codes == .any ? plan.possible(rest) : nil) else {
      throw plan.fault(inNational: rest)
    }
    let e164 = plan.callingCode + national
    return PhoneNumber(e164: e164, written: e164)
  }

  /// Its country's plan and the digits behind the calling code; nil if no calling code begins as it does.
  var parts: (plan: NumberingPlan, national: Substring)? {
    NumberingPlan.split(e164[...]).map { ($0.plan, $0.rest) }
  }

  /// The area code that the number itself has: the three digits after the 1 of a North American number, and what its
  /// country's plan says of others. Nil if it has none.
  package var areaCode: String? {
    if isNorthAmerican { return String(e164.dropFirst().prefix(3)) }
    return parts.flatMap { $0.plan.areaCode(of: $0.national) }
  }

  /// An area code of its country without the trunk prefix that people write before it: 020 is 20.
  func withoutTrunkPrefix(_ areaCode: String) -> String {
    guard areaCode.hasPrefix("0"), let plan = parts?.plan else { return areaCode }
    return plan.withoutTrunkPrefix(areaCode)
  }

  package var isNorthAmerican: Bool { e164.hasPrefix("1") }

  /// The number as it is sent to the carrier.
  package func presented(_ form: Presentation, countryCode: String) -> String {
    switch form {
    case .imported: written
    case .e164: e164
    case .plus: "+" + e164
    case .national: e164.hasPrefix(countryCode) ? String(e164.dropFirst(countryCode.utf8.count)) : e164
    }
  }
}

/// How a number is written when it is presented.
package enum Presentation: String, CaseIterable, Sendable {
  case imported, national, e164, plus
}

extension NumberingPlan {
  /// The number that is meant by digits without +, if the plan is that of the writer's own country: with a trunk prefix,
  /// without one, or with the calling code.
  func national(_ digits: Substring) -> Substring? {
    number(digits) ?? (digits.hasPrefix(callingCode) ? number(digits.dropFirst(callingCode.utf8.count)) : nil)
  }

  /// What could be a number of the plan, if its area code were in service.
  func possible(_ digits: Substring) -> Substring? {
    let isBehindCode = digits.hasPrefix(callingCode)
    return [digits, isBehindCode ? digits.dropFirst(callingCode.utf8.count) : ""].first { rest in
      callingCode == "1" ? NorthAmerica.isNumber(rest) : lengths.contains(rest.utf8.count) && !rest.hasPrefix("0")
    }
  }
}

/// The North American Numbering Plan's form: NXX-NXX-XXXX, N being 2 to 9.
enum NorthAmerica {
  static func isNumber(_ digits: Substring) -> Bool {
    let utf8 = digits.utf8
    guard utf8.count == 10, let exchange = utf8.dropFirst(3).first, let area = utf8.first else { return false }
    return area >= UInt8(ascii: "2") && exchange >= UInt8(ascii: "2")
  }
}

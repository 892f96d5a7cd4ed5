/// A number in full: country code and national number, digits only.
///
/// North American numbers are equal however they are written: `2145550101`, `12145550101` and
/// `+1 (214) 555-0101` are equal.
package struct PhoneNumber: Hashable, Sendable {
  /// 7 to 15 digits with the country code first (ITU-T E.164 allows 15).
  package let e164: String
  /// The digits as they were written: `2145550101` stays without its 1.
  package let written: String

  package static func == (one: Self, other: Self) -> Bool { one.e164 == other.e164 }
  package func hash(into hasher: inout Hasher) { hasher.combine(e164) }

  /// As the store keeps it.
  init(e164: String, written: String) {
    self.e164 = e164
    self.written = written
  }

  /// What is wrong with a text that is not a number, as it is told to the operator.
  package struct Invalid: Error, Equatable {
    package let reason: String
  }

  /// - Parameter countCode: the operator's own country; North American rules apply where it is `1`.
  package init(_ text: String, countryCode: String = "1") throws(Invalid) {
    guard let (digits, hasPlus) = Self.digits(of: text) else {
      if Self.isRounded(text) {
        throw Invalid(
          reason: "looks like a spreadsheet's rounded number; format the column as text and export it again")
      }
      throw Invalid(reason: "not a phone number: it may hold digits, spaces and + - . ( ) only")
    }
    guard !digits.isEmpty else { throw Invalid(reason: "empty") }
    guard digits.utf8.count <= 15 else { throw Invalid(reason: "too long: 15 digits at most") }
    written = digits
    if !hasPlus, countryCode == "1", digits.utf8.count == 10 {
      guard NorthAmerica.isNumber(digits[...]) else {
        throw Invalid(reason: "not a North American number; write others with + and the country code")
      }
      e164 = "1" + digits
    } else if digits.hasPrefix("1") {
      guard digits.utf8.count == 11, NorthAmerica.isNumber(digits.dropFirst()) else {
        throw Invalid(reason: "not a North American number: 10 digits after the 1, area code and exchange from 2 to 9")
      }
      e164 = digits
    } else {
      guard hasPlus || digits.utf8.count > 10 || (countryCode != "1" && digits.hasPrefix(countryCode)) else {
        throw Invalid(reason: "too short for a number with its country code; write it with +")
      }
      guard digits.utf8.count >= 7 else { throw Invalid(reason: "too short: 7 digits at least") }
      guard !digits.hasPrefix("0") else { throw Invalid(reason: "no country code begins with 0") }
      e164 = digits
    }
  }

  /// The three digits after the 1 of a North American number.
  package var areaCode: Substring? {
    e164.hasPrefix("1") ? e164.dropFirst().prefix(3) : nil
  }

  /// The number as it is sent to the carrier.
  package func presented(_ form: Presentation, countryCode: String) -> String {
    switch form {
    case .imported: written
    case .e164: e164
    case .plus: "+" + e164
    case .national: e164.hasPrefix(countryCode) ? String(e164.dropFirst(countryCode.utf8.count)) : e164
    }
  }

  /// Whether it is a number as a spreadsheet shows a long one: `1.21456E+10`.
  private static func isRounded(_ text: String) -> Bool {
    let parts = text.uppercased().split(separator: "E", omittingEmptySubsequences: false)
    return parts.count == 2 && parts.allSatisfy { digits(of: String($0)).map { !$0.digits.isEmpty } ?? false }
  }

  /// The digits of a text that holds nothing but digits and the marks people write between them.
  static func digits(of text: String) -> (digits: String, hasPlus: Bool)? {
    var digits: [UInt8] = []
    var hasPlus = false
    for byte in text.utf8 {
      switch byte {
      case UInt8(ascii: "0")...UInt8(ascii: "9"): digits.append(byte)
      case UInt8(ascii: "+") where digits.isEmpty && !hasPlus: hasPlus = true
      case UInt8(ascii: " "), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "("), UInt8(ascii: ")"): continue
      default: return nil
      }
    }
    return (String(decoding: digits, as: UTF8.self), hasPlus)
  }
}

/// How a number is written when it is presented.
package enum Presentation: String, CaseIterable, Sendable {
  case imported, national, e164, plus
}

/// The North American Numbering Plan's form: NXX-NXX-XXXX, N being 2 to 9.
enum NorthAmerica {
  static func isNumber(_ digits: Substring) -> Bool {
    let utf8 = digits.utf8
    guard utf8.count == 10, let exchange = utf8.dropFirst(3).first, let area = utf8.first else { return false }
    return area >= UInt8(ascii: "2") && exchange >= UInt8(ascii: "2")
  }
}

package import Rotation

/// Reads the cell of a phone number.
package enum NumberCell {
  /// - Parameters:
  ///   - country: what the file says that the number is of; nil: nothing.
  ///   - countryCode: the country of numbers that are written without one.
  ///   - codes: which numbers are taken.
  /// - Throws: `refused`, with the reason.
  package static func phone(
    _ cell: String, country: Country? = nil, countryCode: String, codes: PhoneNumber.Codes = .known
  ) throws(StoreError) -> PhoneNumber {
    let plain = bracketed(CellText.plain(cell))
    do throws(PhoneNumber.Invalid) {
      let text = try whole(plain) ?? plain
      return try PhoneNumber(text, countryCode: countryCode, country: country, codes: codes)
    } catch {
      throw StoreError(.refused, error.reason)
    }
  }

  /// The number of `"Dallas" <2145550101>`, as Asterisk writes a caller-ID.
  private static func bracketed(_ text: String) -> String {
    guard text.utf8.last == UInt8(ascii: ">"), let start = text.unicodeScalars.lastIndex(of: "<") else { return text }
    return String(text.unicodeScalars[start...].dropFirst().dropLast())
  }

  /// The digits of a number that a spreadsheet or a program has kept as a quantity: `2145550101.0`, `2.145550101E9`.
  ///
  /// - Returns: nil where the text is no such number. `214.5550101` is one that somebody has written with a dot.
  /// - Throws: what is wrong with a text whose digits cannot be known.
  private static func whole(_ text: String) throws(PhoneNumber.Invalid) -> String? {
    let bytes = Array(text.utf8)
    guard let dot = bytes.firstIndex(where: { $0 == UInt8(ascii: ".") || $0 == UInt8(ascii: ",") }) else { return nil }
    let integer = bytes[..<dot].drop { $0 == UInt8(ascii: "+") }
    let rest = bytes[(dot + 1)...]
    let fraction = rest.prefix { (0x30...0x39).contains($0) }
    guard !integer.isEmpty, integer.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
    let exponent = rest.dropFirst(fraction.count)
    if exponent.first == UInt8(ascii: "E") || exponent.first == UInt8(ascii: "e") {
      let digits = String(decoding: exponent.dropFirst(), as: UTF8.self)
      // A zero at the end is not written, and a lost digit looks the same: only a number with every digit is certain.
      guard let power = Int(digits), power == fraction.count, integer.count == 1, power >= 9 else {
        throw .rounded
      }
      return String(decoding: integer + fraction, as: UTF8.self)
    }
    guard exponent.isEmpty else { return nil }
    if integer.count >= 10, fraction.count <= 6, fraction.allSatisfy({ $0 == UInt8(ascii: "0") }) {
      return String(decoding: bytes[..<dot], as: UTF8.self)
    }
    guard integer.count < 10, integer.count < 7 || fraction.count > 2 else {
      throw .decimal
    }
    return nil
  }
}

/// What a number can serve: an area code, or a whole region.
package enum AreaCode {
  /// Whether it is an area code with its country's calling code: `+4420`.
  static func isInternational(_ text: some StringProtocol) -> Bool {
    text.utf8.first == UInt8(ascii: "+") && isDigits(text.dropFirst())
  }

  /// Whether it is an area code: 1 to 6 digits.
  package static func isDigits(_ text: some StringProtocol) -> Bool {
    (1...6).contains(text.utf8.count) && text.utf8.allSatisfy { (0x30...0x39).contains($0) }
  }

  /// The most area codes that one number may serve. Each is a lane in which every pick moves the number.
  package static let most = 32

  /// Area codes and regions, in the order written.
  ///
  /// - Throws: `refused`, with what is allowed.
  static func list(_ text: String) throws(StoreError) -> [String] {
    var codes: [String] = []
    for part in text.split(whereSeparator: { " ,;/|".contains($0) }) {
      guard let code = isDigits(part) || isInternational(part) ? String(part) : Region(named: String(part))?.code else {
        throw .refused(
          "area_code is 1 to 6 digits or a region such as FL, or several with spaces between; not \"\(text)\"")
      }
      if !codes.contains(code) { codes.append(code) }
    }
    guard codes.count <= most else { throw .refused("area_code has \(codes.count) codes, \(most) are the most") }
    return codes
  }
}

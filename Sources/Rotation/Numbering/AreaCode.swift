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

  /// Area codes and regions, in the order written. A region's name may have spaces: `New York, TX 214`.
  ///
  /// - Throws: `refused`, with what is allowed.
  static func list(_ text: String) throws(StoreError) -> [String] {
    var codes: [String] = []
    for part in text.split(whereSeparator: { ",;/|".contains($0) }) {
      var words = String(part).words[...]
      while !words.isEmpty {
        guard let (code, count) = first(of: words) else {
          throw .refused(
            "area_code is 1 to 6 digits or a region such as FL, or several with spaces between; not \"\(words[words.startIndex])\""
          )
        }
        if !codes.contains(code) { codes.append(code) }
        words = words.dropFirst(count)
      }
    }
    guard codes.count <= most else { throw .refused("area_code has \(codes.count) codes, \(most) are the most") }
    return codes
  }

  /// What the words begin with, and how many of them it is: the longest name of a region, or an area code.
  private static func first(of words: ArraySlice<String>) -> (code: String, count: Int)? {
    if let word = words.first {
      if let code = digits(of: word) { return (code, 1) }
      for count in stride(from: min(5, words.count), through: 1, by: -1) {
        if let region = Region(named: words.prefix(count).joined(separator: " ")) { return (region.code, count) }
      }
    }
    return nil
  }

  /// The digits of `214`, and of `(214)` and `214.0`, as people and spreadsheets write it.
  private static func digits(of word: String) -> String? {
    if isDigits(word) || isInternational(word) { return word }
    var bytes = Array(word.utf8)[...]
    if bytes.first == UInt8(ascii: "("), bytes.last == UInt8(ascii: ")") { bytes = bytes.dropFirst().dropLast() }
    if bytes.suffix(2).elementsEqual(".0".utf8) { bytes = bytes.dropLast(2) }
    let digits = String(decoding: bytes, as: UTF8.self)
    return isDigits(digits) ? digits : nil
  }
}

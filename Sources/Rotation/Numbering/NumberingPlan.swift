/// How the telephone numbers of a calling code are written and dialled.
///
/// The facts are in NumberingTable.swift, which `scripts/numbering-plans` writes out of libphonenumber's metadata.
struct NumberingPlan {
  /// Without +.
  let callingCode: String
  /// The numbers behind the calling code. A number's label is 1 and the length of its area code.
  private let numbers: DigitAutomaton
  /// The bytes of the row in `NumberingTable.plans`.
  private let row: UnsafeBufferPointer<UInt8>

  /// The plan whose calling code the digits begin with, and the digits behind that; nil if no calling code begins so.
  static func split(_ digits: Substring) -> (plan: NumberingPlan, rest: Substring)? {
    var automaton = DigitAutomaton.callingCodes
    var index = digits.utf8.startIndex
    while let found = automaton {
      if let plan = found.plan {
        return (NumberingPlan(callingCode: String(digits[..<index]), numbers: found, row: plan), digits[index...])
      }
      guard index < digits.endIndex else { return nil }
      automaton = found.following(digits.utf8[index])
      index = digits.utf8.index(after: index)
    }
    return nil
  }

  init?(callingCode: String) {
    guard let (plan, rest) = Self.split(callingCode[...]), rest.isEmpty else { return nil }
    self = plan
  }

  private init(callingCode: String, numbers: DigitAutomaton, row: Int) {
    self.callingCode = callingCode
    self.numbers = numbers
    let width = NumberingTable.planWidth
    self.row = UnsafeBufferPointer(start: NumberingTable.plans.utf8Start + row * width, count: width)
  }

  // MARK: The row

  // `callingCode lengths trunk international mark replacement;`, each at a fixed place.

  private func hexadecimal(_ range: Range<Int>) -> Int {
    row[range].reduce(0) { $0 << 4 | Int($1 > 0x39 ? $1 - 0x57 : $1 - 0x30) }
  }

  private func digits(_ range: Range<Int>) -> String? {
    let digits = row[range].filter { (0x30...0x39).contains($0) }
    return digits.isEmpty ? nil : String(decoding: digits, as: UTF8.self)
  }

  /// How many digits its numbers have behind the calling code, the shortest first.
  var lengths: [Int] { (0..<20).filter { hexadecimal(4..<9) & 1 << $0 != 0 } }
  private var trunkPrefixes: DigitAutomaton? { DigitAutomaton(at: hexadecimal(10..<14)) }
  private var internationalPrefixes: DigitAutomaton? { DigitAutomaton(at: hexadecimal(15..<19)) }
  /// What stands behind the area code of a mobile number inside the country (Argentina's 15).
  private var mobileMark: String? { digits(20..<22) }
  /// What stands before the area code instead, if such a number is written with its calling code.
  private var mobilePrefix: String? { digits(23..<24) }

  var hasTrunkPrefix: Bool { trunkPrefixes != nil }

  // MARK: Numbers

  /// The length of a number's area code, 0 if it has none; nil if it is not a number of the plan.
  func areaCodeLength(of national: some StringProtocol) -> Int? {
    let (reached, known) = follow(national)
    guard known == national.utf8.count, reached.label > 0, reached.plan == nil else { return nil }
    return reached.label - 1
  }

  func isNumber(_ national: some StringProtocol) -> Bool { areaCodeLength(of: national) != nil }

  /// How many of the digits some number of the plan begins with.
  func known(_ national: Substring) -> Int { follow(national).count }

  private func follow(_ national: some StringProtocol) -> (automaton: DigitAutomaton, count: Int) {
    var (automaton, count) = (numbers, 0)
    for digit in national.utf8 {
      guard let following = automaton.following(digit) else { break }
      automaton = following
      count += 1
    }
    return (automaton, count)
  }

  /// The area code of a number; nil if it has none.
  func areaCode(of national: some StringProtocol) -> String? {
    guard let length = areaCodeLength(of: national), length > 0 else { return nil }
    return String(withoutMobilePrefix(national).prefix(length))
  }

  /// A number from its area code on.
  func withoutMobilePrefix<Text: StringProtocol>(_ national: Text) -> Text.SubSequence {
    guard let mobilePrefix, national.hasPrefix(mobilePrefix) else { return national[...] }
    return national.dropFirst(mobilePrefix.utf8.count)
  }

  // MARK: Dialling

  /// The number that is dialled inside the country by these digits, with a trunk prefix (and perhaps a carrier's code).
  func number(behindTrunkPrefixOf dialled: Substring) -> Substring? {
    for rest in Self.ends(of: trunkPrefixes, in: dialled) {
      if let number = withoutMobileMark(rest) { return number }
    }
    return nil
  }

  /// The number that is meant by the digits behind the calling code: people leave a trunk prefix there.
  func number(_ national: Substring) -> Substring? {
    withoutMobileMark(national) ?? number(behindTrunkPrefixOf: national)
  }

  /// The number itself, or the one that is written with a mobile mark.
  private func withoutMobileMark(_ dialled: Substring) -> Substring? {
    if isNumber(dialled) { return dialled }
    guard let mobileMark, let mobilePrefix else { return nil }
    for length in 2...4 where dialled.dropFirst(length).hasPrefix(mobileMark) {
      let number = mobilePrefix + dialled.prefix(length) + dialled.dropFirst(length + mobileMark.utf8.count)
      if isNumber(number) { return number[...] }
    }
    return nil
  }

  /// What may be meant by digits that begin with a prefix for calls abroad: a calling code and a number.
  ///
  /// - Parameters:
  ///   - plan: of the country that is dialled in; nil: it is not known.
  ///   - prefix: what is dialled there instead of what its plan says; nil: nothing else.
  static func ends(
    ofInternationalPrefixIn dialled: Substring, dialledIn plan: NumberingPlan?, by prefix: String? = nil
  ) -> [Substring] {
    var ends: [Substring] = []
    if let prefix {
      if dialled.hasPrefix(prefix) { ends.append(dialled.dropFirst(prefix.utf8.count)) }
    } else if let plan {
      ends = Self.ends(of: plan.internationalPrefixes, in: dialled)
    }
    // 00 is dialled nearly everywhere, and begins no number.
    if dialled.hasPrefix("00"), case let rest = dialled.dropFirst(2), !ends.contains(rest) { ends.append(rest) }
    return ends
  }

  /// A code without its trunk prefix, as area codes are often written: 020 is 20.
  func withoutTrunkPrefix(_ areaCode: String) -> String {
    guard known(areaCode[...]) == 0, let rest = Self.ends(of: trunkPrefixes, in: areaCode[...]).first, !rest.isEmpty
    else { return areaCode }
    return String(rest)
  }

  /// Digits of the own country without what stands before the national number, as far as can be told.
  func withoutTrunkPrefixOrCode(_ digits: Substring) -> Substring {
    if let rest = Self.ends(of: trunkPrefixes, in: digits).first { return rest }
    return digits.hasPrefix(callingCode) ? digits.dropFirst(callingCode.utf8.count) : digits
  }

  /// What is left behind each prefix that the digits begin with, the longest prefix first.
  private static func ends(of prefixes: DigitAutomaton?, in digits: Substring) -> [Substring] {
    var ends: [Substring] = []
    var automaton = prefixes
    var index = digits.utf8.startIndex
    while let found = automaton {
      if found.label > 0 { ends.append(digits[index...]) }
      guard index < digits.endIndex else { break }
      automaton = found.following(digits.utf8[index])
      index = digits.utf8.index(after: index)
    }
    return ends.reversed()
  }
}

/// Finds out which number is meant by digits that were dialled.
///
/// The same digits can be a number of the own country behind a dialplan's prefix, and one of another country: 44 207 946
/// 0000 could be a number in Maine behind the prefix 44. The first of these that is a number in service is meant:
///
/// 1. a number of the own country, as it is dialled there or with its country code;
/// 2. what stands behind a prefix for calls abroad;
/// 3. in North America, a number of the own country behind 9, 8 or 0, which dial an outside line;
/// 4. a number of another country with its country code, if it has ten digits or more;
/// 5. any of these behind 9, 8 or 0;
/// 6. a number of the own country behind a prefix of up to six digits.
struct DestinationReader {
  typealias Found = (number: Destination.Number, reading: Destination.Reading)

  let countryCode: String
  let internationalPrefix: String?
  private let plan: NumberingPlan?

  init(countryCode: String, internationalPrefix: String?) {
    self.countryCode = countryCode
    self.internationalPrefix = internationalPrefix
    plan = NumberingPlan(callingCode: countryCode)
  }

  /// Whether the digits are a North American number with nothing before it.
  func isWhole(_ digits: String) -> Bool { countryCode == "1" && NorthAmerica.isNumber(digits[...]) }

  func read(_ digits: Substring, hasPlus: Bool) -> Found? {
    if hasPlus { return international(digits, .international) ?? form(digits, hasPlus: true) }
    if let found = atHomeOrAbroad(digits) { return found }
    if countryCode == "1", let found = behindOutsideLine(digits, home) { return found }
    if let found = abroad(digits) { return found }
    let whole = { (rest: Substring) in atHomeOrAbroad(rest) ?? abroad(rest) }
    return behindOutsideLine(digits, whole) ?? behindPrefix(digits) ?? form(digits, hasPlus: false)
  }

  // MARK: The ways to dial

  /// What is dialled in the own country. A trunk prefix can be the beginning of the prefix for calls abroad.
  private func atHomeOrAbroad(_ digits: Substring) -> Found? {
    let abroad = plan?.isNumber(digits) ?? false ? nil : behindInternationalPrefix(digits)
    return abroad ?? home(digits)
  }

  private func home(_ digits: Substring) -> Found? {
    guard let plan else { return nil }
    let isCalledByCode = digits.hasPrefix(countryCode)
    let afterCode = digits.dropFirst(countryCode.utf8.count)
    // Where numbers are dialled with a trunk prefix, one without it is more likely written with the country code.
    if countryCode != "1", plan.hasTrunkPrefix {
      // In Gabon the zero is both: of the number itself since 2019, and a trunk prefix before.
      if !plan.isNumber(digits), let national = plan.number(behindTrunkPrefixOf: digits) {
        return found(plan, national, .national)
      }
      if isCalledByCode, let national = plan.number(afterCode) { return found(plan, national, .countryCode) }
      return plan.isNumber(digits) ? found(plan, digits, .national) : nil
    }
    if let national = plan.number(digits) { return found(plan, national, .national) }
    return isCalledByCode ? plan.number(afterCode).map { found(plan, $0, .countryCode) } : nil
  }

  private func behindInternationalPrefix(_ digits: Substring) -> Found? {
    for rest in endsOfInternationalPrefix(in: digits) {
      if let found = international(rest, .international) { return found }
    }
    return nil
  }

  private func endsOfInternationalPrefix(in digits: Substring) -> [Substring] {
    NumberingPlan.ends(ofInternationalPrefixIn: digits, dialledIn: plan, by: internationalPrefix)
  }

  private func abroad(_ digits: Substring) -> Found? {
    digits.utf8.count >= 10 ? international(digits, .countryCode) : nil
  }

  private func behindOutsideLine(_ digits: Substring, _ read: (Substring) -> Found?) -> Found? {
    guard let first = digits.first, "980".contains(first) else { return nil }
    return read(digits.dropFirst()).map { behind(digits.prefix(1), $0) }
  }

  /// A number of the own country is told from the prefix before it by its length in North America, elsewhere by its
  /// trunk prefix or the country code.
  private func behindPrefix(_ digits: Substring) -> Found? {
    for length in 1...6 {
      let rest = digits.dropFirst(length)
      let isTold =
        countryCode == "1"
        ? rest.hasPrefix("011") || rest.utf8.count == 10 || rest.utf8.count == 11 && rest.hasPrefix("1")
        : rest.hasPrefix(countryCode) || plan?.number(behindTrunkPrefixOf: rest) != nil
      if isTold, let found = atHomeOrAbroad(rest) {
        return behind(digits.prefix(length), found)
      }
    }
    return nil
  }

  // MARK: Numbers

  private func international(_ digits: Substring, _ reading: Destination.Reading) -> Found? {
    guard let (plan, rest) = NumberingPlan.split(digits), let national = plan.number(rest) else { return nil }
    return found(plan, national, reading)
  }

  private func found(
    _ plan: NumberingPlan, _ national: Substring, _ reading: Destination.Reading
  ) -> Found {
    let areaCode = plan.callingCode == "1" ? String(national.prefix(3)) : plan.areaCode(of: national)
    return (
      Destination.Number(callingCode: plan.callingCode, national: String(national), areaCode: areaCode), reading
    )
  }

  private func behind(_ prefix: Substring, _ found: Found) -> Found {
    (found.number, .behind(prefix: String(prefix), found.reading))
  }

  /// A number of no area code that is in service as far as this version knows, by its form.
  private func form(_ digits: Substring, hasPlus: Bool) -> Found? {
    if let international = hasPlus ? digits : endsOfInternationalPrefix(in: digits).first {
      guard let (plan, rest) = NumberingPlan.split(international), !rest.isEmpty else { return nil }
      return (number(plan.callingCode, rest), .form)
    }
    guard countryCode == "1" else {
      guard let plan else { return nil }
      return (number(countryCode, plan.withoutTrunkPrefixOrCode(digits)), .form)
    }
    let national = digits.suffix(10)
    let prefix = digits.dropLast(10)
    guard NorthAmerica.isNumber(national), prefix.utf8.count <= 7,
      // 011 dials out of North America: what follows only looks like one of its numbers.
      !prefix.indices.contains(where: { prefix[$0...].hasPrefix("011") })
    else { return nil }
    return (number("1", national), .form)
  }

  private func number(_ callingCode: String, _ national: Substring) -> Destination.Number {
    Destination.Number(
      callingCode: callingCode, national: String(national),
      areaCode: callingCode == "1" && NorthAmerica.isNumber(national) ? String(national.prefix(3)) : nil)
  }
}

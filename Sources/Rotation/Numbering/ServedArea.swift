/// What destinations a number is picked for as the nearest: those of an area code or of a whole region.
///
/// North America's area codes and its regions go by their own names (`214`, `TX`). Others have the country's calling code
/// before them (`+4420` is 20 in the United Kingdom), so that 212 in New York is not 212 elsewhere. A calling code alone
/// (`+44`) is all of its country.
struct ServedArea: Hashable {
  let key: String

  /// - Parameter areaCode: its first digits suffice; empty: all area codes.
  init(callingCode: String, areaCode: some StringProtocol) {
    key = callingCode == "1" && !areaCode.isEmpty ? String(areaCode) : "+" + callingCode + areaCode
  }

  /// What is meant by a code in the list of a number.
  init(_ code: String, of phone: PhoneNumber) {
    key =
      if code.hasPrefix("+1"), code.utf8.count == 5 {
        String(code.dropFirst(2))
      } else if code.hasPrefix("+") || phone.isNorthAmerican || !AreaCode.isDigits(code) {
        code
      } else if let (plan, national) = phone.parts {
        // A number of 44 that lists 44, or 4420, means its own country, because it has no area code that begins so.
        code.hasPrefix(plan.callingCode) && phone.e164.hasPrefix(code) && !national.hasPrefix(code)
          ? "+" + code : Self(callingCode: plan.callingCode, areaCode: code).key
      } else {
        code
      }
  }

  /// The area codes that a destination may have, the longest first: outside North America it is not always known where an
  /// area code ends, and a number may serve more or less than one.
  ///
  /// - Parameter hasOtherLengths: whether there are area codes of North America that do not have three digits. VICIdial's
  ///   table has some of two to five, and the longest that fits counts.
  static func all(of number: Destination.Number, _ hasOtherLengths: Bool) -> [ServedArea] {
    if number.callingCode == "1" {
      guard number.areaCode != nil else { return [] }
      return (hasOtherLengths ? [6, 5, 4, 3, 2, 1] : [3]).map {
        Self(callingCode: "1", areaCode: number.national.prefix($0))
      }
    }
    let national =
      NumberingPlan(callingCode: number.callingCode)?.withoutMobilePrefix(number.national) ?? number.national[...]
    return stride(from: min(6, national.utf8.count), through: 0, by: -1).map {
      Self(callingCode: number.callingCode, areaCode: national.prefix($0))
    }
  }
}

extension Number {
  /// The lanes' names for the area codes and regions that it serves, each once.
  var servedAreas: [ServedArea] {
    var areas: [ServedArea] = []
    for code in areaCodes {
      let area = ServedArea(code, of: phone)
      if !areas.contains(area) { areas.append(area) }
    }
    return areas
  }

  /// The lane's name for destinations of any area code: its country. North America's has none.
  var country: String { Self.country(callingCode: phone.isNorthAmerican ? "1" : phone.parts?.plan.callingCode ?? "") }

  static func country(callingCode: String) -> String { callingCode == "1" ? "" : "=" + callingCode }
}

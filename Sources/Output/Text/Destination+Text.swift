package import Rotation

extension Destination {
  /// Which number was read, and how: `+44 2079460000 (United Kingdom), dialled with its country code`.
  package var text: String {
    guard let number else { return "\(digits), which is no number of any country" }
    let country = number.callingCode == "1" ? "North America" : Country(callingCode: number.callingCode)?.name ?? ""
    return "+\(number.callingCode) \(number.national)" + (country.isEmpty ? "" : " (\(country))") + ", \(reading.text)"
  }
}

extension Destination.Reading {
  var text: String {
    switch self {
    case .national: "as it is dialled in its country"
    case .international: "dialled with + or a prefix for calls abroad"
    case .countryCode: "dialled with its country code"
    case .behind(let prefix, let reading): "\(reading.text), behind the prefix \(prefix)"
    case .form: "by its form alone, because its area code is not known to be in service"
    case .unknown: "not known"
    }
  }

  /// For programs.
  var name: String {
    switch self {
    case .national: "national"
    case .international: "international"
    case .countryCode: "country_code"
    case .behind(_, let reading): reading.name
    case .form: "form"
    case .unknown: "unknown"
    }
  }

  /// What the dialplan puts before the number.
  var prefix: String? { if case .behind(let prefix, _) = self { prefix } else { nil } }
}

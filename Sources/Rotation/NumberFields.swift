/// What an operator can say of a number, named as the columns of an import.
package enum NumberField: String, CaseIterable, Sendable {
  case carrier
  case areaCode = "area_code"
  case dailyLimit = "daily_limit"
  case hourlyLimit = "hourly_limit"
  case name, pool

  /// One line for the operator.
  package var help: String {
    switch self {
    case .carrier: "whose trunk it calls through"
    case .areaCode: "area codes it serves, a space between; empty: its own"
    case .dailyLimit: "most calls in a day, or none; empty: the setting default_daily_limit"
    case .hourlyLimit: "most calls in an hour, or none; empty: the setting default_hourly_limit"
    case .name: "what set_name=name shows"
    case .pool: "the pool it is in; empty: default"
    }
  }
}

/// Checked values for some of a number's fields; what was not said stays as it was.
package struct NumberFields: Equatable, Sendable {
  var carrier: String?
  var areaCodes: [String]?
  /// Of the outer optionals nil means not said, of the inner ones the settings' limit.
  var dailyLimit: Limit??
  var hourlyLimit: Limit??
  var name: String?
  var pool: String?

  package init() {}

  /// - Throws: `refused`, saying what would be right.
  package mutating func set(_ field: NumberField, to text: String) throws(StoreError) {
    switch field {
    case .carrier: carrier = try label(text, field) ?? ""
    case .name: name = try label(text, field) ?? ""
    case .pool: pool = try label(text, field) ?? Pool.defaultName
    case .areaCode: areaCodes = try Self.areaCodes(text)
    case .dailyLimit: dailyLimit = .some(text.isEmpty ? nil : try Limit(text, name: field.rawValue))
    case .hourlyLimit: hourlyLimit = .some(text.isEmpty ? nil : try Limit(text, name: field.rawValue))
    }
  }

  private func label(_ text: String, _ field: NumberField) throws(StoreError) -> String? {
    guard text.unicodeScalars.count <= Label.maximumLength else {
      throw .refused("\(field.rawValue) is longer than \(Label.maximumLength) characters")
    }
    return Label(text)?.text
  }

  /// The most area codes that one number may serve: each is a lane that every pick of it moves it in.
  static let maximumAreaCodes = 32

  private static func areaCodes(_ text: String) throws(StoreError) -> [String] {
    var codes: [String] = []
    for part in text.split(whereSeparator: { " ,;/|".contains($0) }) {
      guard AreaCode.isValid(part) else {
        throw .refused("area_code is 1 to 6 digits, or several with spaces between; not \"\(text)\"")
      }
      if !codes.contains(String(part)) { codes.append(String(part)) }
    }
    guard codes.count <= maximumAreaCodes else {
      throw .refused("area_code has \(codes.count) codes, \(maximumAreaCodes) are the most")
    }
    return codes
  }
}

package enum AreaCode {
  package static func isValid(_ text: some StringProtocol) -> Bool {
    (1...6).contains(text.utf8.count) && text.utf8.allSatisfy { (0x30...0x39).contains($0) }
  }
}

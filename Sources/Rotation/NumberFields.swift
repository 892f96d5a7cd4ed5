/// What an operator can say of a number, named as the columns of an import.
package enum NumberField: String, CaseIterable, Sendable {
  case carrier
  case areaCode = "area_code"
  case dailyLimit = "daily_limit"
  case hourlyLimit = "hourly_limit"
  case name, pool, state

  /// One line for the operator.
  package var help: String {
    switch self {
    case .carrier: "whose trunk it calls through"
    case .areaCode: "area codes or regions (FL) it serves, a space between; empty: its own"
    case .dailyLimit: "most calls in a day, or none; empty: the setting default_daily_limit"
    case .hourlyLimit: "most calls in an hour, or none; empty: the setting default_hourly_limit"
    case .name: "what set_name=name shows"
    case .pool: "the pool it is in; empty: default"
    case .state: "enabled, disabled or retired; empty: as it is"
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
  var state: Number.State?

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
    case .state:
      // A column left empty must not bring back into use what was retired.
      guard !text.isEmpty else { return }
      guard let state = Number.State(word: text) else {
        throw .refused("state is enabled, disabled or retired; not \"\(text)\"")
      }
      self.state = state
    }
  }

  /// Takes a carrier's or a dialer's word for how a number stands: whatever is not in use comes in disabled.
  package mutating func set(standing word: String) {
    state = Number.State(word: word) == .enabled ? .enabled : .disabled
  }

  private func label(_ text: String, _ field: NumberField) throws(StoreError) -> String? {
    if Self.isPlain(text) { return text }
    guard text.unicodeScalars.count <= Label.maximumLength else {
      throw .refused("\(field.rawValue) is longer than \(Label.maximumLength) characters")
    }
    return Label(text)?.text
  }

  /// Whether it is a label already. Nearly all are, and a file may have millions.
  private static func isPlain(_ text: String) -> Bool {
    let bytes = text.utf8
    return (1...Label.maximumLength).contains(bytes.count) && bytes.allSatisfy { (0x20..<0x7F).contains($0) }
      && bytes.first != 0x20 && bytes.last != 0x20
  }

  /// The most area codes that one number may serve: each is a lane that every pick of it moves it in.
  static let maximumAreaCodes = 32

  private static func areaCodes(_ text: String) throws(StoreError) -> [String] {
    var codes: [String] = []
    for part in text.split(whereSeparator: { " ,;/|".contains($0) }) {
      guard let code = AreaCode.isValid(part) ? String(part) : AreaCode.region(part) else {
        throw .refused(
          "area_code is 1 to 6 digits or a region such as FL, or several with spaces between; not \"\(text)\"")
      }
      if !codes.contains(code) { codes.append(code) }
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

  /// The code of the state or province that stands where an area code may: the number then serves all of it.
  package static func region(_ text: some StringProtocol) -> String? {
    let letters = text.uppercased()
    return letters.utf8.count == 2 && letters.utf8.allSatisfy { (0x41...0x5A).contains($0) } ? letters : nil
  }
}

extension Number.State {
  /// By its own name, or by the words that carriers, dialers and spreadsheets have for it, in any case.
  init?(word: String) {
    switch word.lowercased() {
    case "enabled", "active", "y", "yes", "1", "true", "in-use", "in service": self = .enabled
    case "disabled", "inactive", "n", "no", "0", "false": self = .disabled
    case "retired": self = .retired
    default: return nil
    }
  }
}

/// A property of a number that the operator can set, named like the column of an import.
package enum NumberField: String, CaseIterable, Sendable {
  case carrier
  case areaCode = "area_code"
  case dailyLimit = "daily_limit"
  case hourlyLimit = "hourly_limit"
  case name, pool, state
  case maxConcurrent = "max_concurrent"
  case attestation
  case authorizedBy = "authorized_by"
  case verifiedAt = "verified_at"
  case callback

  /// The number's own value, as `set` and an import read it; empty where it has none.
  package func text(of number: Number) -> String {
    switch self {
    case .carrier: number.carrier?.name ?? ""
    case .areaCode: number.areaCodes.joined(separator: " ")
    case .dailyLimit: number.dailyLimit.map { Limit.text($0.calls) } ?? ""
    case .hourlyLimit: number.hourlyLimit.map { Limit.text($0.calls) } ?? ""
    case .name: number.name
    case .pool: number.pool.name
    case .state: number.state.rawValue
    case .maxConcurrent: number.maxConcurrent.map(String.init) ?? ""
    case .attestation: number.ownership.attestation.rawValue
    case .authorizedBy: number.ownership.authorizedBy
    case .verifiedAt: number.ownership.verifiedAt == 0 ? "" : CivilDay.text(number.ownership.verifiedAt)
    case .callback: number.ownership.callback ? "yes" : ""
    }
  }
}

/// Checked values for some fields of a number. The other fields stay as they are.
package struct NumberFields: Equatable, Sendable {
  var carrier: String?
  var areaCodes: [String]?
  /// An outer `nil` means that the field was not given, an inner `nil` that the setting applies.
  var dailyLimit: Limit??
  var hourlyLimit: Limit??
  var maxConcurrent: Int??
  var name: String?
  var pool: String?
  var state: Number.State?
  var attestation: Ownership.Attestation?
  var authorizedBy: String?
  var verifiedAt: Int?
  var callback: Bool?
  /// The values as the operator gave them, for the audit and for rows that wait to be imported.
  private(set) var said: [(field: NumberField, text: String)] = []

  package init() {}

  /// Whether no field is given.
  package var isEmpty: Bool { said.isEmpty }

  package static func == (one: Self, other: Self) -> Bool {
    one.said.elementsEqual(other.said) { $0 == $1 }
  }

  static let maximumConcurrent = 100

  /// - Throws: `refused`, with the values that are allowed.
  package mutating func set(_ field: NumberField, to text: String) throws(StoreError) {
    let value = SettingParser(key: field.rawValue, text: text)
    switch field {
    case .carrier: carrier = try label(text, field) ?? ""
    case .name: name = try label(text, field) ?? ""
    case .pool: pool = try label(text, field) ?? Pool.defaultName
    case .areaCode: areaCodes = try AreaCode.list(text)
    case .dailyLimit: dailyLimit = .some(text.isEmpty ? nil : try Limit(text, name: field.rawValue))
    case .hourlyLimit: hourlyLimit = .some(text.isEmpty ? nil : try Limit(text, name: field.rawValue))
    case .maxConcurrent:
      maxConcurrent = .some(text.isEmpty ? nil : try value.integer(in: 0...Self.maximumConcurrent))
    case .state:
      // An empty column must not put a retired number back into use.
      guard !text.isEmpty else { return }
      guard let state = Number.State(word: text) else {
        throw .refused("state is enabled, disabled or retired; not \"\(text)\"")
      }
      self.state = state
    case .attestation:
      attestation = text.isEmpty ? Ownership.Attestation.none : try Ownership.Attestation(text, name: field.rawValue)
    case .authorizedBy: authorizedBy = try label(text, field) ?? ""
    case .verifiedAt: verifiedAt = text.isEmpty ? 0 : try CivilDay.read(text, name: field.rawValue)
    case .callback: callback = text.isEmpty ? false : try value.yesNo()
    }
    said.removeAll { $0.field == field }
    // The value is kept on one line.
    said.append((field, CallerText(text, maximumLength: 1000)?.text ?? ""))
  }

  /// Whether the number is put into use.
  package var isEnabling: Bool { state == .enabled }

  private func label(_ text: String, _ field: NumberField) throws(StoreError) -> String? {
    if CallerText.isClean(text) { return text }
    guard text.unicodeScalars.count <= CallerText.maximumLength else {
      throw .refused("\(field.rawValue) is longer than \(CallerText.maximumLength) characters")
    }
    return CallerText(text)?.text
  }

  /// `carrier=Acme daily_limit=60`.
  var summary: String { said.map { "\($0.field.rawValue)=\($0.text)" }.joined(separator: " ") }
}

extension Number.State {
  /// By its own name, or by the words that carriers, dialers and spreadsheets have for it, in any case.
  package init?(word: String) {
    switch word.lowercased() {
    case "enabled", "active", "y", "yes", "1", "true", "in-use", "in service": self = .enabled
    case "disabled", "inactive", "n", "no", "0", "false": self = .disabled
    case "retired": self = .retired
    default: return nil
    }
  }
}

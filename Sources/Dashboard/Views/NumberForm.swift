package import Rotation

/// The fields of a number that can be changed on the page, but for its limits and its state, which have forms of their own.
package struct NumberForm: Sendable {
  package let field: NumberField
  let label: String
  let help: String

  /// A field with a value in it.
  struct Input: Sendable {
    let name: String
    let label: String
    let help: String
    let value: String
  }

  /// What a new number is given as well.
  package static let fields: [NumberForm] = [
    NumberForm(field: .name, label: "Name", help: "Shown with the number where the setting set_name asks for it"),
    NumberForm(field: .pool, label: "Pool", help: "Empty: default"),
    NumberForm(field: .carrier, label: "Carrier", help: "The trunk that signs it"),
    NumberForm(
      field: .areaCode, label: "Area codes",
      help: "Those it serves, such as 214 972, or a region such as TX. Empty: its own"),
    NumberForm(field: .maxConcurrent, label: "Calls at once", help: "Empty: the setting applies"),
  ]
  package static let limits: [NumberForm] = [
    NumberForm(field: .hourlyLimit, label: "Calls an hour", help: "A number, or none. Empty: the setting applies"),
    NumberForm(field: .dailyLimit, label: "Calls a day", help: "A number, or none. Empty: the setting applies"),
  ]
  /// The proof of ownership.
  package static let proofs: [NumberForm] = [
    NumberForm(field: .attestation, label: "Attestation", help: "A, B or C, as the carrier signs it"),
    NumberForm(field: .authorizedBy, label: "Authorized by", help: "A letter, a contract or a person"),
    NumberForm(field: .verifiedAt, label: "Ownership checked", help: "A date, such as 2026-11-24"),
    NumberForm(field: .callback, label: "Answers when called back", help: "yes or no"),
  ]

  func input(of number: Number) -> Input { input(field.text(of: number)) }

  func input(_ value: String) -> Input { Input(name: field.rawValue, label: label, help: help, value: value) }
}

/// A number that is added by hand.
package struct AddView: View {
  package static let template = "add"
  package static let place = Place.numbers
  package let title = "Add a number"

  let number: String
  let inputs: [NumberForm.Input]
  let error: String?

  /// The fields that it asks for.
  package static let forms = NumberForm.fields + NumberForm.limits + NumberForm.proofs

  /// - Parameters:
  ///   - given: what was filled in, by the names of fields.
  ///   - error: why it was not added.
  package init(number: String = "", given: [String: String] = [:], error: String? = nil) {
    self.number = number
    inputs = Self.forms.map { $0.input(given[$0.field.rawValue] ?? "") }
    self.error = error
  }
}

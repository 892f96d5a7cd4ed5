import ArgumentParser
import Rotation

/// The options of `add` and `set`, one for each field of a number. An empty value is the field's default.
struct FieldOptions: ParsableArguments {
  @Option(help: "The carrier whose trunk carries the number's calls.") var carrier: String?
  @Option(
    help: """
      The area codes that the number serves, or states and provinces such as FL, with spaces between them. Empty: its \
      own area code.
      """)
  var areaCode: String?
  @Option(help: "The most calls in a day, or none for no limit. Empty: the setting default_daily_limit.")
  var dailyLimit: String?
  @Option(help: "The most calls in an hour, or none for no limit. Empty: the setting default_hourly_limit.")
  var hourlyLimit: String?
  @Option(help: "The name that is shown where the setting set_name is name.") var name: String?
  @Option(help: "The pool that the number belongs to. Empty: default.") var pool: String?
  @Option(
    help: """
      The number of calls that may use it at the same time. With 0, any number of calls may. Empty: the setting \
      max_concurrent.
      """)
  var maxConcurrent: String?
  @Option(help: "How the carrier signs calls with the number: A, B, C or none.") var attestation: String?
  @Option(help: "Who authorized its use, such as a contract or a letter.") var authorizedBy: String?
  @Option(help: "The day on which somebody last verified that the number is yours, such as 2026-11-24.")
  var verifiedAt: String?
  @Option(help: "Whether somebody answers when people call the number back: yes or no.") var callback: String?

  /// The options that were given.
  var given: [(NumberField, String)] {
    NumberField.allCases.compactMap { field in
      let text: String? =
        switch field {
        case .carrier: carrier
        case .areaCode: areaCode
        case .dailyLimit: dailyLimit
        case .hourlyLimit: hourlyLimit
        case .name: name
        case .pool: pool
        case .maxConcurrent: maxConcurrent
        case .attestation: attestation
        case .authorizedBy: authorizedBy
        case .verifiedAt: verifiedAt
        case .callback: callback
        // The state has commands of its own: enable, disable and retire.
        case .state: nil
        }
      return text.map { (field, $0) }
    }
  }

  func fields() throws -> NumberFields {
    var fields = NumberFields()
    for (field, text) in given { try fields.set(field, to: text) }
    return fields
  }
}

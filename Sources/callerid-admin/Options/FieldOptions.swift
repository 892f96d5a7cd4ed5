import ArgumentParser
import Rotation

/// A number as an argument.
func phone(_ text: String, in store: Store) throws -> PhoneNumber {
  do throws(PhoneNumber.Invalid) {
    return try PhoneNumber(text, countryCode: store.settings.countryCode)
  } catch {
    throw StoreError(.refused, "\(text): \(error.reason)")
  }
}

extension Report<Number> {
  /// Numbers as `list` shows them.
  init(_ numbers: [Number], of store: Store) {
    let moment = store.moment
    let calendar = store.settings.calendar
    func used(_ calls: Int, of limit: Int?) -> String { "\(calls)/" + (limit.map(String.init) ?? "-") }
    self.init(
      rows: numbers, fields: numberFields(at: moment),
      columns: [
        Column("CALLER ID") { $0.phone.written },
        Column("AREA") { $0.areaCodes.joined(separator: " ") },
        Column("CARRIER") { $0.carrier?.name ?? "" },
        Column("POOL") { $0.pool.name },
        Column("HOUR", isNumber: true) {
          used($0.thisHour.calls(in: moment.windows.hour), of: $0.effectiveHourlyLimit(moment))
        },
        Column("DAY", isNumber: true) {
          used($0.today.calls(in: moment.windows.day), of: $0.effectiveDailyLimit(moment))
        },
        Column("LAST USED") { Time.local($0.lastUsedAt, in: calendar) },
        Column("STATE") { StateText.of($0, at: moment, calendar: calendar) },
        Column("NAME") { $0.name },
      ])
  }
}

/// Whether a number is free, and if not, why and until when.
enum StateText {
  static func of(_ number: Number, at moment: Moment, calendar: Rotation.Calendar) -> String {
    guard let sleep = number.sleep(at: moment) else { return "available" }
    let reason =
      switch sleep.reason {
      case "hourly_limit": "at hourly limit"
      case "daily_limit": "at daily limit"
      default: sleep.reason
      }
    return sleep.until == Sleep.forever ? reason : "\(reason) until \(Time.local(sleep.until, in: calendar))"
  }
}

/// `--carrier` and its like, for `add` and `set`.
struct FieldOptions: ParsableArguments {
  @Option(help: ArgumentHelp(NumberField.carrier.help)) var carrier: String?
  @Option(help: ArgumentHelp(NumberField.areaCode.help)) var areaCode: String?
  @Option(help: ArgumentHelp(NumberField.dailyLimit.help)) var dailyLimit: String?
  @Option(help: ArgumentHelp(NumberField.hourlyLimit.help)) var hourlyLimit: String?
  @Option(help: ArgumentHelp(NumberField.name.help)) var name: String?
  @Option(help: ArgumentHelp(NumberField.pool.help)) var pool: String?
  @Option(help: ArgumentHelp(NumberField.maxConcurrent.help)) var maxConcurrent: String?
  @Option(help: ArgumentHelp(NumberField.attestation.help)) var attestation: String?
  @Option(help: ArgumentHelp(NumberField.authorizedBy.help)) var authorizedBy: String?
  @Option(help: ArgumentHelp(NumberField.verifiedAt.help)) var verifiedAt: String?
  @Option(help: ArgumentHelp(NumberField.callback.help)) var callback: String?

  /// Those that were given.
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
        // The commands enable, disable and retire.
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

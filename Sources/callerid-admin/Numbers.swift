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

extension Report<NumberRow> {
  /// Numbers as `list` shows them.
  init(_ numbers: [Number], of store: Store) {
    let moment = store.moment
    let calendar = store.settings.calendar
    let states = Dictionary(
      uniqueKeysWithValues: numbers.map { number in
        (number.phone.written, StateText.of(number, at: moment, calendar: calendar))
      })
    let lastUses = Dictionary(
      uniqueKeysWithValues: numbers.map { ($0.phone.written, Time.local($0.lastUsedAt, in: calendar)) })
    rows = numbers.map { NumberRow($0, at: moment) }
    columns = [
      .init(title: "CALLER ID") { $0.callerId },
      .init(title: "AREA") { $0.areaCode ?? "" },
      .init(title: "CARRIER") { $0.carrier ?? "" },
      .init(title: "POOL") { $0.pool },
      .init(title: "HOUR", isNumber: true) { "\($0.usedThisHour)/\($0.hourlyLimit.map(String.init) ?? "-")" },
      .init(title: "DAY", isNumber: true) { "\($0.usedToday)/\($0.dailyLimit.map(String.init) ?? "-")" },
      .init(title: "LAST USED") { lastUses[$0.callerId] ?? "" },
      .init(title: "STATE") { states[$0.callerId] ?? "" },
      .init(title: "NAME") { $0.name },
    ]
  }
}

/// Whether a number is free, and if not, why and until when.
enum StateText {
  static func of(_ number: Number, at moment: Moment, calendar: Rotation.Calendar) -> String {
    guard let sleep = number.sleep(at: moment) else { return "available" }
    let reason =
      switch sleep.reason {
      case .hourlyLimit: "at hourly limit"
      case .dailyLimit: "at daily limit"
      default: sleep.reason.rawValue
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

  /// Those that were given.
  var given: [(NumberField, String)] {
    NumberField.allCases.compactMap { field in
      let text =
        switch field {
        case .carrier: carrier
        case .areaCode: areaCode
        case .dailyLimit: dailyLimit
        case .hourlyLimit: hourlyLimit
        case .name: name
        case .pool: pool
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

import ArgumentParser
import NumberFiles
import Output
import Rotation

struct Show: StoreCommand {
  static let configuration = CommandConfiguration(
    abstract: "Show everything about one number.",
    discussion: "  callerid-admin show 2145550101")

  @ParentCommand var root: CalleridAdmin
  @OptionGroup var storeOptions: StoreOptions
  @OptionGroup var argument: NumberArgument
  @OptionGroup var format: ObjectFormat

  func run(on store: Store) throws {
    NumberDetails(of: try store.find(store.phone(argument.number)), at: store.moment).print(as: format)
  }
}

/// Everything about one number, as `show`, `add` and `set` print it.
struct NumberDetails {
  private let number: Number
  private let moment: Moment

  init(of number: Number, at moment: Moment) {
    self.number = number
    self.moment = moment
  }

  func print(as format: ObjectFormat) {
    if format.json {
      Terminal.print((Fields.numbers(at: moment) + Fields.numberDetails(at: moment)).object(of: number))
    } else {
      Terminal.print(lines)
    }
  }

  private var lines: [(title: String, text: String)] {
    let ownership = number.ownership
    let calls = (number.today.calls(in: moment.windows.day), number.thisHour.calls(in: moment.windows.hour))
    return [
      ("Caller-ID", number.phone.written),
      ("Name", number.name),
      ("Carrier", number.carrier?.name ?? ""),
      ("Area codes", number.areaCodes.joined(separator: " ")),
      ("Pool", number.pool.name),
      ("Added", time(number.addedAt)),
      ("State", number.availability(at: moment)),
      ("Used today", "\(calls.0), limit \(limit(number.effectiveDailyLimit(moment), own: number.dailyLimit))"),
      ("Used this hour", "\(calls.1), limit \(limit(number.effectiveHourlyLimit(moment), own: number.hourlyLimit))"),
      ("Last used", number.lastUsedAt == 0 ? "never" : time(number.lastUsedAt)),
      ("Warm-up", warmUp),
      ("Reserved", reservations),
      ("Rest", rest),
      ("Attestation", ownership.attestation.text),
      ("Authorized by", ownership.authorizedBy),
      ("Verified", ownership.verifiedAt == 0 ? "never" : NumberField.verifiedAt.text(of: number)),
      ("Rings back", ownership.callback ? "yes" : "not known"),
    ]
  }

  private func time(_ seconds: Int) -> String { Time.local(seconds, in: moment.settings.calendar) }

  private func limit(_ calls: Int?, own: Limit?) -> String {
    Limit.text(calls) + (own == nil ? " (the setting)" : "")
  }

  private var warmUp: String {
    guard let day = number.warmUpDay(at: moment) else { return moment.settings.warmUpDays == 0 ? "off" : "over" }
    return "day \(day) of \(moment.settings.warmUpDays), limit today \(Limit.text(number.effectiveDailyLimit(moment)))"
  }

  private var reservations: String {
    let most = number.effectiveMaxConcurrent(moment)
    let setting = number.maxConcurrent == nil ? " (the setting)" : ""
    guard most > 0 else { return "by no call: any number of calls may use it at once" + setting }
    let ends = number.reservations(at: moment.now).map(\.until).sorted()
    return "by \(ends.count) of \(most) calls at once" + setting
      + (ends.isEmpty ? "" : ", until " + ends.map(time).joined(separator: ", "))
  }

  private var rest: String {
    guard let rest = number.rest(at: moment.now) else { return "none" }
    return "until \(time(rest.until))" + (rest.reason.isEmpty ? "" : ": \(rest.reason)")
  }
}

import ArgumentParser
import Foundation
import Rotation

struct Show: StoreCommand {
  static let configuration = CommandConfiguration(
    abstract: "Show all about one number.",
    discussion: "  callerid-admin show 2145550101")

  @ParentCommand var root: CalleridAdmin
  @OptionGroup var storeOptions: StoreOptions
  @Argument(help: "The number, with or without the 1.") var number: String
  @OptionGroup var format: ObjectFormat

  func run(on store: Store) throws {
    try print(store.find(phone(number, in: store)), of: store, as: format)
  }
}

/// One number, line by line.
func print(_ number: Number, of store: Store, as format: ObjectFormat) {
  let moment = store.moment
  if format.json { return (numberFields(at: moment) + numberDetailFields(at: moment)).object(of: number).print() }
  Terminal.print(NumberText(number: number, moment: moment).lines)
}

/// A number in people's words.
private struct NumberText {
  let number: Number
  let moment: Moment

  var lines: [(title: String, text: String)] {
    let ownership = number.ownership
    let calls = (number.today.calls(in: moment.windows.day), number.thisHour.calls(in: moment.windows.hour))
    return [
      ("Caller-ID", number.phone.written),
      ("Name", number.name),
      ("Carrier", number.carrier?.name ?? ""),
      ("Area codes", number.areaCodes.joined(separator: " ")),
      ("Pool", number.pool.name),
      ("Added", time(number.addedAt)),
      ("State", StateText.of(number, at: moment, calendar: moment.settings.calendar)),
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
    guard most > 0 else { return "by no call: it may carry as many as come" + setting }
    let ends = number.reservations(at: moment.now).map(\.until).sorted()
    return "by \(ends.count) of \(most) calls at once" + setting
      + (ends.isEmpty ? "" : ", until " + ends.map(time).joined(separator: ", "))
  }

  private var rest: String {
    guard let rest = number.rest(at: moment.now) else { return "none" }
    return "until \(time(rest.until))" + (rest.reason.isEmpty ? "" : ": \(rest.reason)")
  }
}

extension Terminal {
  /// A line each, the texts below one another.
  static func print(_ lines: [(title: String, text: String)]) {
    for (title, text) in lines { print(title.padding(toLength: 16, withPad: " ", startingAt: 0) + text) }
  }
}

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
  let calendar = store.settings.calendar
  if format.json { return numberFields(at: moment).object(of: number).print() }
  func limit(_ calls: Int?, own: Limit?) -> String {
    Limit.text(calls) + (own == nil ? " (the setting)" : "")
  }
  let calls = (number.today.calls(in: moment.windows.day), number.thisHour.calls(in: moment.windows.hour))
  let lines = [
    ("Caller-ID", number.phone.written),
    ("Name", number.name),
    ("Carrier", number.carrier?.name ?? ""),
    ("Area codes", number.areaCodes.joined(separator: " ")),
    ("Pool", number.pool.name),
    ("State", StateText.of(number, at: moment, calendar: calendar)),
    ("Used today", "\(calls.0), limit \(limit(number.effectiveDailyLimit(moment), own: number.dailyLimit))"),
    ("Used this hour", "\(calls.1), limit \(limit(number.effectiveHourlyLimit(moment), own: number.hourlyLimit))"),
    ("Last used", number.lastUsedAt == 0 ? "never" : Time.local(number.lastUsedAt, in: calendar)),
  ]
  for (title, text) in lines {
    Terminal.print(title.padding(toLength: 16, withPad: " ", startingAt: 0) + text)
  }
}

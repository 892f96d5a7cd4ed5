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
    try print(try store.find(phone(number, in: store)), of: store, as: format)
  }
}

/// One number, line by line.
func print(_ number: Number, of store: Store, as format: ObjectFormat) throws {
  let moment = store.moment
  let calendar = store.settings.calendar
  let row = NumberRow(number, at: moment)
  if format.json { return try JSON.print(row) }
  func limit(_ calls: Int?, own: Limit?) -> String {
    (calls.map(String.init) ?? "none") + (own == nil ? " (the setting)" : "")
  }
  let lines = [
    ("Caller-ID", row.callerId),
    ("Name", row.name),
    ("Carrier", row.carrier ?? ""),
    ("Area codes", row.areaCode ?? ""),
    ("Pool", row.pool),
    ("State", StateText.of(number, at: moment, calendar: calendar)),
    ("Used today", "\(row.usedToday), limit \(limit(row.dailyLimit, own: number.dailyLimit))"),
    ("Used this hour", "\(row.usedThisHour), limit \(limit(row.hourlyLimit, own: number.hourlyLimit))"),
    ("Last used", number.lastUsedAt == 0 ? "never" : Time.local(number.lastUsedAt, in: calendar)),
  ]
  for (title, text) in lines {
    Terminal.print(title.padding(toLength: 16, withPad: " ", startingAt: 0) + Terminal.safe(text))
  }
}

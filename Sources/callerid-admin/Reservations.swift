import ArgumentParser
import Rotation

struct Reservations: StoreCommand {
  static let configuration = CommandConfiguration(
    abstract: "List the numbers that calls hold now.",
    discussion: "  callerid-admin reservations")

  @ParentCommand var root: CalleridAdmin
  @OptionGroup var storeOptions: StoreOptions
  @OptionGroup var format: RowFormat

  func run(on store: Store) throws {
    let reservations = try store.reservations()
    let calendar = store.settings.calendar
    let expiry = Dictionary(
      uniqueKeysWithValues: reservations.map { ($0.callerID, Time.local($0.expiresAt, in: calendar)) })
    try Report(
      rows: reservations.map(ReservationRow.init),
      columns: [
        .init(title: "CALLER ID") { $0.callerId },
        .init(title: "UNTIL") { expiry[$0.callerId] ?? "" },
        .init(title: "DESTINATION") { $0.destination ?? "" },
        .init(title: "CAMPAIGN") { $0.campaign ?? "" },
        .init(title: "AGENT") { $0.agent ?? "" },
        .init(title: "UNIQUEID") { $0.uniqueid ?? "" },
      ]
    ).print(as: format)
  }
}

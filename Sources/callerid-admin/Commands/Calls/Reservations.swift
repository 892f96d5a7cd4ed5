import ArgumentParser
import Output
import Rotation

struct Reservations: StoreCommand {
  static let configuration = CommandConfiguration(
    abstract: "List the numbers that are reserved for calls now.",
    discussion: "  callerid-admin reservations")

  @ParentCommand var root: CalleridAdmin
  @OptionGroup var storeOptions: StoreOptions
  @OptionGroup var format: RowFormat

  func run(on store: Store) throws {
    let calendar = store.settings.calendar
    try Report(
      rows: store.reservations(), fields: Fields.reservations,
      columns: [
        Column("CALLER ID") { $0.callerID },
        Column("UNTIL") { Time.local($0.expiresAt, in: calendar) },
        Column("DESTINATION") { $0.destination ?? "" },
        Column("CAMPAIGN") { $0.campaign ?? "" },
        Column("AGENT") { $0.agent ?? "" },
        Column("UNIQUEID") { $0.uniqueID ?? "" },
      ]
    ).print(as: format)
  }
}

import ArgumentParser
import Output
import Rotation

struct List: StoreCommand {
  static let configuration = CommandConfiguration(
    abstract: "List numbers with their limits and usage.",
    discussion: """
      It lists the numbers that match all of the options, in the order in which they were imported:
        callerid-admin list --area 214 --available
      """)

  @ParentCommand var root: CalleridAdmin
  @OptionGroup var storeOptions: StoreOptions
  @Option(help: "List only numbers of this pool.") var pool: String?
  @Option(help: "List only numbers of this carrier.") var carrier: String?
  @Option(help: "List only numbers that serve this area code.") var area: String?
  @Option(help: "List only numbers in this state: enabled, disabled or retired.") var state: Number.State?
  @Flag(help: "List only numbers that a call could get now.") var available = false
  @OptionGroup var format: RowFormat

  func run(on store: Store) throws {
    let moment = store.moment
    var numbers: [Number] = []
    try store.eachNumber { number in
      if let pool, !number.pool.name.isSameName(as: pool) { return }
      if let carrier, number.carrier?.name.isSameName(as: carrier) != true { return }
      if let area, !number.areaCodes.contains(area) { return }
      if let state, number.state != state { return }
      if available, number.sleep(at: moment) != nil { return }
      numbers.append(number)
    }
    try Terminal.noteDoubts([(pool, .pool), (carrier, .carrier)], in: store)
    Report(rows: numbers, fields: Fields.numbers(at: moment), columns: columns(at: moment)).print(as: format)
  }

  private func columns(at moment: Moment) -> [Column<Number>] {
    let windows = moment.windows
    return [
      Column("CALLER ID") { $0.phone.written },
      Column("AREA") { $0.areaCodes.joined(separator: " ") },
      Column("CARRIER") { $0.carrier?.name ?? "" },
      Column("POOL") { $0.pool.name },
      Column("HOUR", isNumber: true) {
        Limit.usage($0.thisHour.calls(in: windows.hour), of: $0.effectiveHourlyLimit(moment))
      },
      Column("DAY", isNumber: true) {
        Limit.usage($0.today.calls(in: windows.day), of: $0.effectiveDailyLimit(moment))
      },
      Column("LAST USED") { Time.local($0.lastUsedAt, in: moment.settings.calendar) },
      Column("STATE") { $0.availability(at: moment) },
      Column("NAME") { $0.name },
    ]
  }
}

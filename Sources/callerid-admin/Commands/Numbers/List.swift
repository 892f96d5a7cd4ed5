import ArgumentParser
import Rotation

struct List: StoreCommand {
  static let configuration = CommandConfiguration(
    abstract: "List numbers with their limits and usage.",
    discussion: """
      Those that match all the options given, in import order:
        callerid-admin list --area 214 --available
      """)

  @ParentCommand var root: CalleridAdmin
  @OptionGroup var storeOptions: StoreOptions
  @Option(help: "Only numbers of this pool.") var pool: String?
  @Option(help: "Only numbers of this carrier.") var carrier: String?
  @Option(help: "Only numbers that serve this area code.") var area: String?
  @Option(help: "Only numbers in this state: enabled, disabled or retired.") var state: Number.State?
  @Flag(help: "Only numbers that a call could get now.") var available = false
  @OptionGroup var format: RowFormat

  func run(on store: Store) throws {
    let moment = store.moment
    var numbers: [Number] = []
    try store.eachNumber { number in
      if let pool, number.pool.name.lowercased() != pool.lowercased() { return }
      if let carrier, number.carrier?.name.lowercased() != carrier.lowercased() { return }
      if let area, !number.areaCodes.contains(area) { return }
      if let state, number.state != state { return }
      if available, number.sleep(at: moment) != nil { return }
      numbers.append(number)
    }
    Report(numbers, of: store).print(as: format)
  }
}

extension Number.State: ExpressibleByArgument {}

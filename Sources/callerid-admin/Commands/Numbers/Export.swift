import ArgumentParser
import NumberFiles
import Rotation

struct Export: StoreCommand {
  static let configuration = CommandConfiguration(
    abstract: "Write the numbers as a CSV file that import reads.",
    discussion: """
      It writes all numbers, or those of one pool, in the order in which they were imported. A limit is empty where \
      the number has none of its own and a setting applies. The file can be imported into another store, or back into \
      this one, without loss:
        callerid-admin export > numbers.csv
      """)

  @ParentCommand var root: CalleridAdmin
  @OptionGroup var storeOptions: StoreOptions
  @Option(help: "Write only the numbers of this pool.") var pool: String?
  @Flag(help: "Write CSV, which is the default.") var csv = false

  func run(on store: Store) throws {
    let writer = NumberFileWriter(countryCode: store.settings.countryCode)
    var isEmpty = true
    try store.eachNumber { number in
      if let pool, !number.pool.name.isSameName(as: pool) { return }
      if isEmpty { Terminal.print(writer.header) }
      isEmpty = false
      Terminal.print(writer.line(for: number))
    }
    guard isEmpty else { return }
    if let pool {
      throw StoreError.unknown(
        .refused, "no number is in the pool \"\(pool)\"", named: pool, among: try store.names(of: .pool),
        hint: "See the pools with: callerid-admin list")
    }
    Terminal.print(writer.header)
  }
}

import ArgumentParser
import NumberFiles
import Rotation

struct Add: StoreCommand {
  static let configuration = CommandConfiguration(
    abstract: "Add one number.",
    discussion: "  callerid-admin add 2145550101 --carrier Acme --daily-limit 100")

  static let isForCluster = true

  @ParentCommand var root: CalleridAdmin
  @OptionGroup var storeOptions: StoreOptions
  @Argument(help: "The number, written as it is to be shown.") var number: String
  @OptionGroup var options: FieldOptions
  @OptionGroup var codes: NewCodes
  @OptionGroup var format: ObjectFormat

  func run(on store: Store) throws {
    let added = try store.add(store.newPhone(number, codes: codes.codes), options.fields())
    NumberDetails(of: added, at: store.moment).print(as: format)
  }
}

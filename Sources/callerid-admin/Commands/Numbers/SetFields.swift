import ArgumentParser
import NumberFiles
import Rotation

struct SetFields: StoreCommand {
  static let configuration = CommandConfiguration(
    commandName: "set",
    abstract: "Change the fields of a number.",
    discussion: """
      Fields that are not given stay as they are. An empty value brings back the default:
        callerid-admin set 2145550101 --daily-limit 60 --pool sales
        callerid-admin set 2145550101 --daily-limit ''
      """)

  static let isForCluster = true

  @ParentCommand var root: CalleridAdmin
  @OptionGroup var storeOptions: StoreOptions
  @OptionGroup var argument: NumberArgument
  @OptionGroup var options: FieldOptions
  @OptionGroup var format: ObjectFormat

  func validate() throws {
    if options.given.isEmpty { throw ValidationError("Give at least one field to change, such as --daily-limit 60.") }
  }

  func run(on store: Store) throws {
    let changed = try store.change(store.phone(argument.number), options.fields())
    NumberDetails(of: changed, at: store.moment).print(as: format)
  }
}

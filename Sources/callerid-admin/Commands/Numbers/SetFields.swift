import ArgumentParser
import Rotation

struct SetFields: StoreCommand {
  static let configuration = CommandConfiguration(
    commandName: "set",
    abstract: "Change what is known of a number.",
    discussion: """
      What is not given stays as it is; an empty value goes back to the default:
        callerid-admin set 2145550101 --daily-limit 60 --pool sales
        callerid-admin set 2145550101 --daily-limit ''
      """)

  @ParentCommand var root: CalleridAdmin
  @OptionGroup var storeOptions: StoreOptions
  @Argument(help: "The number, with or without the 1.") var number: String
  @OptionGroup var options: FieldOptions
  @OptionGroup var format: ObjectFormat

  func validate() throws {
    if options.given.isEmpty { throw ValidationError("Say what to change, such as --daily-limit 60.") }
  }

  func run(on store: Store) throws {
    try print(store.change(phone(number, in: store), options.fields()), of: store, as: format)
  }
}

import ArgumentParser
import Rotation

struct Wake: StoreCommand {
  static let configuration = CommandConfiguration(
    abstract: "End the rest of numbers.",
    discussion: """
      The rules that make numbers rest then count the outcomes of their calls from zero again.
        callerid-admin wake 2145550101 2145550102
      """)

  static let isForCluster = true

  @ParentCommand var root: CalleridAdmin
  @OptionGroup var storeOptions: StoreOptions
  @OptionGroup var arguments: NumberArguments

  func run(on store: Store) throws {
    let phones = try arguments.phones(in: store)
    try store.rest(phones, until: 0, reason: "")
    for phone in phones { Terminal.print("\(phone.written) does not rest") }
  }
}

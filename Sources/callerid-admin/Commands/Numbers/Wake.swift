import ArgumentParser
import Rotation

struct Wake: StoreCommand {
  static let configuration = CommandConfiguration(
    abstract: "End the rest of numbers.",
    discussion: """
      All of them, or none where one is not in the store. Rules judge them anew from here on.
        callerid-admin wake 2145550101 2145550102
      """)

  @ParentCommand var root: CalleridAdmin
  @OptionGroup var storeOptions: StoreOptions
  @Argument(help: "The numbers, with or without the 1.") var numbers: [String]

  func run(on store: Store) throws {
    let phones = try numbers.map { try phone($0, in: store) }
    try store.rest(phones, until: 0, reason: "")
    for phone in phones { Terminal.print("\(phone.written) does not rest") }
  }
}

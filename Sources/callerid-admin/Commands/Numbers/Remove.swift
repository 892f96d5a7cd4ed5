import ArgumentParser
import Rotation

struct Remove: StoreCommand {
  static let configuration = CommandConfiguration(
    abstract: "Delete numbers that were never used.",
    discussion: """
      A number that calls have shown is rung back for weeks: retire it, and its history stays. With --force it is deleted
      all the same; the request log then no longer names it.
        callerid-admin remove 2145550101
      """)

  @ParentCommand var root: CalleridAdmin
  @OptionGroup var storeOptions: StoreOptions
  @Argument(help: "The numbers; all of them, or none where one cannot be deleted.") var numbers: [String]
  @Flag(help: "Delete numbers that have been used as well.") var force = false

  func run(on store: Store) throws {
    let phones = try numbers.map { try phone($0, in: store) }
    try store.remove(phones, evenIfUsed: force)
    for phone in phones { Terminal.print("\(phone.written) is deleted") }
  }
}

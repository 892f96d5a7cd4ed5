import ArgumentParser
import Rotation

struct Release: StoreCommand {
  static let configuration = CommandConfiguration(
    abstract: "Free numbers that calls hold.",
    discussion: """
      The calls they counted for stay counted.
        callerid-admin release 2145550101
        callerid-admin release --uniqueid 1790000000.42
      """)

  @ParentCommand var root: CalleridAdmin
  @OptionGroup var storeOptions: StoreOptions
  @Argument(help: "The numbers to free.") var numbers: [String] = []
  @Option(help: "Free what the call of this Asterisk uniqueid holds.") var uniqueid: String?
  @Flag(help: "Free every number.") var all = false

  func validate() throws {
    let ways = [!numbers.isEmpty, uniqueid != nil, all].count { $0 }
    if ways != 1 { throw ValidationError("Say what to free: numbers, --uniqueid or --all.") }
  }

  func run(on store: Store) throws {
    if all {
      Terminal.print("\(try store.releaseAll()) freed")
    } else if let uniqueid {
      guard let label = CallerText(uniqueid), case let freed = try store.release(uniqueID: label), !freed.isEmpty else {
        throw StoreError(.refused, "no call \"\(uniqueid)\" holds a number", hint: "See: callerid-admin reservations")
      }
      for phone in freed { Terminal.print("\(phone.written) is free") }
    } else {
      // All are looked up before any is freed.
      let numbers = try numbers.map { try store.find(phone($0, in: store)) }
      for (number, wasHeld) in try zip(numbers, store.release(numbers: numbers)) {
        Terminal.print("\(number.phone.written) " + (wasHeld ? "is free" : "was not held"))
      }
    }
  }
}

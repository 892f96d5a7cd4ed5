import ArgumentParser
import NumberFiles
import Output
import Rotation

struct Release: StoreCommand {
  static let configuration = CommandConfiguration(
    abstract: "Release numbers that are reserved for calls.",
    discussion: """
      The calls stay counted against the limits of the numbers.
        callerid-admin release 2145550101
        callerid-admin release --uniqueid 1790000000.42
      """)

  @ParentCommand var root: CalleridAdmin
  @OptionGroup var storeOptions: StoreOptions
  @Argument(help: "The numbers to release, with or without the leading 1.") var numbers: [String] = []
  @Option(help: "Release the numbers that are reserved for the call with this Asterisk uniqueid.") var uniqueid: String?
  @Flag(help: "Release every number.") var all = false

  func validate() throws {
    let ways = [!numbers.isEmpty, uniqueid != nil, all].count { $0 }
    if ways != 1 { throw ValidationError("Give one of numbers, --uniqueid or --all.") }
  }

  func run(on store: Store) throws {
    if all {
      Terminal.print(try store.releaseAll().counting("number") + " released")
    } else if let uniqueid {
      guard let label = try CallerText(uniqueID: uniqueid), case let freed = try store.release(uniqueID: label),
        !freed.isEmpty
      else {
        throw StoreError(
          .refused, "no number is reserved for a call \"\(uniqueid)\"",
          hint: "List the calls with: callerid-admin reservations")
      }
      for phone in freed { Terminal.print("\(phone.written) is released") }
    } else {
      // All of them are looked up before the first is released.
      let numbers = try numbers.map { try store.find(store.phone($0)) }
      for (number, wasHeld) in try zip(numbers, store.release(numbers: numbers)) {
        Terminal.print("\(number.phone.written) " + (wasHeld ? "is released" : "was not reserved"))
      }
    }
  }
}

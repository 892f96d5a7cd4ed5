import ArgumentParser
import Output
import Rotation

struct Remove: StoreCommand {
  static let configuration = CommandConfiguration(
    abstract: "Delete numbers that were never used.",
    discussion: """
      People call a number back for weeks after it was shown to them. Retire such a number instead, so that its \
      history is kept. With --force it is deleted anyway, and the request log no longer names it.

      On a terminal it says how much would be deleted, and asks. In a script nothing is asked.
        callerid-admin remove 2145550101
      """)

  static let isForCluster = true

  @ParentCommand var root: CalleridAdmin
  @OptionGroup var storeOptions: StoreOptions
  @OptionGroup var arguments: NumberArguments
  @Flag(help: "Also delete numbers that have been used.") var force = false
  @OptionGroup var confirmation: Confirmation

  func run(on store: Store) throws {
    let phones = try arguments.phones(in: store)
    try store.checkRemoval(of: phones, evenIfUsed: force)
    try confirmation.ask {
      let history = try store.history(of: phones)
      let calls = history.calls == 0 ? "no calls" : history.calls.counting("call")
      return "\(history.numbers.counting("number")) with a history of \(calls): delete "
        + (history.numbers == 1 ? "it?" : "them?")
    }
    try store.remove(phones, evenIfUsed: force)
    for phone in phones { Terminal.print("\(phone.written) is deleted") }
  }
}

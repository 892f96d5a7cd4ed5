import ArgumentParser
import Rotation

struct Retire: StateCommand {
  static let state = Number.State.retired
  static let configuration = CommandConfiguration(
    abstract: "Take numbers out of rotation for good, and keep their history.",
    discussion: "  callerid-admin retire 2145550101 2145550102")

  @ParentCommand var root: CalleridAdmin
  @OptionGroup var storeOptions: StoreOptions
  @Argument(help: "The numbers; all of them, or none where one is not in the store.") var numbers: [String]
}

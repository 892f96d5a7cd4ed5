import ArgumentParser
import Rotation

struct Disable: StateCommand {
  static let state = Number.State.disabled
  static let configuration = CommandConfiguration(
    abstract: "Keep numbers out of rotation until they are enabled again.",
    discussion: "  callerid-admin disable 2145550101 2145550102")

  @ParentCommand var root: CalleridAdmin
  @OptionGroup var storeOptions: StoreOptions
  @Argument(help: "The numbers; all of them, or none where one is not in the store.") var numbers: [String]
}

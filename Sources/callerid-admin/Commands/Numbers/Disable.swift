import ArgumentParser
import Rotation

struct Disable: StateCommand {
  static let state = Number.State.disabled
  static let configuration = CommandConfiguration(
    abstract: "Take numbers out of rotation until they are enabled again.",
    discussion: "  callerid-admin disable 2145550101 2145550102")

  @ParentCommand var root: CalleridAdmin
  @OptionGroup var storeOptions: StoreOptions
  @OptionGroup var arguments: NumberArguments
}

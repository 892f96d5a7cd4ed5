import ArgumentParser
import Rotation

struct Retire: StateCommand {
  static let state = Number.State.retired
  static let configuration = CommandConfiguration(
    abstract: "Take numbers out of rotation for good, but keep their history.",
    discussion: "  callerid-admin retire 2145550101 2145550102")

  @ParentCommand var root: CalleridAdmin
  @OptionGroup var storeOptions: StoreOptions
  @OptionGroup var arguments: NumberArguments
}

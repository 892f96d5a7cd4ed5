import ArgumentParser
import Rotation

struct Enable: StateCommand {
  static let state = Number.State.enabled
  static let configuration = CommandConfiguration(
    abstract: "Put numbers back into rotation.",
    discussion: "  callerid-admin enable 2145550101 2145550102")

  @ParentCommand var root: CalleridAdmin
  @OptionGroup var storeOptions: StoreOptions
  @OptionGroup var arguments: NumberArguments
}

import ArgumentParser
import NumberFiles
import Rotation

/// The number that a command is about.
struct NumberArgument: ParsableArguments {
  @Argument(help: "The number, with or without the leading 1.") var number: String
}

/// The numbers that a command changes.
struct NumberArguments: ParsableArguments {
  @Argument(
    help: "The numbers, with or without the leading 1. If one of them is refused, none of them is changed.")
  var numbers: [String]

  func phones(in store: Store) throws -> [PhoneNumber] { try numbers.map(store.phone) }
}

import Rotation

/// A command that puts numbers into a state: `enable`, `disable` and `retire`.
protocol StateCommand: StoreCommand {
  static var state: Number.State { get }
  var arguments: NumberArguments { get }
}

extension StateCommand {
  static var isForCluster: Bool { true }

  func run(on store: Store) throws {
    let phones = try arguments.phones(in: store)
    try store.setState(Self.state, of: phones)
    for phone in phones { Terminal.print("\(phone.written) is \(Self.state.rawValue)") }
  }
}

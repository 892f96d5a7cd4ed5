import Rotation

/// A command that puts numbers into one state.
protocol StateCommand: StoreCommand {
  static var state: Number.State { get }
  var numbers: [String] { get }
}

extension StateCommand {
  func run(on store: Store) throws {
    let phones = try numbers.map { try phone($0, in: store) }
    try store.setState(Self.state, of: phones)
    for phone in phones { Terminal.print("\(phone.written) is \(Self.state.rawValue)") }
  }
}

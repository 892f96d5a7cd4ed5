package import Rotation

/// What the dialplan asks: `campaign`, `agent`, then `option=value` in any order.
package struct Arguments: Equatable, Sendable {
  package enum Action: String, Sendable {
    case pick, release
  }

  package private(set) var action = Action.pick
  package private(set) var campaign: String?
  package private(set) var agent: String?
  package private(set) var destination: String?
  package private(set) var areaCode: String?
  package private(set) var pool: String?
  package private(set) var carrier: String?
  package private(set) var reservationTTL: Int?
  package private(set) var namePolicy: NamePolicy?
  package private(set) var respectExisting = false
  package private(set) var dialStatus: String?
  package private(set) var answeredSeconds: Int?
  package private(set) var hangUpCause: Int?
  /// What the outgoing channels' technologies said of the end, such as `SIP 603 Network Blocked`.
  package private(set) var technologyCause: String?
  package private(set) var storePath: String?
  /// Nil where nothing is wrong with them. What could be read of invalid ones stands all the same, so that the refusal
  /// can be logged in the right store.
  package private(set) var invalid: Invalid?
  /// What is wrong with the arguments of a release. It frees the number all the same.
  package private(set) var unused: Invalid?

  private let stores: Stores

  /// Which stores a dialplan may name with `db=`.
  package enum Stores: Equatable, Sendable {
    case any
    /// The one that the operator has chosen for the machine. Text from a caller may get into a dialplan's arguments.
    case only(String)
    /// A server has one of its own.
    case none
  }

  /// What is wrong with the arguments, for whoever wrote the dialplan.
  package struct Invalid: Error, Equatable {
    package let reason: String
  }

  private enum Option: String, CaseIterable {
    case to, area, pool, carrier, ttl, name
    case respectExisting = "respect-existing"
    case action, status, answered, cause, tech, db

    /// What the option is for; nil: whatever the call asks.
    var action: Action? {
      switch self {
      case .status, .answered, .cause, .tech: .release
      case .action, .db: nil
      default: .pick
      }
    }
  }

  /// Reads the arguments of `AGI()`.
  package init(_ words: [String], stores: Stores = .any) {
    self.stores = stores
    read(words)
  }

  /// Reads those of a call that asks a server: the script is what stands behind the address in `agi://HOST/SCRIPT`.
  init(script: String, _ words: [String]) {
    stores = .none
    switch script {
    case "", "callerid": break
    case "release": action = .release
    default:
      invalid = Invalid(reason: "agi://HOST/\(script) is unknown; ask agi://HOST/callerid or agi://HOST/release")
      return
    }
    read(words)
  }

  private mutating func read(_ words: [String]) {
    invalid = firstFault(in: words)
    // Only a store that it may not name stands against a release: nothing else that a dialplan writes is worth a number
    // that stays held.
    if action == .release, !namesForeignStore {
      (invalid, unused) = (nil, invalid)
    }
  }

  /// Whether `db=` names a store that the dialplan may not name.
  private var namesForeignStore = false

  /// Reads as far as it can.
  ///
  /// - Returns: what is wrong, or nil.
  private mutating func firstFault(in words: [String]) -> Invalid? {
    // VICIdial joins what it passes to a script into one argument.
    // Dialplans have spaces behind their commas, which Asterisk leaves there.
    let words = (words.count == 1 ? Self.split(words[0]) : words).map(\.trimmed)
    for (index, word) in words.prefix(2).enumerated() where Self.option(in: word) != nil {
      let place = index == 0 ? "campaign" : "agent"
      return Invalid(reason: "\(word) stands where the \(place) goes; options come after campaign and agent")
    }
    campaign = words.first.flatMap { $0.isEmpty ? nil : $0 }
    agent = words.dropFirst().first.flatMap { $0.isEmpty ? nil : $0 }

    var seen: [Option] = []
    var firstInvalid: Invalid?
    for word in words.dropFirst(2) where !word.isEmpty {
      do throws(Invalid) {
        guard let (option, value) = Self.option(in: word) else {
          let known = Option.allCases.map(\.rawValue).joined(separator: ", ")
          throw Invalid(reason: "unknown option \(word); the options are \(known)")
        }
        // `carrier=${TRUNKNAME}` with the variable unset means that none was asked for.
        if value.isEmpty { continue }
        guard !seen.contains(option) else { throw Invalid(reason: "\(option.rawValue)= is given twice") }
        seen.append(option)
        try set(option, to: value)
      } catch {
        firstInvalid = firstInvalid ?? error
      }
    }
    if let firstInvalid { return firstInvalid }
    let misplaced = Option.allCases.first { seen.contains($0) && $0.action ?? action != action }
    return misplaced.map {
      Invalid(
        reason: "\($0.rawValue)= goes " + (action == .pick ? "with action=release" : "with a pick, not a release"))
    }
  }

  private mutating func set(_ option: Option, to value: String) throws(Invalid) {
    switch option {
    case .to: destination = value
    case .area:
      guard AreaCode.isDigits(value) else { throw Invalid(reason: "area= is 1 to 6 digits, not \(value)") }
      areaCode = value
    case .pool: pool = value
    case .carrier: carrier = value
    case .ttl: reservationTTL = try seconds(value, of: option, atMost: Request.maximumTTL)
    case .name:
      guard let policy = NamePolicy(rawValue: value) else {
        let known = NamePolicy.allCases.map(\.rawValue).joined(separator: ", ")
        throw Invalid(reason: "name= is one of \(known), not \(value)")
      }
      namePolicy = policy
    case .respectExisting:
      guard let flag = YesNo.read(value) else { throw Invalid(reason: "respect-existing= is yes or no, not \(value)") }
      respectExisting = flag
    case .action:
      guard let action = Action(rawValue: value) else { throw Invalid(reason: "action= is release, not \(value)") }
      self.action = action
    case .status: dialStatus = value
    case .answered:
      // Some dialplans compute the seconds, as a decimal number.
      answeredSeconds = try seconds(value.cut(at: ".")?.before ?? value, of: option, atMost: Int(Int32.max))
    case .cause:
      guard let cause = Int(value), (0...127).contains(cause) else {
        throw Invalid(reason: "cause= is a hang-up cause from 0 to 127, not \(value)")
      }
      hangUpCause = cause
    case .tech: technologyCause = value
    case .db:
      switch stores {
      case .any, .only(value): storePath = value
      case .only:
        namesForeignStore = true
        throw Invalid(reason: "db= names another store than CALLERID_DB, which Asterisk was started with")
      case .none:
        namesForeignStore = true
        throw Invalid(reason: "db= is not for a server, which has a store of its own")
      }
    }
  }

  private func seconds(_ value: String, of option: Option, atMost maximum: Int) throws(Invalid) -> Int {
    guard let seconds = Int(value), (0...maximum).contains(seconds) else {
      throw Invalid(reason: "\(option.rawValue)= is a number of seconds, not \(value)")
    }
    return seconds
  }

  private static func option(in word: String) -> (Option, value: String)? {
    if word == Option.respectExisting.rawValue { return (.respectExisting, "yes") }
    guard let (name, value) = word.cut(at: "="), let option = Option(rawValue: name) else { return nil }
    return (option, value)
  }

  private static func split(_ joined: String) -> [String] {
    var words: [String] = []
    var word: [UInt8] = []
    let dashes = Array("-----".utf8)
    for byte in joined.utf8 {
      word.append(byte)
      if word.suffix(5).elementsEqual(dashes) {
        words.append(String(decoding: word.dropLast(5), as: UTF8.self))
        word = []
      }
    }
    words.append(String(decoding: word, as: UTF8.self))
    return words
  }
}

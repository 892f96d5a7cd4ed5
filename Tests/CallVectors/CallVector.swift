/// One conversation of Asterisk's with a program that speaks for a store, as both sides say it.
///
/// It is told without types of the programs', so that any program can be held against it: the state machine alone, the
/// program on its pipes, a server on a socket.
package struct CallVector: Sendable, CustomStringConvertible {
  /// What is in the store.
  package enum Stock: Sendable {
    /// One number, `CallVector.number`, that no call holds.
    case free
    /// The same, which this very call holds.
    case held
    /// No number.
    case empty
    /// One that another program keeps locked.
    case locked
    /// There is no store.
    case missing
  }

  /// What the program says in one go, and Asterisk's lines in reply.
  package struct Turn: Sendable {
    package let commands: [String]
    package let replies: [String]

    package init(_ commands: [String], _ replies: [String]) {
      self.commands = commands
      self.replies = replies
    }
  }

  /// What Asterisk does after all turns.
  package enum End: Sendable {
    /// It waits for the program's end, having said all that it had to.
    case waits
    /// It closes the connection.
    case hangsUp
    /// It says no more.
    case isSilent
  }

  package static let number = "2145550101"
  package static let carrier = "Acme Telecom"
  package static let numberName = #"The "Dallas" \ office"#
  /// Stands in texts for the path of the store.
  package static let storePath = "{store}"

  package let description: String
  package var arguments = ["SALES", "1001"]
  package var environment = Self.usualEnvironment
  package var stock = Stock.free
  package var turns: [Turn] = []
  package var end = End.waits
  /// What a program tells by its exit status.
  package var isSuccess = true
  /// Whether a call holds the number afterwards.
  package var isHeld = true
  package var lineEnd = "\n"

  package init(_ description: String) { self.description = description }

  /// The bytes that Asterisk begins with.
  package var opening: String { environment.map { $0 + lineEnd }.joined() }

  package static let usualEnvironment = [
    "agi_request: callerid-agi", "agi_channel: Local/8600051@default-00000001;2", "agi_language: en",
    "agi_type: Local", "agi_uniqueid: 1790000000.1", "agi_version: 16.28.0", "agi_callerid: 8005550100",
    "agi_calleridname: Sales", "agi_callingpres: 0", "agi_dnid: unknown", "agi_rdnis: unknown",
    "agi_context: default", "agi_extension: 12145551212", "agi_priority: 2", "agi_enhanced: 0.0",
    "agi_accountcode: ", "agi_threadid: 140000000000000", "",
  ]

  /// The usual environment with another value of a variable.
  package static func environment(_ name: String, _ value: String) -> [String] {
    usualEnvironment.map { $0.hasPrefix("\(name): ") ? "\(name): \(value)" : $0 }
  }
}

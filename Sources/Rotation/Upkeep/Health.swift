/// One thing that was looked at, and what was found.
package struct Finding: Equatable, Sendable {
  package enum Level: String, Sendable {
    case ok
    /// Calls get their numbers, but not for ever, or not all.
    case warning
    /// Calls do not get numbers, or the next mishap loses some.
    case problem
  }

  /// What was looked at, in a word, such as `files`.
  package let check: String
  package let level: Level
  package let message: String
  /// What to do.
  package let hint: String?

  package init(_ level: Level, _ check: String, _ message: String, hint: String? = nil) {
    self.check = check
    self.level = level
    self.message = message
    self.hint = hint
  }

  package init(_ error: StoreError, in check: String) {
    self.init(.problem, check, error.message, hint: error.hint)
  }
}

/// A user as the system's permissions see one.
package struct Account: Equatable, Sendable {
  package let name: String
  package let user: UInt32
  /// The first is the user's own.
  package let groups: [UInt32]

  package init(name: String, user: UInt32, groups: [UInt32]) {
    self.name = name
    self.user = user
    self.groups = groups
  }
}

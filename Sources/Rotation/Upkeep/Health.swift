/// One thing that was checked, and the finding.
package struct Finding: Equatable, Sendable {
  package enum Level: String, Sendable {
    case ok
    /// Calls get numbers now, but some calls do not, or soon will not.
    case warning
    /// Calls get no numbers, or the next fault would lose some.
    case problem
  }

  /// What was checked, in one word, such as `files`.
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

/// A user and its groups, as the system checks permissions.
package struct Account: Equatable, Sendable {
  package let name: String
  package let user: UInt32
  /// The first is the user's primary group.
  package let groups: [UInt32]

  package init(name: String, user: UInt32, groups: [UInt32]) {
    self.name = name
    self.user = user
    self.groups = groups
  }
}

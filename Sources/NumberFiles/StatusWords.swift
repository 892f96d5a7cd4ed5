package import Rotation

/// What carriers, dialers and spreadsheets call a number that is in use, and one that is not.
///
/// A word that is not known is no reason to leave a number out of use, nor to use it: the operator is asked.
package struct StatusWords {
  private var said: [String: Number.State] = [:]

  /// - Parameters:
  ///   - enabled: words that the operator has decided on: numbers with them are in use.
  ///   - disabled: those of numbers that are not.
  package init(enabled: [String] = [], disabled: [String] = []) {
    for word in disabled { said[Self.key(word)] = .disabled }
    for word in enabled { said[Self.key(word)] = .enabled }
  }

  /// What a word says; nil where it is not known.
  package func state(_ word: String) -> Number.State? {
    if let state = Number.State(word: word) ?? said[Self.key(word)] { return state }
    let words = Self.words(of: word)
    let whole = words.joined()
    if Self.enabled.contains(whole) { return .enabled }
    if Self.disabled.contains(whole) { return .disabled }
    // `Active - Voice`, `Suspended (non-payment)`. Where it says both, as in `active, port-out pending`, nobody knows.
    let isEnabled = words.contains { Self.enabled.contains($0) }
    let isDisabled = words.contains { Self.disabled.contains($0) || Self.negations.contains($0) }
    guard isEnabled != isDisabled else { return nil }
    if isEnabled { return .enabled }
    return words.contains { Self.disabled.contains($0) } ? .disabled : nil
  }

  static func isSame(_ one: String, _ other: String) -> Bool { key(one) == key(other) }

  /// `In-Service`, `in_service` and `InService` are one word.
  private static func key(_ word: String) -> String { words(of: word).joined() }

  private static func words(of text: String) -> [String] {
    CellText.plain(text).lowercased().unicodeScalars
      .split { !$0.properties.isAlphabetic && $0.properties.numericType == nil }.map { String($0) }
  }

  private static let negations: Set = ["not", "no", "non", "never", "without", "out"]

  private static let enabled: Set = [
    "active", "activated", "enabled", "enable", "inservice", "inuse", "live", "assigned", "allocated", "provisioned",
    "on", "working", "operational", "online", "y", "yes", "true", "1", "portedin",
  ]

  private static let disabled: Set = [
    "inactive", "deactivated", "disabled", "disable", "aging", "aged", "reserved", "portedout", "portout", "porting",
    "pending", "suspended", "suspension", "disconnected", "disconnect", "cancelled", "canceled", "cancel",
    "cancellation", "released", "releasing", "expired", "terminated", "blocked", "deleted", "removed", "off", "n", "no",
    "false", "0", "failed", "rejected", "notinservice", "outofservice", "notinuse", "notactive", "nolongerinservice",
    "deprovisioning", "deprovisioned", "quarantined", "quarantine", "locked", "frozen", "closed", "offline",
    "unavailable",
    // Bandwidth's number that is assigned and not live yet; Telnyx's that only calls for help, and that lacks papers.
    "inaccount", "emergencyonly", "requirement",
  ]
}

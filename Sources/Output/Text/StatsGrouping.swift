package import Rotation

/// What a report of `stats` is counted by, as operators and programs write it.
package enum StatsGrouping: Sendable {
  case calls(Grouping)
  /// How well the numbers matched, by campaign and area code.
  case match

  private static let matchWord = "match"

  package static let words = Grouping.allCases.map(\.rawValue) + [matchWord]

  /// Returns nil for a text that is none of `words`.
  package init?(_ text: String) {
    if text == Self.matchWord {
      self = .match
    } else if let grouping = Grouping(rawValue: text) {
      self = .calls(grouping)
    } else {
      return nil
    }
  }
}

internal import SQLite

/// When a number rests because of its outcomes. Without a percentage the rule is off.
package struct RestRule: Equatable, Sendable {
  /// In percent.
  package var belowAnswerRate: Int?
  package var aboveShortShare: Int?
  /// An answered call is short if it lasts less than this, in seconds.
  package var shortSeconds = 6
  /// How many of a number's calls the network must have blocked; nil: however many were.
  package var afterBlocks: Int?
  /// How many calls a number must have before the rule applies to it.
  package var afterCalls = 50
  package var days = 7
  /// The most of a pool's numbers that may rest at once, in percent.
  package var poolShare = 20

  /// The reason why a number with these outcomes must rest, or `nil`.
  func reason(_ outcomes: Outcomes) -> String? {
    if let afterBlocks, outcomes.blocked >= afterBlocks {
      return "\(outcomes.blocked) of \(outcomes.calls) calls blocked by the network"
    }
    guard outcomes.calls >= afterCalls else { return nil }
    if let belowAnswerRate, outcomes.answered * 100 < belowAnswerRate * outcomes.calls {
      return "answered \(outcomes.answered * 100 / outcomes.calls) % of \(outcomes.calls) calls"
    }
    if let aboveShortShare, outcomes.short * 100 > aboveShortShare * outcomes.answered {
      return "\(outcomes.short) of \(outcomes.answered) answered calls shorter than \(shortSeconds) s"
    }
    return nil
  }
}

extension RestRule {
  /// How the store keeps a rest that the rule ordered: a space (no operator's reason begins with one), the days, and the
  /// reason.
  func text(_ reason: String) -> String { " \(days) \(reason)" }

  /// `nil` for an operator's reason.
  static func read(_ text: String) -> (days: Int, reason: String)? {
    guard text.utf8.first == UInt8(ascii: " ") else { return nil }
    let digits = text.utf8.dropFirst().prefix { (0x30...0x39).contains($0) }
    let reason = text.utf8.dropFirst(digits.count + 2)
    return ((Int(String(decoding: digits, as: UTF8.self)) ?? 0).counted, String(decoding: reason, as: UTF8.self))
  }
}

/// A number's outcomes since a rule last put it to rest.
struct Outcomes {
  var calls = 0
  var answered = 0
  var short = 0
  var blocked = 0
}

extension Transaction {
  /// Counts an outcome. If the rule says so and the pool can spare the number, the number rests.
  func count(_ outcome: Outcome, of number: inout Number) throws {
    let rule = settings.rest
    guard rule.belowAnswerRate != nil || rule.aboveShortShare != nil || rule.afterBlocks != nil else { return }
    var outcomes =
      try database.first("SELECT calls, answered, short, blocked FROM outcome WHERE number_id = ?", number.id) {
        Outcomes(
          calls: ($0[0] as Int).counted, answered: ($0[1] as Int).counted, short: ($0[2] as Int).counted,
          blocked: ($0[3] as Int).counted)
      } ?? Outcomes()
    outcomes.calls += 1
    if outcome.isBlocked { outcomes.blocked += 1 }
    if outcome.isAnswered {
      outcomes.answered += 1
      // If the dialplan reports no duration, the call does not count as short.
      if let seconds = outcome.answeredSeconds, seconds < rule.shortSeconds { outcomes.short += 1 }
    }
    if let reason = rule.reason(outcomes), number.rest(at: now) == nil,
      try canRest(in: number.pool, share: rule.poolShare)
    {
      number.restingUntil = now + rule.days * 86_400
      number.restReason = rule.text(reason)
      outcomes = Outcomes()
    }
    try database.run(
      "INSERT OR REPLACE INTO outcome (number_id, calls, answered, short, blocked) VALUES (?, ?, ?, ?, ?)",
      number.id, outcomes.calls, outcomes.answered, outcomes.short, outcomes.blocked)
  }

  /// Whether one more number of the pool may rest.
  private func canRest(in pool: Pool, share: Int) throws -> Bool {
    let resting: Int =
      // SQLite uses the index only with its second term. The rows are read only of numbers that rest for longer than the
      // rule says, because their rests may begin in the future, see `Number.rest(at:)`.
      try database.value(
        """
        SELECT count(*) FROM number WHERE pool_id = ?1 AND resting_until > 0 AND resting_until > ?2
          AND (resting_until <= ?3 + ?4 * 86400 OR substr(rest_reason, 1, 1) <> ' '
            OR resting_until - CAST(substr(rest_reason, 2) AS INTEGER) * 86400 <= ?3)
        """, pool.id, now, now + Clock.correction, settings.rest.days) ?? 0
    let numbers: Int = try database.value("SELECT numbers FROM pool WHERE id = ?", pool.id) ?? 0
    return (resting + 1) * 100 <= share * numbers.counted
  }
}

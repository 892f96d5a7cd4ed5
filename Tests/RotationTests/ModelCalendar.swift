import Foundation

/// Clock hours and calendar days of a zone, numbered.
struct ModelCalendar {
  private let zone: TimeZone
  /// Seconds after midnight.
  private let dayStartsAt: Int

  init?(zone: String, dayStartsAt: Int) {
    guard let zone = TimeZone(identifier: zone) else { return nil }
    self.zone = zone
    self.dayStartsAt = dayStartsAt
  }

  private func offset(_ moment: Int) -> Int {
    zone.secondsFromGMT(for: Date(timeIntervalSince1970: TimeInterval(moment)))
  }

  /// The date on the wall, where the clock shows the day's beginning or later; else the date before.
  func day(of moment: Int) -> Int { (moment + offset(moment) - dayStartsAt) / 86_400 }

  /// The hour on the wall; one that comes twice, when the clocks are put back, is two hours.
  func hour(of moment: Int) -> Int { (moment + offset(moment)) / 3600 * 1_000_000 + offset(moment) + 500_000 }

  /// When the clocks change next.
  func change(after moment: Int) -> Int? {
    zone.nextDaylightSavingTimeTransition(after: Date(timeIntervalSince1970: TimeInterval(moment)))
      .map { Int($0.timeIntervalSince1970) }
  }

  /// The first second after `moment` of another hour, or day.
  func end(of window: (Int) -> Int, after moment: Int) -> Int {
    var (inside, outside) = (moment, moment + 90_000)
    while outside - inside > 1 {
      let middle = (inside + outside) / 2
      if window(middle) == window(moment) { inside = middle } else { outside = middle }
    }
    return outside
  }
}

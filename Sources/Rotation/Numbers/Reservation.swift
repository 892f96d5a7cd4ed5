/// One call's reservation of a number.
package struct Reservation: Equatable, Sendable {
  package let request: Int
  /// Seconds since 1970-01-01 UTC.
  package let from: Int
  package let until: Int

  /// After a clock was set back, there can be reservations that begin in the future. They count as ended.
  func isHeld(at now: Int) -> Bool { until > now && !Clock.isToCome(from, at: now) }

  /// As the store keeps them: `request:from:until`, a space between.
  static func read(_ text: String) -> [Reservation] {
    text.words.map { word in
      let parts = word.numbers
      return parts.count == 3
        ? Reservation(request: parts[0] ?? 0, from: parts[1] ?? 0, until: parts[2] ?? 0)
        : Reservation(request: 0, from: 0, until: 0)
    }
  }

  static func text(_ reservations: [Reservation]) -> String {
    var text = ""
    for hold in reservations { text += (text.isEmpty ? "" : " ") + "\(hold.request):\(hold.from):\(hold.until)" }
    return text
  }
}

extension Number {
  /// Its reservations that have not ended.
  package func reservations(at now: Int) -> [Reservation] { reservations.filter { $0.isHeld(at: now) } }

  /// When the last of its reservations ends; `nil` if it has none.
  package func reservedUntil(at now: Int) -> Int? { reservations(at: now).map(\.until).max() }
}

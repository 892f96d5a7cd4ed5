package import Rotation

/// The beginning of a report that runs until now, as operators write it.
package enum Since: Sendable {
  /// The beginning of the day so many days ago; 0 is today.
  case days(Int)
  /// So many hours ago.
  case hours(Int)
  /// The beginning of a day of the calendar.
  case day(year: Int, month: Int, day: Int)

  /// The forms that are understood, for help and for error messages.
  package static let help = "today, yesterday, 7d, 12h, or a day such as 2026-11-01"

  /// Returns nil for a text that is none of the forms. Days and hours are 1 to 9999.
  package init?(_ text: String) {
    switch text {
    case "today": self = .days(0)
    case "yesterday": self = .days(1)
    default:
      let parts = text.split(separator: "-", omittingEmptySubsequences: false).map { Int($0) ?? 0 }
      if parts.count == 3, (1970...9999).contains(parts[0]), (1...12).contains(parts[1]), (1...31).contains(parts[2]) {
        self = .day(year: parts[0], month: parts[1], day: parts[2])
      } else if let count = Int(text.dropLast()), (1...9999).contains(count), "dh".contains(text.suffix(1)) {
        self = text.hasSuffix("d") ? .days(count) : .hours(count)
      } else {
        return nil
      }
    }
  }

  /// The moment in seconds since 1970-01-01 UTC. Days begin as the settings `timezone` and `day_starts_at` say.
  ///
  /// - Throws: `refused` for a day in the future.
  package func moment(in store: Store) throws(StoreError) -> Int {
    let now = store.moment.now
    let moment = moment(at: now, in: store.settings.calendar)
    guard moment <= now else {
      throw StoreError(.refused, "since: that day is in the future", hint: "Give one of: \(Self.help)")
    }
    return moment
  }

  private func moment(at now: Int, in calendar: Rotation.Calendar) -> Int {
    switch self {
    case .hours(let count): return now - count * 3600
    case .days(let count):
      // Counted from noon to noon, because no change to or from summer time moves noon into another day.
      let today = calendar.windows(at: now).day
      let noon = today.lowerBound + (today.upperBound - today.lowerBound) / 2
      return calendar.windows(at: noon - count * 86_400).day.lowerBound
    case .day(let year, let month, let day):
      return calendar.start(ofDay: CivilDate(year: year, month: month, day: day).days)
    }
  }
}

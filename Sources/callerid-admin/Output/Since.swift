import ArgumentParser
import Foundation
import Rotation

/// The beginning of a time that runs until now, as operators write it.
enum Since: ExpressibleByArgument {
  /// The day that lies so many days back.
  case days(Int)
  case hours(Int)
  case day(year: Int, month: Int, day: Int)

  static let help = "today, yesterday, 7d, 12h, or a day such as 2026-11-01"

  init?(argument: String) {
    switch argument {
    case "today": self = .days(0)
    case "yesterday": self = .days(1)
    default:
      let parts = argument.split(separator: "-", omittingEmptySubsequences: false).map { Int($0) ?? 0 }
      if parts.count == 3, (1970...9999).contains(parts[0]), (1...12).contains(parts[1]), (1...31).contains(parts[2]) {
        self = .day(year: parts[0], month: parts[1], day: parts[2])
      } else if let count = Int(argument.dropLast()), (1...9999).contains(count), "dh".contains(argument.suffix(1)) {
        self = argument.hasSuffix("d") ? .days(count) : .hours(count)
      } else {
        return nil
      }
    }
  }

  /// In seconds since 1970-01-01 UTC: days begin when the store has them begin.
  ///
  /// - Throws: `refused` for a day that is still to come.
  func moment(in store: Store) throws -> Int {
    let now = store.moment.now
    let moment = moment(at: now, in: store.settings.calendar)
    guard moment <= now else { throw StoreError(.refused, "--since: that day is still to come") }
    return moment
  }

  private func moment(at now: Int, in calendar: Rotation.Calendar) -> Int {
    switch self {
    case .hours(let count): return now - count * 3600
    case .days(let count):
      // From noon to noon, which no change of the clock moves into another day.
      let today = calendar.windows(at: now).day
      let noon = today.lowerBound + (today.upperBound - today.lowerBound) / 2
      return calendar.windows(at: noon - count * 86_400).day.lowerBound
    case .day(let year, let month, let day):
      var date = tm()
      (date.tm_year, date.tm_mon, date.tm_mday) = (Int32(year - 1900), Int32(month - 1), Int32(day))
      let utc = timegm(&date)
      // Somewhere between a day earlier and a day later, as far as zones and `day_starts_at` reach.
      let starts = stride(from: utc - 129_600, through: utc + 129_600, by: 43_200).map {
        calendar.windows(at: $0).day.lowerBound
      }
      return starts.first {
        let local = calendar.local($0)
        return (local.year, local.month, local.day) >= (year, month, day)
      } ?? utc
    }
  }
}

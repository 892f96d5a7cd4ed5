package import Rotation

/// A moment, as operators write it when they look at the clock and the calendar: `yesterday`, `tomorrow 15:00`, `7d`.
package struct TimePoint: Sendable {
  private enum Form {
    /// A day counted from today, at a minute of it; nil: where the store's days begin.
    case near(days: Int, minute: Int?)
    case date(CivilDate, minute: Int?)
    case hours(Int)
    case minutes(Int)
    case days(Int)
  }

  private let form: Form
  /// As it was written.
  package let text: String

  package static let today = TimePoint(form: .near(days: 0, minute: nil), text: "today")
  package static let aWeekAgo = TimePoint(form: .days(7), text: "7d")

  private init(form: Form, text: String) {
    self.form = form
    self.text = text
  }

  /// The forms that are understood, for help and for error messages.
  package static let pastHelp =
    "today, yesterday, 7d, 12h, 30m, a day such as 2026-11-01, or a day and a time such as \"yesterday 15:00\""
  package static let futureHelp =
    "tomorrow, 7d, 12h, 30m, a day such as 2026-12-01, or a day and a time such as \"tomorrow 15:00\""

  /// Returns nil for a text that is none of the forms. Spans are 1 to 9999.
  package init?(_ text: String) {
    self.text = text
    let words = text.split(separator: " ")
    guard let first = words.first, words.count <= 2 else { return nil }
    var minute: Int?
    if words.count == 2 {
      guard let time = Self.minute(words[1]) else { return nil }
      minute = time
    }
    if let days = ["yesterday": -1, "today": 0, "tomorrow": 1][String(first)] {
      form = .near(days: days, minute: minute)
    } else if let date = Self.date(first) {
      form = .date(date, minute: minute)
    } else if let time = Self.minute(first), words.count == 1 {
      form = .near(days: 0, minute: time)
    } else if minute == nil, words.count == 1, let count = Self.number(first.dropLast()), (1...9999).contains(count) {
      switch first.last {
      case "d": form = .days(count)
      case "h": form = .hours(count)
      case "m": form = .minutes(count)
      default: return nil
      }
    } else {
      return nil
    }
  }

  /// Digits only: `Int` reads signs as well.
  private static func number(_ text: Substring) -> Int? {
    text.utf8.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) } ? Int(text) : nil
  }

  private static func date(_ text: Substring) -> CivilDate? {
    let parts = text.split(separator: "-", omittingEmptySubsequences: false).map { number($0) ?? 0 }
    guard parts.count == 3, (1970...9999).contains(parts[0]), (1...12).contains(parts[1]), (1...31).contains(parts[2])
    else { return nil }
    let date = CivilDate(year: parts[0], month: parts[1], day: parts[2])
    return date.exists ? date : nil
  }

  private static func minute(_ text: Substring) -> Int? {
    let parts = text.split(separator: ":", omittingEmptySubsequences: false)
    guard parts.count == 2, parts[1].utf8.count == 2, let hour = number(parts[0]), let minute = number(parts[1]),
      (0...23).contains(hour), (0...59).contains(minute)
    else { return nil }
    return hour * 60 + minute
  }

  /// The moment from which a report counts, in seconds since 1970-01-01 UTC. A number of days ago is the beginning of that
  /// day. Days begin as the settings `timezone` and `day_starts_at` say.
  ///
  /// - Throws: `refused` for a moment in the future.
  package func past(at moment: Moment) throws(StoreError) -> Int {
    let (now, calendar) = (moment.now, moment.settings.calendar)
    let start =
      switch form {
      case .minutes(let count): now - count * 60
      case .hours(let count): now - count * 3600
      case .days(let count): Self.start(ofDay: -count, from: now, in: calendar)
      case .near, .date: self.moment(at: now, in: calendar)
      }
    guard start <= now else {
      throw StoreError(.refused, "\(text) is in the future", hint: "Give one of: \(Self.pastHelp)")
    }
    return start
  }

  /// The moment until which something lasts. A number of days is counted from now, to the minute.
  ///
  /// - Throws: `refused` for a moment in the past.
  package func future(at moment: Moment) throws(StoreError) -> Int {
    let (now, calendar) = (moment.now, moment.settings.calendar)
    let end =
      switch form {
      case .minutes(let count): now + count * 60
      case .hours(let count): now + count * 3600
      case .days(let count): now + count * 86_400
      case .near, .date: self.moment(at: now, in: calendar)
      }
    guard end > now else {
      throw StoreError(.refused, "\(text) has passed already", hint: "Give one of: \(Self.futureHelp)")
    }
    return end
  }

  private func moment(at now: Int, in calendar: Rotation.Calendar) -> Int {
    switch form {
    case .near(let days, let minute?):
      let today = calendar.local(now)
      let date = CivilDate(year: today.year, month: today.month, day: today.day).days
      return calendar.moment(ofDay: date + days, minute: minute)
    case .near(let days, nil): return Self.start(ofDay: days, from: now, in: calendar)
    case .date(let date, let minute?): return calendar.moment(ofDay: date.days, minute: minute)
    case .date(let date, nil): return calendar.start(ofDay: date.days)
    case .hours, .minutes, .days: return now
    }
  }

  /// The beginning of a day counted from the one that is under way.
  private static func start(ofDay days: Int, from now: Int, in calendar: Rotation.Calendar) -> Int {
    // From noon to noon, because no change to or from summer time moves noon into another day.
    let today = calendar.windows(at: now).day
    let noon = today.lowerBound + (today.upperBound - today.lowerBound) / 2
    return calendar.windows(at: noon + days * 86_400).day.lowerBound
  }
}

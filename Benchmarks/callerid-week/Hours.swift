import Foundation
import Rotation

/// When the floor of the week is at work, and how much.
struct Hours {
  let calendar: Rotation.Calendar
  let start: Int
  let end: Int

  init(calendar: Rotation.Calendar, end: Int) {
    self.calendar = calendar
    self.end = end
    start = end - 7 * 86_400
  }

  /// A day of the floor, by its local clock.
  struct Day {
    /// In days since 1970-01-01.
    let date: Int
    /// From 0, which is Sunday.
    let weekday: Int

    init(date: Int) {
      self.date = date
      weekday = (date + 4) % 7
    }

    static let wednesday = 3

    /// The hours from which and to which is called.
    var open: ClosedRange<Double>? {
      switch weekday {
      case 0: nil
      case 6: 9...14
      default: 8...20
      }
    }

    /// How much is called in an hour of this day, beside the others.
    func demand(at hour: Double) -> Double {
      guard let open, open.contains(hour), hour < open.upperBound else { return 0 }
      let ofDay = [0, 1.05, 1, 1.02, 0.98, 0.92, 0.5][weekday]
      // Before lunch, and when people have come home.
      let peaks = exp(-pow((hour - 10.6) / 1.3, 2)) + 0.9 * exp(-pow((hour - 17.6) / 1.5, 2))
      return ofDay * (0.35 + peaks)
    }
  }

  func day(at moment: Int) -> Day {
    let local = calendar.local(moment)
    return Day(date: CivilDate(year: local.year, month: local.month, day: local.day).days)
  }

  /// The days that have some of the week.
  var days: [Day] { (day(at: start).date...day(at: end).date).map(Day.init) }

  func moment(_ day: Day, _ hour: Int, _ minute: Int = 0) -> Int {
    calendar.moment(ofDay: day.date, minute: hour * 60 + minute)
  }

  /// When the floor began to use the store: some weeks before.
  var opening: Int { moment(Day(date: day(at: start).date - 40), 9, 12) }

  /// From when on the ten numbers are blocked: on Wednesday, or on Tuesday where the week begins or ends too near to it for
  /// anybody to tell a difference.
  var burning: Int {
    let wednesday = days.last { $0.weekday == Day.wednesday && moment($0, 10) <= end - 4 * 3600 }
    if let wednesday, moment(wednesday, 10) >= start + 16 * 3600 { return moment(wednesday, 10) }
    let tuesday = days.last { $0.weekday == Day.wednesday - 1 && moment($0, 10) <= end }
    return tuesday.map { moment($0, 10) } ?? start
  }

  // MARK: Demand

  /// A quarter of an hour in which is called.
  struct Slot {
    let start: Int
    let seconds: Int
    let day: Day
    /// By the local clock.
    let hour: Double
    /// The part of the week's calls that it has.
    var share: Double
  }

  static let slotSeconds = 900

  /// All slots of the week, with shares that add up to 1.
  var slots: [Slot] {
    var slots: [Slot] = []
    for day in days {
      guard let open = day.open else { continue }
      for quarter in stride(from: open.lowerBound, to: open.upperBound, by: 0.25) {
        let begin = moment(day, Int(quarter), Int(quarter * 60) % 60)
        let (from, to) = (max(begin, start), min(begin + Self.slotSeconds, end))
        guard from < to else { continue }
        let part = Double(to - from) / Double(Self.slotSeconds)
        slots.append(
          Slot(start: from, seconds: to - from, day: day, hour: quarter, share: part * day.demand(at: quarter + 0.125)))
      }
    }
    let sum = slots.reduce(0) { $0 + $1.share }
    for index in slots.indices { slots[index].share /= sum }
    return slots
  }

  /// The part of the week's calls that a usual weekday has between two hours.
  func share(ofWeekdayFrom from: Double, to: Double) -> Double {
    let thursday = Day(date: 0)
    let wanted = stride(from: from, to: to, by: 0.25).reduce(0) { $0 + thursday.demand(at: $1 + 0.125) }
    let whole = (0..<7).reduce(0.0) { sum, date in
      sum + stride(from: 0.0, to: 24, by: 0.25).reduce(0) { $0 + Day(date: date).demand(at: $1 + 0.125) }
    }
    return wanted / whole
  }
}

/// What became of some calls of a number. Only calls count whose outcome was reported.
struct OutcomeCounts: Equatable {
  var calls = 0
  var answered = 0
  /// Answered calls whose duration is known, and how many of them were short.
  var timed = 0
  var short = 0
  /// Calls that the network blocked because of their caller-ID.
  var blocked = 0

  static func += (sum: inout OutcomeCounts, other: OutcomeCounts) {
    sum.calls += other.calls
    sum.answered += other.answered
    sum.timed += other.timed
    sum.short += other.short
    sum.blocked += other.blocked
  }

  static func - (sum: OutcomeCounts, part: OutcomeCounts) -> OutcomeCounts {
    OutcomeCounts(
      calls: sum.calls - part.calls, answered: sum.answered - part.answered, timed: sum.timed - part.timed,
      short: sum.short - part.short, blocked: sum.blocked - part.blocked)
  }
}

/// The outcomes of one number in one clock hour for one campaign, in twenty bytes: there may be millions.
struct OutcomeCell {
  /// When the hour begins, in quarters of an hour since 1970-01-01 UTC.
  let hour: UInt32
  /// The campaign's ID; 0: none.
  let campaign: Int32
  private var calls: UInt16 = 0
  private var answered: UInt16 = 0
  private var timed: UInt16 = 0
  private var short: UInt16 = 0
  private var blocked: UInt16 = 0

  init(hour: UInt32, campaign: Int32) {
    self.hour = hour
    self.campaign = campaign
  }

  /// Whether so many calls more can be counted.
  func hasRoom(for calls: Int) -> Bool { Int(self.calls) + calls <= Int(UInt16.max) }

  mutating func add(_ other: OutcomeCounts) {
    calls += UInt16(clamping: other.calls)
    answered += UInt16(clamping: other.answered)
    timed += UInt16(clamping: other.timed)
    short += UInt16(clamping: other.short)
    blocked += UInt16(clamping: other.blocked)
  }

  var counts: OutcomeCounts {
    OutcomeCounts(
      calls: Int(calls), answered: Int(answered), timed: Int(timed), short: Int(short), blocked: Int(blocked))
  }
}

/// The outcomes of all numbers, and of the groups of calls that each number is compared with.
///
/// A call is compared with the other numbers' calls of the same pool and campaign in the same clock hour, because people
/// answer more or less by the hour, and campaigns call different people. Where these are too few, with those of the same
/// hour of the day, or else with all of the period. Calls of a campaign that hardly any other number of the pool has made
/// are compared with nothing: whatever the campaign does to the answer rate would look like the number's fault.
struct OutcomeCells {
  /// How many calls of others a group needs to be compared with: those of one hour or hour of the day, and of the period.
  static let fewestOfHour = 200
  static let fewestOfPeriod = 50

  private struct Group: Hashable {
    let pool: Int
    let campaign: Int32
    /// Of a clock hour, its beginning in quarters of an hour; of an hour of the day, 0 to 23; of the period, 24.
    let hour: UInt32
  }

  private static let period: UInt32 = 24

  let calendar: Calendar
  /// The pool of each number, by the number's ID.
  private let pools: [Int: Int]
  /// By the number's ID.
  private(set) var cells: [Int: [OutcomeCell]] = [:]
  private var groups: [Group: OutcomeCounts] = [:]
  /// The beginning of the clock hour that a quarter of an hour lies in, in quarters, and its hour of the day.
  private var hours: [Int: (start: UInt32, ofDay: UInt32)] = [:]

  init(pools: [Int: Int], calendar: Calendar) {
    self.pools = pools
    self.calendar = calendar
  }

  private mutating func hour(at moment: Int) -> (start: UInt32, ofDay: UInt32) {
    let quarter = moment / 900
    if let hour = hours[quarter] { return hour }
    let start = calendar.windows(at: quarter * 900).hour.lowerBound
    let hour = (UInt32(clamping: start / 900), UInt32(calendar.local(start).hour))
    hours[quarter] = hour
    return hour
  }

  /// Counts calls of one number; those of numbers that are not known are passed over.
  ///
  /// - Parameter counts: 65,535 calls at most.
  mutating func count(_ counts: OutcomeCounts, number: Int, campaign: Int, at moment: Int) {
    guard let pool = pools[number] else { return }
    let hour = hour(at: moment)
    let campaign = Int32(clamping: campaign)
    let place = Self.place(of: hour.start, campaign, for: counts.calls, in: &cells[number, default: []])
    cells[number]?[place].add(counts)
    for key in [hour.start, hour.ofDay, Self.period] {
      groups[Group(pool: pool, campaign: campaign, hour: key), default: OutcomeCounts()] += counts
    }
  }

  /// How many of a number's newest cells are looked through, because campaigns take turns within an hour.
  private static let mostTurns = 8

  /// The place of a cell that has room for so many calls, a new one where there is none.
  private static func place(
    of hour: UInt32, _ campaign: Int32, for calls: Int, in cells: inout [OutcomeCell]
  ) -> Int {
    let known = cells.indices.suffix(mostTurns).last { place in
      let cell = cells[place]
      return cell.hour == hour && cell.campaign == campaign && cell.hasRoom(for: calls)
    }
    if let known { return known }
    cells.append(OutcomeCell(hour: hour, campaign: campaign))
    return cells.count - 1
  }

  // MARK: Comparing

  /// Calls of a number, and the place in `Comparison.others` of what they are compared with.
  struct Compared {
    let hour: UInt32
    let counts: OutcomeCounts
    let others: Int
  }

  /// A number's calls in the order of time, each with the calls of the others that it is compared with.
  struct Comparison {
    var calls: [Compared] = []
    var others: [OutcomeCounts] = []
    /// All of the number's calls, those among them that are compared with nothing.
    var reported = 0
  }

  func comparison(of number: Int) -> Comparison {
    var comparison = Comparison()
    guard let pool = pools[number], let unsorted = cells[number] else { return comparison }
    // After a clock was set back, the log is not in the order of time.
    let ofNumber = unsorted.sorted { $0.hour < $1.hour }
    var own: [Group: OutcomeCounts] = [:]
    let keys = ofNumber.map { cell in
      let ofDay = hours[Int(cell.hour)]?.ofDay ?? UInt32(calendar.local(Int(cell.hour) * 900).hour)
      return [cell.hour, ofDay, Self.period].map { Group(pool: pool, campaign: cell.campaign, hour: $0) }
    }
    for (cell, groups) in zip(ofNumber, keys) {
      comparison.reported += cell.counts.calls
      for group in groups { own[group, default: OutcomeCounts()] += cell.counts }
    }
    var places: [Group: Int] = [:]
    for (cell, candidates) in zip(ofNumber, keys) {
      let chosen = candidates.first { group in
        let others = (groups[group]?.calls ?? 0) - (own[group]?.calls ?? 0)
        return others >= (group.hour == Self.period ? Self.fewestOfPeriod : Self.fewestOfHour)
      }
      guard let chosen, let all = groups[chosen], let mine = own[chosen] else { continue }
      let place = places[chosen] ?? comparison.others.count
      if place == comparison.others.count {
        places[chosen] = place
        comparison.others.append(all - mine)
      }
      comparison.calls.append(Compared(hour: cell.hour, counts: cell.counts, others: place))
    }
    return comparison
  }
}

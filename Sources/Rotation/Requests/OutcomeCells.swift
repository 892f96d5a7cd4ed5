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
  /// The place in `OutcomeCells.sections` of the number's pool and the campaign.
  let section: Int32
  private var calls: UInt16 = 0
  private var answered: UInt16 = 0
  private var timed: UInt16 = 0
  private var short: UInt16 = 0
  private var blocked: UInt16 = 0

  init(hour: UInt32, section: Int32) {
    self.hour = hour
    self.section = section
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

  /// The calls of a pool for a campaign: of each clock hour by its beginning in quarters of an hour, of the 24 hours of the
  /// day, and of the period.
  private struct Section {
    var hours: [UInt32: OutcomeCounts] = [:]
    var ofDay = Array(repeating: OutcomeCounts(), count: 24)
    var period = OutcomeCounts()
  }

  private struct SectionKey: Hashable {
    let pool: Int
    let campaign: Int
  }

  private let calendar: Calendar
  /// The pool of each number, by the number's ID.
  private let pools: [Int: Int]
  /// The cells of each number that is to be compared, and its place in them, by the number's ID.
  private var books: [[OutcomeCell]] = []
  private var places: [Int: Int] = [:]
  private var sections: [Section] = []
  private var sectionPlaces: [SectionKey: Int] = [:]
  /// The beginning of the clock hour that a quarter of an hour lies in, in quarters, and its hour of the day.
  private var hours: [Int: (start: UInt32, ofDay: Int)] = [:]

  /// - Parameters:
  ///   - pools: the pool of each number, by the number's ID.
  ///   - compared: the IDs of those that are to be compared. The calls of the others are what these are compared with.
  init(pools: [Int: Int], keeping compared: [Int], calendar: Calendar) {
    self.calendar = calendar
    self.pools = pools
    books = Array(repeating: [], count: compared.count)
    places = Dictionary(zip(compared, compared.indices)) { one, _ in one }
  }

  private mutating func hour(ofQuarter quarter: Int) -> (start: UInt32, ofDay: Int) {
    if let hour = hours[quarter] { return hour }
    let start = calendar.windows(at: quarter * 900).hour.lowerBound
    let hour = (UInt32(clamping: start / 900), calendar.local(start).hour)
    hours[quarter] = hour
    hours[Int(hour.0)] = hour
    return hour
  }

  private mutating func section(of pool: Int, _ campaign: Int) -> Int {
    let key = SectionKey(pool: pool, campaign: campaign)
    if let place = sectionPlaces[key] { return place }
    sectionPlaces[key] = sections.count
    sections.append(Section())
    return sections.count - 1
  }

  /// Counts calls of one number; those of numbers that are not known are passed over.
  ///
  /// - Parameter counts: 65,535 calls at most.
  mutating func count(_ counts: OutcomeCounts, number: Int, campaign: Int, at moment: Int) {
    guard let pool = pools[number] else { return }
    let hour = hour(ofQuarter: moment / 900)
    let section = section(of: pool, campaign)
    if let place = places[number] { Self.count(counts, in: hour.start, Int32(clamping: section), &books[place]) }
    sections[section].hours[hour.start, default: OutcomeCounts()] += counts
    sections[section].ofDay[hour.ofDay] += counts
    sections[section].period += counts
  }

  /// How many of a number's newest cells are looked through, because campaigns take turns within an hour.
  private static let mostTurns = 8

  private static func count(_ counts: OutcomeCounts, in hour: UInt32, _ section: Int32, _ cells: inout [OutcomeCell]) {
    for place in cells.indices.suffix(mostTurns).reversed()
    where cells[place].hour == hour && cells[place].section == section && cells[place].hasRoom(for: counts.calls) {
      cells[place].add(counts)
      return
    }
    var cell = OutcomeCell(hour: hour, section: section)
    cell.add(counts)
    cells.append(cell)
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

    mutating func add(_ counts: OutcomeCounts, at hour: UInt32, comparedWith place: Int) {
      calls.append(Compared(hour: hour, counts: counts, others: place))
    }
  }

  /// A number's own calls of a section, and the places in `Comparison.others` of the groups that it was compared with.
  private struct Own {
    var ofDay = Array(repeating: OutcomeCounts(), count: 24)
    var period = OutcomeCounts()
    /// By the hour of the day; 24: the period.
    var places: [Int: Int] = [:]
  }

  func comparison(of number: Int) -> Comparison {
    var comparison = Comparison()
    guard let place = places[number] else { return comparison }
    var own: [Int32: Own] = [:]
    // After a clock was set back, the log is not in the order of time; and an hour may have several cells of a section.
    var runs: [(hour: UInt32, ofDay: Int, section: Int32, counts: OutcomeCounts)] = []
    for cell in books[place].sorted(by: { ($0.hour, $0.section) < ($1.hour, $1.section) }) {
      let (ofDay, counts) = (hours[Int(cell.hour)]?.ofDay ?? 0, cell.counts)
      comparison.reported += counts.calls
      own[cell.section, default: Own()].ofDay[ofDay] += counts
      own[cell.section]?.period += counts
      if let last = runs.last, last.hour == cell.hour, last.section == cell.section {
        runs[runs.count - 1].counts += counts
      } else {
        runs.append((cell.hour, ofDay, cell.section, counts))
      }
    }
    for run in runs {
      let section = sections[Int(run.section)]
      let ofHour = (section.hours[run.hour] ?? run.counts) - run.counts
      if ofHour.calls >= Self.fewestOfHour {
        comparison.add(run.counts, at: run.hour, comparedWith: comparison.others.count)
        comparison.others.append(ofHour)
        continue
      }
      guard let mine = own[run.section] else { continue }
      let (ofDay, period) = (section.ofDay[run.ofDay] - mine.ofDay[run.ofDay], section.period - mine.period)
      guard ofDay.calls >= Self.fewestOfHour || period.calls >= Self.fewestOfPeriod else { continue }
      let group = ofDay.calls >= Self.fewestOfHour ? run.ofDay : 24
      if let known = mine.places[group] {
        comparison.add(run.counts, at: run.hour, comparedWith: known)
      } else {
        own[run.section]?.places[group] = comparison.others.count
        comparison.add(run.counts, at: run.hour, comparedWith: comparison.others.count)
        comparison.others.append(group == 24 ? period : ofDay)
      }
    }
    return comparison
  }
}

internal import Synchronization

/// The clock hour and the calendar day that a moment lies in, in seconds since 1970-01-01 UTC.
package struct Windows: Equatable, Sendable {
  package let hour: Range<Int>
  package let day: Range<Int>
}

/// Cuts time into the hours and days that limits are counted in.
package struct Calendar: Equatable, Sendable {
  /// A name of the zoneinfo database; empty for the machine's zone.
  let timeZone: String
  /// When a day begins, in minutes after local midnight.
  let dayStartsAt: Int

  package init(timeZone: String = "", dayStartsAt: Int = 0) {
    self.timeZone = timeZone
    self.dayStartsAt = dayStartsAt
  }

  package func windows(at now: Int) -> Windows {
    let now = inReach(now)
    let zone = zone
    let local = now + zone.offset(at: now)
    let hour = now - local.flooredRemainder(by: 3600)
    // The day that is under way began today, or yesterday where its hour is still to come.
    let date = local.flooredQuotient(by: 86_400)
    let today = start(ofDay: date, in: zone)
    let day = now >= today ? today..<start(ofDay: date + 1, in: zone) : start(ofDay: date - 1, in: zone)..<today
    return Windows(hour: hour..<(hour + 3600), day: day)
  }

  /// The local date and time of a moment.
  package func local(_ moment: Int) -> (year: Int, month: Int, day: Int, hour: Int, minute: Int, second: Int) {
    let moment = inReach(moment)
    let local = moment + zone.offset(at: moment)
    let date = CivilDate(ofDay: local.flooredQuotient(by: 86_400))
    let second = local.flooredRemainder(by: 86_400)
    return (date.year, date.month, date.day, second / 3600, second / 60 % 60, second % 60)
  }

  /// When a day begins, in seconds since 1970-01-01 UTC.
  ///
  /// - Parameter date: a day by the local clock, in days since 1970-01-01.
  package func start(ofDay date: Int) -> Int { start(ofDay: date, in: zone) }

  /// When the local clock shows a time of a day.
  ///
  /// - Parameters:
  ///   - date: in days since 1970-01-01.
  ///   - minute: after midnight.
  package func moment(ofDay date: Int, minute: Int) -> Int {
    Calendar(timeZone: timeZone, dayStartsAt: minute).start(ofDay: date)
  }

  /// If a time comes twice on a day, the first one is meant. If the clocks skip it, the time is moved on by the length
  /// of the gap.
  private func start(ofDay date: Int, in zone: Zone) -> Int {
    let local = date * 86_400 + dayStartsAt * 60
    // The offsets before and after a change of the clocks on that day.
    let before = zone.offset(at: local - 86_400)
    let after = zone.offset(at: local + 86_400)
    let first = local - max(before, after)
    let second = local - min(before, after)
    if before == after || zone.offset(at: first) == local - first { return first }
    return zone.offset(at: second) == local - second ? second : local - before
  }

  /// A moment that has a date. A damaged moment of a store may have none.
  private func inReach(_ moment: Int) -> Int { min(max(moment, -Sleep.forever), Sleep.forever) }

  // MARK: The zone

  /// UTC where the machine does not have the zone.
  private var zone: Zone { Self.zone(named: timeZone) ?? .utc }

  private static func zone(named name: String) -> Zone? {
    zones.withLock { zones in
      if let known = zones.first(where: { $0.name == name }) { return known.zone }
      let zone = Zone(named: name)
      zones.append(KnownZone(name: name, zone: zone))
      return zone
    }
  }

  private struct KnownZone {
    let name: String
    /// `nil` if the machine does not have it.
    let zone: Zone?
  }

  /// The zones that were looked up so far: usually one.
  private static let zones = Mutex<[KnownZone]>([])

  /// Whether this machine's zoneinfo database has the zone.
  package static func knows(timeZone name: String) -> Bool { !name.isEmpty && zone(named: name) != nil }
}

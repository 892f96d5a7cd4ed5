internal import Glibc
internal import Synchronization

/// The clock hour and the calendar day that a moment lies in, in seconds since 1970-01-01 UTC.
package struct Windows: Equatable, Sendable {
  package let hour: Range<Int>
  package let day: Range<Int>
}

/// Cuts time into the hours and days that limits are counted in.
package struct Calendar: Equatable, Sendable {
  /// A name of the zoneinfo database; empty: the machine's zone.
  let timeZone: String
  /// When a day begins, in minutes after local midnight.
  let dayStartsAt: Int

  package init(timeZone: String = "", dayStartsAt: Int = 0) {
    self.timeZone = timeZone
    self.dayStartsAt = dayStartsAt
  }

  package func windows(at now: Int) -> Windows {
    let now = inReach(now)
    return inZone {
      let local = brokenDown(now)
      let hour = now - Int(local.tm_min) * 60 - Int(local.tm_sec)
      // The day that is under way began today, or yesterday where its hour is still to come.
      let today = dayStart(local, addingDays: 0)
      let day =
        now >= today
        ? today..<dayStart(local, addingDays: 1)
        : dayStart(local, addingDays: -1)..<today
      return Windows(hour: hour..<(hour + 3600), day: day)
    }
  }

  /// The local date and time of a moment.
  package func local(_ moment: Int) -> (year: Int, month: Int, day: Int, hour: Int, minute: Int, second: Int) {
    inZone {
      let local = brokenDown(moment)
      return (
        Int(local.tm_year) + 1900, Int(local.tm_mon) + 1, Int(local.tm_mday),
        Int(local.tm_hour), Int(local.tm_min), Int(local.tm_sec)
      )
    }
  }

  private func dayStart(_ local: tm, addingDays days: Int32) -> Int {
    var start = tm()
    start.tm_year = local.tm_year
    start.tm_mon = local.tm_mon
    start.tm_mday = local.tm_mday + days
    start.tm_hour = Int32(dayStartsAt / 60)
    start.tm_min = Int32(dayStartsAt % 60)
    // Asked for one or the other time, mktime() searches years for it, at a quarter of a call's cost. Left to itself, it
    // moves a time that the clocks skip past the gap, and of one that comes twice it chooses by what it was asked before:
    // the day begins when it comes first. Clocks are put back by two hours, by one, or by half of one.
    start.tm_isdst = -1
    let moment = mktime(&start)
    for step in [7200, 3600, 1800] {
      let earlier = brokenDown(moment - step)
      if earlier.tm_mday == start.tm_mday, Int(earlier.tm_hour) * 60 + Int(earlier.tm_min) == dayStartsAt {
        return moment - step
      }
    }
    return moment
  }

  /// A moment that has a date: what damage made of one in a store may have none.
  private func inReach(_ moment: Int) -> Int { min(max(moment, -Sleep.forever), Sleep.forever) }

  private func brokenDown(_ moment: Int) -> tm {
    var moment = time_t(inReach(moment))
    var local = tm()
    localtime_r(&moment, &local)
    return local
  }

  /// glibc knows one zone a process, so it is switched under a lock. Programs here have one thread and one zone;
  /// tests have several of each.
  private static let zoneInForce = Mutex<String?>(nil)

  private func inZone<Result: Sendable>(_ body: () -> Result) -> Result {
    Self.zoneInForce.withLock { current in
      if current != timeZone {
        // The colon makes glibc read a zoneinfo file, never a rule in POSIX form.
        if timeZone.isEmpty { unsetenv("TZ") } else { setenv("TZ", ":" + timeZone, 1) }
        tzset()
        current = timeZone
      }
      return body()
    }
  }

  /// Whether this machine's zoneinfo database has the zone.
  package static func knows(timeZone name: String) -> Bool {
    guard !name.isEmpty, !name.hasPrefix("/"), !name.split(separator: "/").contains("..") else { return false }
    var status = stat()
    return stat("/usr/share/zoneinfo/" + name, &status) == 0 && status.st_mode & S_IFMT == S_IFREG
  }
}

internal import SQLite

/// How many more numbers are needed where, as the calls of a period say.
package struct ForecastReport: Sendable {
  /// The places that numbers are bought for.
  package enum Place: String, CaseIterable, Sendable {
    case area, region
  }

  /// The calls of a pool to one place, and the numbers that are there for them.
  package struct Row: Sendable {
    package let pool: String
    /// The destinations' area code, or their region's code; the area code where its region is not known.
    package let place: String
    package internal(set) var demand = Demand()
    package internal(set) var supply = Supply()
    /// Seconds for which a call of the pool holds its number, on average; nil: none was measured.
    package internal(set) var heldSeconds: Int?
    /// What one more number would carry: the limits of the settings, without a warm-up.
    package internal(set) var perNumber = Capacity()
    /// Calls that the numbers there can still get today; nil: any number of calls.
    package internal(set) var leftToday: Int?
    /// When no number of the place is left today at the rate of the last hour, in seconds since 1970-01-01 UTC; nil: there
    /// will be some all day, or nobody calls.
    package internal(set) var dryAt: Int?

    init(pool: String, place: String) {
      self.pool = pool
      self.place = place
    }
  }

  /// What was asked for a place.
  package struct Demand: Equatable, Sendable {
    package internal(set) var asked = 0
    /// Requests that got a number which serves the area code, one of the same region, another one, and none.
    package internal(set) var area = 0
    package internal(set) var region = 0
    package internal(set) var elsewhere = 0
    package internal(set) var refused = 0
    /// Requests of the last sixty minutes.
    package internal(set) var lastHour = 0
    /// The calendar day and the clock hour with the most requests, by their beginnings.
    package internal(set) var busiestDay: (at: Int, calls: Int) = (0, 0)
    package internal(set) var busiestHour: (at: Int, calls: Int) = (0, 0)

    package static func == (one: Demand, other: Demand) -> Bool {
      (one.asked, one.area, one.region, one.elsewhere, one.refused, one.lastHour)
        == (other.asked, other.area, other.region, other.elsewhere, other.refused, other.lastHour)
        && one.busiestDay == other.busiestDay && one.busiestHour == other.busiestHour
    }
  }

  /// The numbers of the pool that serve the place and are in use: enabled, and with the proof of ownership that the settings
  /// ask for.
  package struct Supply: Equatable, Sendable {
    package internal(set) var numbers = 0
    package internal(set) var free = 0
    package internal(set) var reserved = 0
    package internal(set) var atLimit = 0
    package internal(set) var resting = 0
    /// Those that serve other places too to which the pool calls. They count in part, by the requests of each place.
    package internal(set) var shared = 0
    package internal(set) var capacity = Capacity(daily: 0, hourly: 0, concurrent: 0)
  }

  /// How many calls can be carried in a day, in an hour, and at the same time; nil: any number.
  package struct Capacity: Equatable, Sendable {
    package internal(set) var daily: Double?
    package internal(set) var hourly: Double?
    package internal(set) var concurrent: Double?
  }

  /// The most numbers to buy first, then the most requests.
  package internal(set) var rows: [Row] = []
  package internal(set) var place = Place.area
  /// Requests whose destination has no area code that is known. No number can be bought for them.
  package internal(set) var withoutArea = 0
  /// If the request log has been pruned within the time asked for, the moment from which it was read.
  package internal(set) var logSince: Int?

  package var toBuy: Int { rows.reduce(0) { $0 + $1.toBuy } }

  /// The rows of one place, in capitals or not.
  package func rows(of place: String) -> [Row] { rows.filter { $0.place.isSameName(as: place) } }
}

extension ForecastReport.Row {
  /// Numbers that are missing so that the busiest day, or the busiest hour, would have fitted into the limits.
  package var toBuyByDay: Int { Self.numbers(demand.busiestDay.calls, supply.capacity.daily, perNumber.daily) }
  package var toBuyByHour: Int { Self.numbers(demand.busiestHour.calls, supply.capacity.hourly, perNumber.hourly) }

  /// Calls that go on at the same time in the busiest hour, on average; nil: it is not known for how long calls hold their
  /// numbers.
  package var atOnce: Double? { heldSeconds.map { Double(demand.busiestHour.calls * $0) / 3600 } }

  /// Numbers that are missing so that the calls of the busiest hour would not have had to wait for each other's numbers.
  package var toBuyByConcurrency: Int {
    atOnce.map { Self.numbers($0, supply.capacity.concurrent, perNumber.concurrent) } ?? 0
  }

  package var toBuy: Int { max(toBuyByDay, toBuyByHour, toBuyByConcurrency) }

  private static func numbers(_ calls: Int, _ there: Double?, _ each: Double?) -> Int {
    numbers(Double(calls), there, each)
  }

  private static func numbers(_ calls: Double, _ there: Double?, _ each: Double?) -> Int {
    guard let there, let each, calls > there else { return 0 }
    // A thousandth of a number is a rounding error of shares, and no number.
    return max(0, Int(((calls - there) / max(1, each) - 0.001).rounded(.up)))
  }
}

extension Store {
  /// How many more numbers each pool needs for each place that was called since a moment.
  ///
  /// The log is read in parts, each in a transaction of its own. With a million requests it takes some three seconds, and a
  /// few dozen bytes for each pool, area code and hour with requests.
  ///
  /// - Parameters:
  ///   - place: what numbers are bought for. Where regions are asked for, a number of the same region is as good as one of
  ///     the area code.
  ///   - progress: called with the part that is done, in percent.
  package func forecast(
    since: Int, by place: ForecastReport.Place = .area, progress: (Int) -> Void = { _ in }
  ) throws(StoreError) -> ForecastReport {
    var report = ForecastReport()
    report.place = place
    var stock = ForecastStock(place: place)
    let (begin, end) = try read { snapshot in
      try stock.load(snapshot)
      if let log = try snapshot.prunedLog(), log.oldest > since { report.logSince = log.oldest }
      return try (snapshot.firstRequest(since: since), snapshot.endOfLog())
    }
    var demand = ForecastDemand(stock: stock, moment: moment)
    try readLog(from: begin, to: end, progress: progress) { try demand.add($1, since: since, of: $0) }
    report.withoutArea = demand.withoutArea
    report.rows = demand.rows.sorted { one, other in
      if one.toBuy != other.toBuy { return one.toBuy > other.toBuy }
      if one.demand.asked != other.demand.asked { return one.demand.asked > other.demand.asked }
      return (one.pool, one.place) < (other.pool, other.place)
    }
    return report
  }
}

internal import SQLite

/// What was asked for each place, counted while the log is read.
///
/// Each request counts for one pool, so that no call asks for two numbers. One that got a number of its place counts for the
/// pool of this number. Any other counts for the first of its campaign's pools, where a pick looks first: it would have got
/// a number that had been bought for this pool.
struct ForecastDemand {
  private struct Key: Hashable {
    let pool: Int
    let place: String
  }

  private struct Counts {
    var demand = ForecastReport.Demand()
    /// By their beginnings.
    var days: [Int: Int] = [:]
    var hours: [Int: Int] = [:]
  }

  /// For how long calls of a pool held their numbers.
  private struct Held {
    var calls = 0
    var seconds = 0
    var unfinished = 0
    var unfinishedSeconds = 0

    /// It is not known how long a call that is still going on will last; such calls count only if there are no others.
    var average: Int? {
      let (calls, seconds) = calls > 0 ? (calls, seconds) : (unfinished, unfinishedSeconds)
      return calls == 0 ? nil : (seconds + calls / 2) / calls
    }
  }

  private var stock: ForecastStock
  private let moment: Moment
  private var counts: [Key: Counts] = [:]
  private var held: [Int: Held] = [:]
  private var areaCodes = GroupNames(.area)
  /// The hour and the day that a minute lies in, by their beginnings.
  private var windows: [Int: (hour: Int, day: Int)] = [:]
  private(set) var withoutArea = 0

  init(stock: ForecastStock, moment: Moment) {
    self.stock = stock
    self.moment = moment
  }

  private struct Line {
    let at: Int
    let campaign: Int
    let area: String?
    let number: Int?
    let isGranted: Bool
    let match: Match?
    let reservedUntil: Int
    let releasedAt: Int?
  }

  /// What was refused has no area code, but a destination. A campaign that is at its own limit needs no numbers.
  static let sql: StaticString = """
    SELECT at, coalesce(campaign_id, 0), coalesce(area_code, '>' || destination), number_id, status = 'OK', match,
      reserved_until, released_at
    FROM request WHERE id >= ?1 AND id < ?2 AND at >= ?3 AND status IN ('OK', 'NONE_AVAILABLE')
      AND coalesce(reason, '') NOT GLOB 'the campaign''s calls *'
    """

  mutating func add(_ requests: Range<Int>, since moment: Int, of snapshot: Snapshot) throws {
    let lines: [Line] = try snapshot.database.all(Self.sql, requests.lowerBound, requests.upperBound, moment) { row in
      Line(
        at: (row[0] as Int).counted, campaign: row[1], area: row[2], number: row[3], isGranted: row[4],
        match: (row[5] as String?).flatMap(Match.init(rawValue:)), reservedUntil: (row[6] as Int).counted,
        releasedAt: (row[7] as Int?)?.counted)
    }
    for line in lines {
      let number = line.number.flatMap { stock.numbers[$0] }
      if let number, line.reservedUntil > 0 { countHeld(line, pool: number.pool) }
      guard let code = try snapshot.name(ofGroup: line.area, &areaCodes) else {
        withoutArea += 1
        continue
      }
      count(line, number, to: stock.area(code, countryCode: snapshot.settings.countryCode))
    }
  }

  private mutating func countHeld(_ line: Line, pool: Int) {
    let isFinished = line.releasedAt != nil || line.reservedUntil <= moment.now
    let end = isFinished ? min(line.releasedAt ?? line.reservedUntil, line.reservedUntil) : line.reservedUntil
    let seconds = max(0, end - line.at)
    if isFinished {
      held[pool, default: Held()].calls += 1
      held[pool]?.seconds += seconds
    } else {
      held[pool, default: Held()].unfinished += 1
      held[pool]?.unfinishedSeconds += seconds
    }
  }

  private mutating func count(_ line: Line, _ number: ForecastStock.Known?, to area: String) {
    let place = stock.place(of: area)
    let match: Match? =
      switch line.match {
      // What it was for the destination the first time, the log does not say.
      case .sticky?: number.map { stock.serves($0, area: area) } ?? false ? .area : .any
      default: line.match
      }
    let isOfPlace = match == .area || match == .region && stock.unit == .region
    let own = line.isGranted && isOfPlace ? number?.pool : nil
    guard let pool = own ?? stock.firstPool(ofCampaign: line.campaign) else { return }
    var (hour, day) = (0, 0)
    if let known = windows[line.at / 60] {
      (hour, day) = known
    } else {
      let found = moment.settings.calendar.windows(at: line.at)
      (hour, day) = (found.hour.lowerBound, found.day.lowerBound)
      windows[line.at / 60] = (hour, day)
    }
    Self.count(
      line.isGranted ? match : nil, isGranted: line.isGranted, hour: hour, day: day,
      isOfLastHour: line.at > moment.now - 3600 && line.at <= moment.now,
      in: &counts[Key(pool: pool, place: place), default: Counts()])
  }

  private static func count(
    _ match: Match?, isGranted: Bool, hour: Int, day: Int, isOfLastHour: Bool, in counts: inout Counts
  ) {
    counts.demand.asked += 1
    switch match {
    case _ where !isGranted: counts.demand.refused += 1
    case .area?: counts.demand.area += 1
    case .region?: counts.demand.region += 1
    default: counts.demand.elsewhere += 1
    }
    if isOfLastHour { counts.demand.lastHour += 1 }
    counts.hours[hour, default: 0] += 1
    counts.days[day, default: 0] += 1
  }

  // MARK: The result

  /// The rows, with the numbers that are there, in no order.
  var rows: [ForecastReport.Row] {
    var stock = stock
    var asked: [Int: [String: Int]] = [:]
    for (key, counts) in counts { asked[key.pool, default: [:]][key.place] = counts.demand.asked }
    let supplies = stock.supplies(asked: asked)
    return counts.map { key, counts in
      var row = ForecastReport.Row(pool: stock.poolNames[key.pool] ?? "", place: key.place)
      row.demand = counts.demand
      row.demand.busiestDay = Self.busiest(counts.days)
      row.demand.busiestHour = Self.busiest(counts.hours)
      row.heldSeconds = held[key.pool]?.average
      row.perNumber = stock.perNumber
      if let supply = supplies[key.pool]?[key.place] {
        row.supply = supply.supply
        row.leftToday = supply.left.isUnlimited ? nil : Int(supply.left.today + 0.001)
        row.dryAt = supply.left.dryAt(anHour: counts.demand.lastHour, at: moment)
      } else {
        row.leftToday = 0
        row.dryAt = counts.demand.lastHour > 0 ? moment.now : nil
      }
      return row
    }
  }

  /// The first of those with the most.
  private static func busiest(_ windows: [Int: Int]) -> (at: Int, calls: Int) {
    windows.map { (at: $0.key, calls: $0.value) }.max { ($0.calls, $1.at) < ($1.calls, $0.at) } ?? (0, 0)
  }
}

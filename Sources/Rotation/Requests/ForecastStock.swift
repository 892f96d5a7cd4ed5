internal import SQLite

/// The numbers that there are for each place.
struct ForecastStock {
  /// A number, and what it still can carry today.
  struct Known {
    let pool: Int
    /// What it serves, as `ServedArea` writes it.
    let served: [String]
    /// The rule that keeps it unused now; nil if none does.
    let reason: Sleep.Reason?
    let capacity: ForecastReport.Capacity
    let left: ForecastLeft
  }

  let unit: ForecastReport.Place
  private(set) var numbers: [Int: Known] = [:]
  private(set) var poolNames: [Int: String] = [:]
  private(set) var perNumber = ForecastReport.Capacity()
  /// The pool in which a pick for a campaign looks first.
  private var firstPools: [Int: Int] = [:]
  /// Of a request without a campaign.
  private var defaultPool: Int?
  private var places: [String: String] = [:]
  /// The regions that an area code lies in, and the area codes of a region, as far as they were looked up.
  private var regions: [String: [String]] = [:]
  private var areaCodes: [String: [String]] = [:]

  init(place: ForecastReport.Place) { unit = place }

  /// Reads all numbers, pools and campaigns.
  mutating func load(_ snapshot: Snapshot) throws {
    let moment = snapshot.moment
    let settings = snapshot.settings
    perNumber = ForecastReport.Capacity(
      daily: settings.dailyLimit.map(Double.init), hourly: settings.hourlyLimit.map(Double.init),
      concurrent: settings.maxConcurrent == 0 ? nil : Double(settings.maxConcurrent))
    var last = 0
    while let number = try snapshot.number(after: last) {
      last = number.id
      let most = number.effectiveMaxConcurrent(moment)
      numbers[number.id] = Known(
        pool: number.pool.id, served: number.servedAreas.map(\.key), reason: number.sleep(at: moment)?.reason,
        // Without its warm-up, which is over by the time that bought numbers are warm.
        capacity: .init(
          daily: (number.dailyLimit.map(\.calls) ?? settings.dailyLimit).map(Double.init),
          hourly: number.effectiveHourlyLimit(moment).map(Double.init), concurrent: most == 0 ? nil : Double(most)),
        left: ForecastLeft(of: number, at: moment))
    }
    let pools: [(id: Int, name: String)] = try snapshot.database.all("SELECT id, name FROM pool") { ($0[0], $0[1]) }
    for pool in pools { poolNames[pool.id] = pool.name }
    defaultPool = try snapshot.pool(named: Pool.defaultName)?.id
    let names: [String] = try snapshot.database.all("SELECT name FROM campaign") { $0[0] }
    for name in names.compactMap({ CallerText($0) }) {
      let campaign = try snapshot.campaign(name)
      firstPools[campaign.id] = try campaign.terms.pools.lazy.compactMap { try snapshot.pool(named: $0)?.id }.first
    }
  }

  func firstPool(ofCampaign id: Int) -> Int? { firstPools[id] ?? defaultPool }

  // MARK: Places

  /// An area code that requests are counted by, as `ServedArea` writes it.
  func area(_ code: String, countryCode: String) -> String {
    AreaCode.isInternational(code) ? code : ServedArea(callingCode: countryCode, areaCode: code).key
  }

  /// The place that an area code is counted for.
  mutating func place(of area: String) -> String {
    guard unit == .region else { return area }
    if let place = places[area] { return place }
    let place = Region.of(areaCode: area)?.code ?? area
    places[area] = place
    return place
  }

  mutating func serves(_ number: Known, area: String) -> Bool {
    if number.served.contains(area) { return true }
    let around = regions[area] ?? Region.all(of: area).map(\.code)
    regions[area] = around
    return number.served.contains { Self.covers($0, area, around) }
  }

  /// An area code may be served by a part of it (21455 of 214), by more than it (31 for 310 to 319), and by its region.
  private static func covers(_ served: String, _ area: String, _ regions: [String]) -> Bool {
    let isCode = AreaCode.isDigits(served) || AreaCode.isInternational(served)
    return isCode ? area.hasPrefix(served) || served.hasPrefix(area) : regions.contains(served)
  }

  /// Whether a number serves a place of `unit`.
  private mutating func serves(_ number: Known, place: String) -> Bool {
    guard unit == .region, let codes = codes(ofRegion: place) else { return serves(number, area: place) }
    if number.served.contains(place) { return true }
    return codes.contains { code in number.served.contains { Self.covers($0, code, []) } }
  }

  /// Nil for what is no region.
  private mutating func codes(ofRegion code: String) -> [String]? {
    let known = areaCodes[code] ?? Region(named: code).flatMap { $0.code == code ? $0.areaCodes : nil } ?? []
    areaCodes[code] = known
    return known.isEmpty ? nil : known
  }

  // MARK: What is there

  /// The numbers for a place, and what they still can carry today.
  struct ForPlace {
    var supply = ForecastReport.Supply()
    var left = ForecastLeft()
  }

  /// - Parameter asked: the requests of each pool to each place.
  mutating func supplies(asked: [Int: [String: Int]]) -> [Int: [String: ForPlace]] {
    var supplies: [Int: [String: ForPlace]] = [:]
    var servers: [Int: [[String]: [String]]] = [:]
    for number in numbers.values {
      guard let places = asked[number.pool], Self.isInUse(number.reason) else { continue }
      // Most numbers serve the same as many others.
      let served: [String]
      if let known = servers[number.pool]?[number.served] {
        served = known
      } else {
        served = places.keys.filter { serves(number, place: $0) }
        servers[number.pool, default: [:]][number.served] = served
      }
      let all = served.reduce(0) { $0 + (places[$1] ?? 0) }
      for place in served {
        let share = Double(places[place] ?? 0) / Double(max(1, all))
        supplies[number.pool, default: [:]][place, default: ForPlace()].add(
          number, share: share, isShared: served.count > 1)
      }
    }
    return supplies
  }

  private static func isInUse(_ reason: Sleep.Reason?) -> Bool {
    switch reason {
    case .disabled?, .retired?, .unproven?: false
    default: true
    }
  }
}

extension ForecastStock.ForPlace {
  fileprivate mutating func add(_ number: ForecastStock.Known, share: Double, isShared: Bool) {
    supply.numbers += 1
    if isShared { supply.shared += 1 }
    switch number.reason {
    case nil: supply.free += 1
    case .reserved?: supply.reserved += 1
    case .resting?: supply.resting += 1
    default: supply.atLimit += 1
    }
    func sum(_ one: Double?, _ other: Double?) -> Double? { one.flatMap { one in other.map { one + share * $0 } } }
    supply.capacity.daily = sum(supply.capacity.daily, number.capacity.daily)
    supply.capacity.hourly = sum(supply.capacity.hourly, number.capacity.hourly)
    supply.capacity.concurrent = sum(supply.capacity.concurrent, number.capacity.concurrent)
    if number.reason != .resting { left.add(number.left, share: share) }
  }
}

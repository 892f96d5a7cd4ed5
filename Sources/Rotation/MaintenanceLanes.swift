internal import SQLite

/// Where the lanes and the numbers that stand in them were found to differ.
package struct LaneReport: Equatable, Sendable {
  /// Numbers that did not stand where their rows say: calls would not have found them.
  package var missing = 0
  /// Entries of no number, or of one that stands elsewhere: calls would have stumbled over them.
  package var stray = 0
  /// Pools whose count of numbers was wrong.
  package var miscounted = 0

  package var isRight: Bool { self == LaneReport() }
}

/// One row of a lane.
private struct LaneEntry: Equatable {
  var campaignID = 0
  var poolID = 0
  var areaCode = ""
  var carrierID = 0
  var asleepUntil = 0
  var lastRequest = 0
  var numberID = 0
}

/// Comparing the lanes with the numbers. They change together in one transaction, so only a defect or another program's
/// hand can part them; the rows of the numbers are what is right then.
extension Store {
  /// - Parameter mending: put right what is wrong, by a few at a time.
  package func checkLanes(mending: Bool = false) throws(StoreError) -> LaneReport {
    var missing: [Int] = []
    var found = 0
    var last = 0
    // By some at a time, each on one state of the store: a long look would keep the log from being emptied.
    while try look(at: 5000, after: &last, found: &found, missing: &missing) {}
    let (strays, growth) = try read {
      // Entries that no number accounts for, unless somebody has just added or removed one: then there are none of them.
      let strays = try database.value("SELECT count(*) FROM lane") == found ? [] : strayEntries()
      let counts = try database.all(
        """
        SELECT id, coalesce(count, 0) - numbers FROM pool
        LEFT JOIN (SELECT pool_id, count(*) AS count FROM number GROUP BY pool_id) ON pool_id = id
        """
      ) { (pool: $0[0] as Int, growth: $0[1] as Int) }
      return (strays, counts.filter { $0.growth != 0 })
    }
    if mending { try mend(missing: missing, strays: strays, growth: growth) }
    return LaneReport(missing: missing.count, stray: strays.count, miscounted: growth.count)
  }

  /// - Returns: whether there are numbers left.
  private func look(
    at count: Int, after last: inout Int, found: inout Int, missing: inout [Int]
  ) throws(StoreError) -> Bool {
    try read {
      for _ in 0..<count {
        guard let number = try number(after: last) else { return false }
        last = number.id
        let entries = try entries(of: number)
        let standing = try entries.count { try stands($0) }
        found += standing
        if standing < entries.count { missing.append(number.id) }
      }
      return true
    }
  }

  private func mend(
    missing: [Int], strays: [LaneEntry], growth: [(pool: Int, growth: Int)]
  ) throws(StoreError) {
    // Calls have moved numbers since: each is looked at again in the transaction that changes it.
    try inBatches(strays) { entry in
      if let number = try number(id: entry.numberID), try entries(of: number).contains(entry) { return }
      try database.run(
        """
        DELETE FROM lane
        WHERE campaign_id = ? AND pool_id = ? AND area_code = ? AND carrier_id = ?
          AND asleep_until = ? AND last_request = ? AND number_id = ?
        """,
        entry.campaignID, entry.poolID, entry.areaCode, entry.carrierID, entry.asleepUntil, entry.lastRequest,
        entry.numberID)
    }
    try inBatches(missing) { id in
      guard let number = try number(id: id) else { return }
      for entry in try entries(of: number) where try !stands(entry) {
        try database.run(
          """
          INSERT INTO lane (campaign_id, pool_id, area_code, carrier_id, asleep_until, last_request, number_id)
          VALUES (?, ?, ?, ?, ?, ?, ?)
          """,
          entry.campaignID, entry.poolID, entry.areaCode, entry.carrierID, entry.asleepUntil, entry.lastRequest,
          entry.numberID)
      }
    }
    // By the difference, which holds whatever was added and removed since.
    if !growth.isEmpty { try write { for pool in growth { poolGrowth[pool.pool] = pool.growth } } }
  }

  private func inBatches<Item>(_ items: [Item], _ body: (Item) throws -> Void) throws(StoreError) {
    var start = 0
    while start < items.count {
      let batch = items[start..<min(start + 100, items.count)]
      try write { for item in batch { try body(item) } }
      start = batch.endIndex
    }
  }

  /// Where a number is to stand, by its row and those of the campaigns that keep lanes of their own.
  private func entries(of number: Number) throws -> [LaneEntry] {
    var entry = LaneEntry()
    entry.poolID = number.pool.id
    entry.carrierID = number.carrier?.id ?? 0
    entry.asleepUntil = number.place.asleepUntil
    entry.lastRequest = number.place.lastRequest
    entry.numberID = number.id
    var entries = number.lanes.map { lane in
      entry.areaCode = lane
      return entry
    }
    for scope in number.pool.scopes {
      entry.campaignID = scope.campaignID
      entry.asleepUntil = try use(of: number, in: scope).asleepUntil
      for lane in number.lanes {
        entry.areaCode = lane
        entries.append(entry)
      }
    }
    return entries
  }

  private func stands(_ entry: LaneEntry) throws -> Bool {
    try database.value(
      """
      SELECT 1 FROM lane
      WHERE campaign_id = ? AND pool_id = ? AND area_code = ? AND carrier_id = ?
        AND asleep_until = ? AND last_request = ? AND number_id = ?
      """,
      entry.campaignID, entry.poolID, entry.areaCode, entry.carrierID, entry.asleepUntil, entry.lastRequest,
      entry.numberID, as: Int.self) != nil
  }

  /// In one pass, since the lanes are no use for finding a number's own entries. Of very many, the first; the next night
  /// finds the rest.
  private func strayEntries() throws -> [LaneEntry] {
    try database.all(
      """
      SELECT l.campaign_id, l.pool_id, l.area_code, l.carrier_id, l.asleep_until, l.last_request, l.number_id
      FROM lane l
      LEFT JOIN number n ON n.id = l.number_id
      LEFT JOIN pool p ON p.id = n.pool_id
      LEFT JOIN campaign_number c ON c.campaign_id = l.campaign_id AND c.number_id = l.number_id
      WHERE n.id IS NULL OR l.pool_id <> n.pool_id OR l.carrier_id <> n.carrier_id
        OR l.last_request <> n.last_request
        OR l.area_code <> '' AND instr(' ' || n.area_codes || ' ', ' ' || l.area_code || ' ') = 0
        OR l.campaign_id = 0 AND l.asleep_until <> n.asleep_until
        OR l.campaign_id <> 0 AND (l.asleep_until <> coalesce(c.asleep_until, n.asleep_until)
          OR instr(' ' || p.scopes, ' ' || l.campaign_id || ':') = 0)
      LIMIT 100000
      """
    ) {
      LaneEntry(
        campaignID: $0[0], poolID: $0[1], areaCode: $0[2], carrierID: $0[3], asleepUntil: $0[4], lastRequest: $0[5],
        numberID: $0[6])
    }
  }
}

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
  let lane: String
  let asleepUntil: Int
  let lastRequest: Int
  let numberID: Int
}

/// Comparing the lanes with the numbers. They change together in one transaction, so only a defect or another program's
/// hand can part them; the rows of the numbers are what is right then.
extension Store {
  /// - Parameter mending: put right what is wrong, by a few at a time.
  package func checkLanes(mending: Bool = false) throws(StoreError) -> LaneReport {
    var check = LaneCheck()
    // By some at a time, each on one state of the store: a long look would keep the log from being emptied.
    while try read({ try $0.look(at: 5000, &check) }) {}
    let (strays, growth) = try read { snapshot in
      // Entries that no number accounts for, unless somebody has just added or removed one: then there are none of them.
      let strays =
        try snapshot.database.value("SELECT count(*) FROM lane") == check.found ? [] : snapshot.strayEntries()
      return (strays, try snapshot.miscountedPools())
    }
    if mending { try mend(missing: check.missing, strays: strays, growth: growth) }
    return LaneReport(missing: check.missing.count, stray: strays.count, miscounted: growth.count)
  }

  private func mend(missing: [Int], strays: [LaneEntry], growth: [Int: Int]) throws(StoreError) {
    // Calls have moved numbers since: each is looked at again in the transaction that changes it.
    try inBatches(strays) { try $0.remove($1) }
    try inBatches(missing) { try $0.enterMissingLanes(number: $1) }
    // By the difference, which holds whatever was added and removed since.
    if !growth.isEmpty { try write { $0.memory.growth = growth } }
  }

  private func inBatches<Item>(
    _ items: [Item], _ body: (Transaction, Item) throws -> Void
  ) throws(StoreError) {
    var start = 0
    while start < items.count {
      let batch = items[start..<min(start + 100, items.count)]
      try write { transaction in for item in batch { try body(transaction, item) } }
      start = batch.endIndex
    }
  }
}

/// How far the comparison got.
private struct LaneCheck {
  /// The ID of the last number that was looked at.
  var last = 0
  /// Entries that stand where they should.
  var found = 0
  /// The IDs of numbers that lack an entry.
  var missing: [Int] = []
}

extension Snapshot {
  /// - Returns: whether there are numbers left.
  fileprivate func look(at count: Int, _ check: inout LaneCheck) throws -> Bool {
    for _ in 0..<count {
      guard let number = try number(after: check.last) else { return false }
      check.last = number.id
      let entries = try entries(of: number)
      let standing = try entries.count { try stands($0) }
      check.found += standing
      if standing < entries.count { check.missing.append(number.id) }
    }
    return true
  }

  /// By how many numbers the pools' rows differ from the numbers in them, by the pool's ID.
  fileprivate func miscountedPools() throws -> [Int: Int] {
    let pools: [(id: Int, growth: Int)] = try database.all(
      """
      SELECT id, coalesce(count, 0) - numbers FROM pool
      LEFT JOIN (SELECT pool_id, count(*) AS count FROM number GROUP BY pool_id) ON pool_id = id
      """
    ) { ($0[0], $0[1]) }
    return pools.reduce(into: [:]) { if $1.growth != 0 { $0[$1.id] = $1.growth } }
  }

  /// Where a number is to stand, by its row and those of the campaigns that have lanes of their own.
  fileprivate func entries(of number: Number) throws -> [LaneEntry] {
    func entries(ofCampaign id: Int, asleepUntil: Int) -> [LaneEntry] {
      number.lanes(ofCampaign: id).map {
        LaneEntry(lane: $0, asleepUntil: asleepUntil, lastRequest: number.place.lastRequest, numberID: number.id)
      }
    }
    return try number.pool.scopes.reduce(into: entries(ofCampaign: 0, asleepUntil: number.place.asleepUntil)) {
      $0 += entries(ofCampaign: $1.campaignID, asleepUntil: try use(of: number, in: $1).asleepUntil)
    }
  }

  fileprivate func stands(_ entry: LaneEntry) throws -> Bool {
    try database.value(
      "SELECT 1 FROM lane WHERE name = ? AND asleep_until = ? AND last_request = ? AND number_id = ?",
      entry.lane, entry.asleepUntil, entry.lastRequest, entry.numberID, as: Int.self) != nil
  }

  /// The entries that no number accounts for. Of very many, the first; the next night finds the rest.
  fileprivate func strayEntries() throws -> [LaneEntry] {
    var strays: [LaneEntry] = []
    let all: [LaneEntry] = try database.all(
      "SELECT name, asleep_until, last_request, number_id FROM lane ORDER BY number_id"
    ) { LaneEntry(lane: $0[0], asleepUntil: $0[1], lastRequest: $0[2], numberID: $0[3]) }
    var known: (numberID: Int, entries: [LaneEntry])?
    for entry in all where strays.count < 100_000 {
      if known?.numberID != entry.numberID {
        known = (entry.numberID, try number(id: entry.numberID).map { try entries(of: $0) } ?? [])
      }
      if known?.entries.contains(entry) != true { strays.append(entry) }
    }
    return strays
  }
}

extension Transaction {
  /// Removes an entry, unless a number stands there by now.
  fileprivate func remove(_ entry: LaneEntry) throws {
    if let number = try number(id: entry.numberID), try entries(of: number).contains(entry) { return }
    try database.run(
      "DELETE FROM lane WHERE name = ? AND asleep_until = ? AND last_request = ? AND number_id = ?",
      entry.lane, entry.asleepUntil, entry.lastRequest, entry.numberID)
  }

  fileprivate func enterMissingLanes(number id: Int) throws {
    guard let number = try number(id: id) else { return }
    for entry in try entries(of: number) where try !stands(entry) {
      try database.run(
        "INSERT INTO lane (name, asleep_until, last_request, number_id) VALUES (?, ?, ?, ?)",
        entry.lane, entry.asleepUntil, entry.lastRequest, entry.numberID)
    }
  }
}

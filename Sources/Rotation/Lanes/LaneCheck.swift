internal import SQLite

/// The differences that were found between the lanes and the rows of the numbers.
package struct LaneReport: Equatable, Sendable {
  /// Numbers that were not in a lane where their rows say that they are: calls would not have found them there.
  package var missing = 0
  /// Entries in lanes that belong to no number, or to a number whose place is elsewhere.
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

/// Comparing the lanes with the numbers. Both change in the same transaction, so they can differ only through a defect or
/// another program. The rows of the numbers then decide.
extension Store {
  /// - Parameter mending: whether differences are corrected, a few in each transaction.
  package func checkLanes(mending: Bool = false) throws(StoreError) -> LaneReport {
    var check = LaneCheck()
    // A few thousand numbers in each snapshot: a long one would keep the log from being emptied.
    while try read({ try $0.look(at: 5000, &check) }) {}
    let (strays, growth) = try read { snapshot in
      // If the counts are equal there can be no entry too many, unless a number was just added or removed.
      let strays =
        try snapshot.database.value("SELECT count(*) FROM lane") == check.found ? [] : snapshot.strayEntries()
      return (strays, try snapshot.miscountedPools())
    }
    if mending { try mend(missing: check.missing, strays: strays, growth: growth) }
    return LaneReport(missing: check.missing.count, stray: strays.count, miscounted: growth.count)
  }

  private func mend(missing: [Int], strays: [LaneEntry], growth: [Int: Int]) throws(StoreError) {
    // Calls may have moved numbers since, so each number is looked at again in the transaction that changes it.
    try inBatches(strays) { try $0.remove($1) }
    try inBatches(missing) { try $0.enterMissingLanes(number: $1) }
    // The count is corrected by the difference, which is right whatever was added or removed since.
    if !growth.isEmpty { try write { $0.memory.growth = growth } }
  }
}

/// How far the comparison got.
private struct LaneCheck {
  /// The ID of the last number that was looked at.
  var last = 0
  /// Entries that are where they should be.
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

  /// The difference between the numbers in a pool and the count in its row, by the pool's ID; only where there is one.
  fileprivate func miscountedPools() throws -> [Int: Int] {
    let pools: [(id: Int, growth: Int)] = try database.all(
      """
      SELECT id, coalesce(count, 0) - numbers FROM pool
      LEFT JOIN (SELECT pool_id, count(*) AS count FROM number GROUP BY pool_id) ON pool_id = id
      """
    ) { ($0[0], $0[1]) }
    return pools.reduce(into: [:]) { if $1.growth != 0 { $0[$1.id] = $1.growth } }
  }

  /// The entries that a number should have, by its own row and by those of the campaigns that have lanes of their own.
  fileprivate func entries(of number: Number) throws -> [LaneEntry] {
    func entries(ofCampaign id: Int, asleepUntil: Int) -> [LaneEntry] {
      number.lanes(ofCampaign: id).map {
        LaneEntry(lane: $0, asleepUntil: asleepUntil, lastRequest: number.place.lastRequest, numberID: number.id)
      }
    }
    return try number.scopes.reduce(into: entries(ofCampaign: 0, asleepUntil: number.place.asleepUntil)) {
      $0 += entries(ofCampaign: $1.campaignID, asleepUntil: try use(of: number, in: $1).asleepUntil)
    }
  }

  fileprivate func stands(_ entry: LaneEntry) throws -> Bool {
    try database.value(
      "SELECT 1 FROM lane WHERE name = ? AND asleep_until = ? AND last_request = ? AND number_id = ?",
      entry.lane, entry.asleepUntil, entry.lastRequest, entry.numberID, as: Int.self) != nil
  }

  /// Entries that should not be there, 100,000 at most; the next night's check finds the rest.
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
  /// Removes an entry, unless it has become right since.
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

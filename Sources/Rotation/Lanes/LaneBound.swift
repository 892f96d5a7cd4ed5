internal import SQLite

/// How many lanes one number may stand in: those of its area codes and regions and the one of any destination, for
/// everyone and again for each campaign that keeps lanes of its own in its pool.
///
/// A pick moves its number in all of them, some 8 µs each in a pool of thousands. The bound keeps it below 5 ms.
struct LaneBound {
  static let most = 256

  /// Area codes and regions of the number.
  let areaCodes: Int
  /// Campaigns that keep lanes of their own in its pool.
  let campaigns: Int

  var lanes: Int { (1 + areaCodes) * (1 + campaigns) }

  /// - Throws: `refused` where there are too many.
  func check(pool: String) throws(StoreError) {
    guard lanes > Self.most else { return }
    throw .refused(
      "a number of \(areaCodes) area codes, in the pool \(pool) with \(campaigns) campaigns that limit their calls with "
        + "each number, would stand in \(lanes) lanes; \(Self.most) are the most",
      hint: "Give it fewer area codes, or a region; or limit the numbers of fewer campaigns")
  }
}

extension Number {
  var laneBound: LaneBound { LaneBound(areaCodes: areaCodes.count, campaigns: pool.scopes.count) }
}

/// The most area codes that one number has in each pool. They are counted without the store's lock, a few thousand numbers
/// at a time, before a campaign gets lanes of its own; its transaction then counts only what was added since.
///
/// A number that another command gives more area codes in that moment is not seen; `doctor` names it.
struct MostAreaCodes {
  private var byPool: [Int: Int] = [:]
  /// The ID of the last number that was looked at. IDs only grow.
  private var last = 0

  subscript(pool id: Int) -> Int? { byPool[id] }

  /// - Returns: whether there may be numbers left.
  mutating func look(at count: Int, in snapshot: Snapshot) throws -> Bool {
    let start = last
    // Area codes have a space between them.
    let pools: [(id: Int, spaces: Int, last: Int)] = try snapshot.database.all(
      """
      SELECT pool_id, max(length(area_codes) - length(replace(area_codes, ' ', ''))), max(id)
      FROM (SELECT id, pool_id, area_codes FROM number WHERE id > ? ORDER BY id LIMIT ?) GROUP BY pool_id
      """, last, count
    ) { ($0[0], $0[1], $0[2]) }
    for pool in pools {
      byPool[pool.id] = max(byPool[pool.id] ?? 0, pool.spaces.counted + 1)
      last = max(last, pool.last)
    }
    return last > start
  }
}

extension Store {
  /// Counts area codes before a campaign's settings are changed to `values`; nil where these give it no lanes.
  func mostAreaCodes(before values: [(setting: CampaignSetting, text: String?)]) throws(StoreError) -> MostAreaCodes? {
    let giving: Set<CampaignSetting> = [.pools, .numberDailyLimit, .numberHourlyLimit]
    guard values.contains(where: { giving.contains($0.setting) }) else { return nil }
    var most = MostAreaCodes()
    while try read({ try most.look(at: 5000, in: $0) }) {}
    return most
  }
}

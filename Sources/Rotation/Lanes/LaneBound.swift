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

extension Snapshot {
  /// Checks that one more campaign can keep lanes of its own in a pool.
  func checkRoom(forCampaigns count: Int, inPool id: Int, named name: String) throws {
    // Area codes have a space between them.
    let spaces: Int? = try database.value(
      "SELECT max(length(area_codes) - length(replace(area_codes, ' ', ''))) FROM number WHERE pool_id = ?", id)
    guard let spaces else { return }
    try LaneBound(areaCodes: spaces.counted + 1, campaigns: count).check(pool: name)
  }
}

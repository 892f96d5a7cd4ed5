internal import SQLite

/// Looking into lanes.
extension Snapshot {
  /// Hands the name of each lane that has numbers to `body`.
  func each(_ lanes: Lanes, _ body: (String) throws -> Void) throws {
    for areaCode in lanes.areaCodes {
      let names = LaneNames(campaignID: lanes.campaignID, poolID: lanes.pool.id, areaCode: areaCode)
      if let carrierID = lanes.carrierID {
        try body(names.lane(ofCarrier: carrierID))
      } else {
        var name = names.start
        while let next = try lane(after: name, before: names.end), next > name {
          try body(next)
          name = next
        }
      }
    }
  }

  private func lane(after name: String, before end: String) throws -> String? {
    try database.value("SELECT name FROM lane WHERE name > ? AND name < ? ORDER BY name LIMIT 1", name, end)
  }

  /// The ID of the least recently used number of those that are awake or have slept long enough.
  ///
  /// - Parameter groups: is increased by the number of groups that were looked at.
  func head(of lanes: Lanes, countingGroups groups: inout Int) throws -> Int? {
    var head: (lastRequest: Int, number: Int)?
    try each(lanes) { lane in
      // One step for each group that has slept long enough.
      var asleepUntil = -1
      while let group = try group(after: asleepUntil, upTo: now, in: lane),
        // The value of a damaged row may be read as less than it was compared as: the loop would not end.
        group.asleepUntil > asleepUntil
      {
        asleepUntil = group.asleepUntil
        groups += 1
        if head.map({ (group.lastRequest, group.number) < $0 }) ?? true { head = (group.lastRequest, group.number) }
      }
    }
    return head?.number
  }

  private func group(
    after asleepUntil: Int, upTo now: Int, in lane: String
  ) throws -> (asleepUntil: Int, lastRequest: Int, number: Int)? {
    try database.first(
      """
      SELECT asleep_until, last_request, number_id FROM lane
      WHERE name = ? AND asleep_until > ? AND asleep_until <= ?
      ORDER BY asleep_until, last_request, number_id LIMIT 1
      """, lane, asleepUntil, now
    ) { ($0[0], $0[1], $0[2]) }
  }
}

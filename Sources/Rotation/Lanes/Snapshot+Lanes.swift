internal import SQLite

/// Looking into lanes.
extension Snapshot {
  /// Hands the name of each lane that has numbers to `body`, and its first group where it is known by then.
  func each(_ lanes: Lanes, _ body: (_ lane: String, _ first: LaneGroup?) throws -> Void) throws {
    for area in try areas(of: lanes) {
      let names = LaneNames(campaignID: lanes.campaignID, poolID: lanes.pool.id, area: area)
      if let carrierID = lanes.carrierID {
        try body(names.lane(ofCarrier: carrierID), nil)
      } else {
        var name = names.start
        while let next = try lane(after: name, before: names.end), next.name > name {
          try body(next.name, next.first)
          name = next.name
        }
      }
    }
  }

  private func areas(of lanes: Lanes) throws -> [String] {
    switch lanes.areas {
    case .these(let areas): areas
    case .countries(let known): try countries(of: lanes).filter { $0 != known }
    }
  }

  /// North America, and the countries that have lanes.
  private func countries(of lanes: Lanes) throws -> [String] {
    let pool = LaneNames(campaignID: lanes.campaignID, poolID: lanes.pool.id).start
    var countries = [""]
    var last: String?
    while let name = try lane(after: pool + (last.map { $0 + ";" } ?? "="), before: pool + ">")?.name {
      let country = String(name.dropFirst(pool.utf8.count).prefix { $0 != ":" })
      countries.append(country)
      last = country
    }
    return countries
  }

  private func lane(after name: String, before end: String) throws -> (name: String, first: LaneGroup)? {
    try database.first(
      """
      SELECT name, asleep_until, last_request, number_id FROM lane WHERE name > ? AND name < ?
      ORDER BY name, asleep_until, last_request, number_id LIMIT 1
      """, name, end
    ) { ($0[0], LaneGroup(asleepUntil: $0[1], first: LaneOrder(lastRequest: $0[2], number: $0[3]))) }
  }

  /// The least recently used number of those that are awake or have slept long enough.
  ///
  /// - Parameters:
  ///   - passed: only numbers after this one are looked for.
  ///   - groups: is increased by the number of groups that were looked at.
  func head(of lanes: Lanes, after passed: LaneOrder?, countingGroups groups: inout Int) throws -> LaneOrder? {
    var head: LaneOrder?
    try each(lanes) { lane, first in
      // One step for each group that has slept long enough.
      var next = first
      // Less than 0 is damage, and is passed over.
      if next?.asleepUntil ?? -1 < 0 { next = try group(after: -1, in: lane) }
      while let group = next, group.asleepUntil <= now {
        groups += 1
        var first: LaneOrder? = group.first
        if let passed, group.first <= passed {
          first = try self.first(after: passed, inGroup: group.asleepUntil, of: lane)
        }
        if let first, head.map({ first < $0 }) ?? true { head = first }
        next = try self.group(after: group.asleepUntil, in: lane)
        // The value of a damaged row may be read as less than it was compared as: the loop would not end.
        if let after = next?.asleepUntil, after <= group.asleepUntil { break }
      }
    }
    return head
  }

  private func first(after passed: LaneOrder, inGroup asleepUntil: Int, of lane: String) throws -> LaneOrder? {
    try database.first(
      """
      SELECT last_request, number_id FROM lane
      WHERE name = ? AND asleep_until = ? AND (last_request, number_id) > (?, ?)
      ORDER BY last_request, number_id LIMIT 1
      """, lane, asleepUntil, passed.lastRequest, passed.number
    ) { LaneOrder(lastRequest: $0[0], number: $0[1]) }
  }

  /// The first group of those that have slept long enough and woke after a moment.
  private func group(after asleepUntil: Int, in lane: String) throws -> LaneGroup? {
    try database.first(
      """
      SELECT asleep_until, last_request, number_id FROM lane
      WHERE name = ? AND asleep_until > ? AND asleep_until <= ?
      ORDER BY asleep_until, last_request, number_id LIMIT 1
      """, lane, asleepUntil, now
    ) { LaneGroup(asleepUntil: $0[0], first: LaneOrder(lastRequest: $0[1], number: $0[2])) }
  }
}

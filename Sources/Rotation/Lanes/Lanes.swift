internal import SQLite

/// Keeping each number where a pick will look for it.
///
/// A lane holds numbers of one pool and carrier that serve one area code, ordered by the moment they wake and then by
/// last use. All those that are awake therefore stand in one group at its front, the least recently used ahead; those
/// that wake at one moment (the end of an hour or a day, say) stand in one group too. A pick reads the head of each
/// group that has woken, however many sleep behind it. A campaign that limits its numbers has such lanes of its own.
extension Store {
  /// Writes what changes from call to call, and moves the number to its place in its lanes.
  ///
  /// - Parameter use: the use that the call at hand has made of it in a scope of its pool.
  func refile(_ number: inout Number, use: CampaignUse? = nil, at moment: Moment) throws {
    try noteTime(moment.now)
    let before = number
    number.place = Number.Place(
      asleepUntil: number.sleep(at: moment)?.until ?? 0, lastRequest: number.lastRequest)
    if number.place != before.place { try move(number, in: 0, from: before.place, to: number.place) }
    for scope in number.pool.scopes {
      try refile(number, from: before, in: scope, use: use?.scope == scope ? use : nil, at: moment)
    }
    try database.run(
      """
      UPDATE number SET day = ?, used_today = ?, hour = ?, used_this_hour = ?, last_request = ?, last_used_at = ?,
        holds = ?, resting_until = ?, rest_reason = ?, asleep_until = ?
      WHERE id = ?
      """,
      number.today.window, number.today.calls, number.thisHour.window, number.thisHour.calls, number.lastRequest,
      number.lastUsedAt, Reservation.text(number.reservations), number.restingUntil, number.restReason,
      number.place.asleepUntil,
      number.id)
  }

  private func refile(
    _ number: Number, from before: Number, in scope: CampaignScope, use known: CampaignUse?, at moment: Moment
  ) throws {
    var use = try known ?? self.use(of: before, in: scope)
    let place = Number.Place(asleepUntil: use.asleepUntil, lastRequest: before.place.lastRequest)
    let asleepUntil = number.sleep(at: moment, as: use)?.until ?? 0
    let newPlace = Number.Place(asleepUntil: asleepUntil, lastRequest: number.lastRequest)
    if newPlace != place { try move(number, in: scope.campaignID, from: place, to: newPlace) }
    use.asleepUntil = asleepUntil
    // A number that the campaign has not used stands where it stands for everyone, and needs no row.
    if known != nil || use.isKept { try keep(use, of: number) }
  }

  private func move(_ number: Number, in campaignID: Int, from: Number.Place, to: Number.Place) throws {
    for lane in number.lanes(ofCampaign: campaignID) {
      try database.run(
        """
        UPDATE lane SET asleep_until = ?, last_request = ?
        WHERE name = ? AND asleep_until = ? AND last_request = ? AND number_id = ?
        """, to.asleepUntil, to.lastRequest, lane, from.asleepUntil, from.lastRequest, number.id)
    }
  }

  /// Puts a number that stands in no lane into those that are its own.
  func file(_ number: Number) throws {
    try file(number, in: 0)
    for scope in number.pool.scopes {
      try file(number, in: scope.campaignID)
      var use = try use(of: number, in: scope)
      guard use.isKept, use.asleepUntil != number.place.asleepUntil else { continue }
      use.asleepUntil = number.place.asleepUntil
      try keep(use, of: number)
    }
  }

  private func file(_ number: Number, in campaignID: Int) throws {
    for lane in number.lanes(ofCampaign: campaignID) {
      try database.run(
        "INSERT INTO lane (name, asleep_until, last_request, number_id) VALUES (?, ?, ?, ?)",
        lane, number.place.asleepUntil, number.place.lastRequest, number.id)
    }
  }

  /// Takes a number out of its lanes, before its pool, carrier or area codes change.
  func unfile(_ number: Number) throws {
    try unfile(number, in: 0, from: number.place)
    for scope in number.pool.scopes {
      let use = try use(of: number, in: scope)
      try unfile(
        number, in: scope.campaignID, from: .init(asleepUntil: use.asleepUntil, lastRequest: number.place.lastRequest))
    }
  }

  private func unfile(_ number: Number, in campaignID: Int, from place: Number.Place) throws {
    for lane in number.lanes(ofCampaign: campaignID) {
      try database.run(
        "DELETE FROM lane WHERE name = ? AND asleep_until = ? AND last_request = ? AND number_id = ?",
        lane, place.asleepUntil, place.lastRequest, number.id)
    }
  }

  // MARK: Looking

  /// Lanes of several area codes and carriers, looked at as one.
  struct Lanes {
    /// 0: everyone's.
    let campaignID: Int
    let pool: Pool
    /// Nil: every carrier's numbers.
    let carrierID: Int?
    let areaCodes: [String]
  }

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

  /// The number ahead: of those that have woken, the least recently used.
  func head(of lanes: Lanes, at moment: Moment) throws -> Int? {
    var head: (lastRequest: Int, number: Int)?
    try each(lanes) { lane in
      // One step a group that has woken.
      var asleepUntil = -1
      while let group = try group(after: asleepUntil, upTo: moment.now, in: lane),
        // A damaged row may be read as less than it was compared as, and would be met for ever.
        group.asleepUntil > asleepUntil
      {
        asleepUntil = group.asleepUntil
        groupsSteppedOver += 1
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

  // MARK: Waking

  /// Wakes numbers that have slept long enough, those that woke first ahead. Which number is picked does not depend on it.
  ///
  /// Done where a search has met several groups: a pick puts one number to sleep, and this wakes two, so that groups stay
  /// few, or more where a pause in the calls has left many of them.
  func wake(like number: Number, at moment: Moment) throws {
    defer { groupsSteppedOver = 0 }
    guard groupsSteppedOver > 2 else { return }
    let count = max(2, groupsSteppedOver / 16)
    let numbers: [Int] = try database.all(
      """
      SELECT number_id FROM lane WHERE name = ? AND asleep_until BETWEEN 1 AND ?
      ORDER BY asleep_until, last_request, number_id LIMIT ?
      """, number.lanes(ofCampaign: 0)[0], moment.now, count
    ) { $0[0] }
    for id in numbers {
      if var number = try self.number(id: id) { try refile(&number, at: moment) }
    }
  }
}

extension Number {
  /// The lanes that it stands in: that of any destination, and those of its area codes.
  func lanes(ofCampaign campaignID: Int) -> [String] {
    ([""] + areaCodes).map {
      LaneNames(campaignID: campaignID, poolID: pool.id, areaCode: $0).lane(ofCarrier: carrier?.id ?? 0)
    }
  }
}

/// What lanes are called: `campaign:pool:area code:carrier`, each but the area code an ID. One text: SQLite compares it in
/// one step.
struct LaneNames {
  private let stem: String

  /// A campaign's lanes in a pool.
  init(campaignID: Int, poolID: Int) { stem = "\(campaignID):\(poolID)" }

  /// Those of them that are for an area code, one for each carrier.
  init(campaignID: Int, poolID: Int, areaCode: String) { stem = "\(campaignID):\(poolID):\(areaCode)" }

  /// - Parameter id: 0: none known.
  func lane(ofCarrier id: Int) -> String { start + String(id) }

  /// What they begin with, and come after.
  var start: String { stem + ":" }

  /// What they come before: the character after the colon is the semicolon.
  var end: String { stem + ";" }
}

internal import SQLite

/// Keeping each number where a pick will look for it.
///
/// A lane holds numbers of one pool and carrier that serve one area code, ordered by the moment they wake and then by
/// last use. All those that are awake therefore stand in one group at its front, the least recently used ahead; those
/// that wake at one moment (the end of an hour or a day, say) stand in one group too. A pick reads the head of each
/// group that has woken, however many sleep behind it.
extension Store {
  /// Writes what changes from call to call, and moves the number to its place in its lanes.
  func refile(_ number: inout Number, at moment: Moment) throws {
    let place = Number.Place(asleepUntil: number.sleep(at: moment)?.until ?? 0, lastRequest: number.lastRequest)
    for areaCode in number.lanes {
      try database.run(
        """
        UPDATE lane SET asleep_until = ?, last_request = ?
        WHERE pool_id = ? AND area_code = ? AND carrier_id = ?
          AND asleep_until = ? AND last_request = ? AND number_id = ?
        """,
        place.asleepUntil, place.lastRequest, number.pool.id, areaCode, number.carrier?.id ?? 0,
        number.place.asleepUntil, number.place.lastRequest, number.id)
    }
    number.place = place
    try database.run(
      """
      UPDATE number SET day = ?, used_today = ?, hour = ?, used_this_hour = ?, last_request = ?, last_used_at = ?,
        reserved_until = ?, resting_until = ?, asleep_until = ?
      WHERE id = ?
      """,
      number.today.window, number.today.calls, number.thisHour.window, number.thisHour.calls, number.lastRequest,
      number.lastUsedAt, number.reservedUntil, number.restingUntil, place.asleepUntil, number.id)
  }

  /// Puts a number that stands in no lane into those that are its own.
  func file(_ number: Number) throws {
    for areaCode in number.lanes {
      try database.run(
        """
        INSERT INTO lane (pool_id, area_code, carrier_id, asleep_until, last_request, number_id)
        VALUES (?, ?, ?, ?, ?, ?)
        """,
        number.pool.id, areaCode, number.carrier?.id ?? 0, number.place.asleepUntil, number.place.lastRequest, number.id
      )
    }
  }

  /// Takes a number out of its lanes, before its pool, carrier or area codes change.
  func unfile(_ number: Number) throws {
    for areaCode in number.lanes {
      try database.run(
        """
        DELETE FROM lane
        WHERE pool_id = ? AND area_code = ? AND carrier_id = ?
          AND asleep_until = ? AND last_request = ? AND number_id = ?
        """,
        number.pool.id, areaCode, number.carrier?.id ?? 0, number.place.asleepUntil, number.place.lastRequest, number.id
      )
    }
  }

  /// Files every number anew, after a setting that the rules judge by has changed.
  func refileAll() throws {
    let moment = Moment(now: clock.now(), settings: settings)
    var last = 0
    while var number = try number(after: last) {
      last = number.id
      try refile(&number, at: moment)
    }
  }

  /// Wakes up to two numbers of the lane that have slept long enough.
  ///
  /// Done at each pick, which puts one to sleep, it keeps the groups in a lane few; which number is picked does not
  /// depend on it.
  func wake(in pool: Pool, carrierID: Int, at moment: Moment) throws {
    let woken: [Int] = try database.all(
      """
      SELECT number_id FROM lane
      WHERE pool_id = ? AND area_code = '' AND carrier_id = ? AND asleep_until BETWEEN 1 AND ?
      ORDER BY asleep_until, last_request, number_id LIMIT 2
      """,
      pool.id, carrierID, moment.now
    ) { $0[0] }
    for id in woken {
      if var number = try number(id: id) { try refile(&number, at: moment) }
    }
  }

  /// The number ahead in a lane: of those that have woken, the least recently used.
  ///
  /// - Parameter carrierID: nil looks at every carrier's numbers.
  func head(ofLane areaCode: String, in pool: Pool, carrierID: Int?, at moment: Moment) throws -> Int? {
    var best: (lastRequest: Int, number: Int)?
    var carrier = carrierID ?? 0
    var asleepUntil = -1
    // One step a group. At the first that still sleeps, the carrier has no more to give.
    while let group = try group(after: (carrier, asleepUntil), ofLane: areaCode, in: pool) {
      if let carrierID, group.carrier != carrierID { break }
      carrier = group.carrier
      if group.asleepUntil <= moment.now {
        asleepUntil = group.asleepUntil
        if best.map({ (group.lastRequest, group.number) < $0 }) ?? true {
          best = (group.lastRequest, group.number)
        }
      } else {
        asleepUntil = Int.max
      }
    }
    return best?.number
  }

  private func group(
    after position: (carrier: Int, asleepUntil: Int), ofLane areaCode: String, in pool: Pool
  ) throws -> (carrier: Int, asleepUntil: Int, lastRequest: Int, number: Int)? {
    try database.first(
      """
      SELECT carrier_id, asleep_until, last_request, number_id FROM lane
      WHERE pool_id = ? AND area_code = ? AND (carrier_id, asleep_until) > (?, ?)
      ORDER BY carrier_id, asleep_until, last_request, number_id LIMIT 1
      """,
      pool.id, areaCode, position.carrier, position.asleepUntil
    ) { ($0[0], $0[1], $0[2], $0[3]) }
  }
}

extension Number {
  /// The lanes that it stands in: that of any destination, and those of its area codes.
  fileprivate var lanes: [String] { [""] + areaCodes }
}

internal import SQLite

/// Keeping each number where a pick will look for it.
extension Transaction {
  /// Writes the columns of a number that change from call to call, and moves the number to its place in its lanes.
  ///
  /// - Parameters:
  ///   - use: how often the campaign of this call has used the number, if that campaign has lanes of its own.
  ///   - isPicked: this call has just got the number. It is the last of the awake ones then, and stays among them though
  ///     the call holds it: as a rule its reservation has ended before a search comes to it. A search that comes earlier
  ///     moves it. Most calls so change a lane once instead of three times.
  func moveToItsPlace(_ number: inout Number, use: CampaignUse? = nil, isPicked: Bool = false) throws {
    try noteTime()
    let before = number
    let asleepUntil = Self.place(of: number.sleep(at: moment), isPicked: isPicked)
    number.place = Number.Place(asleepUntil: asleepUntil, lastRequest: number.lastRequest)
    if number.place != before.place { try move(number, in: 0, from: before.place, to: number.place) }
    for scope in number.pool.scopes {
      try moveToItsPlace(number, from: before, in: scope, use: use?.scope == scope ? use : nil, isPicked: isPicked)
    }
    try database.run(
      """
      UPDATE number SET day = ?, used_today = ?, hour = ?, used_this_hour = ?, last_request = ?, last_used_at = ?,
        holds = ?, resting_until = ?, rest_reason = ?, asleep_until = ?
      WHERE id = ?
      """,
      number.today.window, number.today.calls, number.thisHour.window, number.thisHour.calls, number.lastRequest,
      number.lastUsedAt, Reservation.text(number.reservations), number.restingUntil, number.restReason,
      number.place.asleepUntil, number.id)
  }

  private static func place(of sleep: Sleep?, isPicked: Bool) -> Int {
    guard let sleep, !isPicked || sleep.reason != .reserved else { return 0 }
    return sleep.until
  }

  private func moveToItsPlace(
    _ number: Number, from before: Number, in scope: CampaignScope, use known: CampaignUse?, isPicked: Bool
  ) throws {
    var use = try known ?? self.use(of: before, in: scope)
    let place = Number.Place(asleepUntil: use.asleepUntil, lastRequest: before.place.lastRequest)
    let asleepUntil = Self.place(of: number.sleep(at: moment, as: use), isPicked: isPicked)
    let newPlace = Number.Place(asleepUntil: asleepUntil, lastRequest: number.lastRequest)
    if newPlace != place, scope.holds(number) { try move(number, in: scope.campaignID, from: place, to: newPlace) }
    use.asleepUntil = asleepUntil
    // A number that the campaign has never used has the same place as in the common lanes, and needs no row.
    if known != nil || use.isKept { try keep(use, of: number) }
  }

  private func move(_ number: Number, in campaignID: Int, from: Number.Place, to: Number.Place) throws {
    for lane in number.lanes(ofCampaign: campaignID) where try leave(lane, number, at: from) {
      try enter(lane, number, at: to)
    }
  }

  // An UPDATE of both columns would look four times for a place in the lane, and these two look once each.

  private func enter(_ lane: String, _ number: Number, at place: Number.Place) throws {
    try database.run(
      "INSERT INTO lane (name, asleep_until, last_request, number_id) VALUES (?, ?, ?, ?)",
      lane, place.asleepUntil, place.lastRequest, number.id)
  }

  /// - Returns: whether the number was there.
  private func leave(_ lane: String, _ number: Number, at place: Number.Place) throws -> Bool {
    try database.run(
      "DELETE FROM lane WHERE name = ? AND asleep_until = ? AND last_request = ? AND number_id = ?",
      lane, place.asleepUntil, place.lastRequest, number.id)
    return database.changes > 0
  }

  /// Enters a number that is in no lane yet into all of its lanes.
  func enterLanes(_ number: Number) throws {
    try enterLanes(number, ofCampaign: 0, at: number.place)
    for scope in number.scopes {
      try enterLanes(number, ofCampaign: scope.campaignID, at: number.place)
      var use = try use(of: number, in: scope)
      guard use.isKept, use.asleepUntil != number.place.asleepUntil else { continue }
      use.asleepUntil = number.place.asleepUntil
      try keep(use, of: number)
    }
  }

  func enterLanes(_ number: Number, ofCampaign id: Int, at place: Number.Place) throws {
    for lane in number.lanes(ofCampaign: id) { try enter(lane, number, at: place) }
  }

  /// Takes a number out of its lanes, before its pool, carrier or area codes change.
  func leaveLanes(_ number: Number) throws {
    try leaveLanes(number, ofCampaign: 0, from: number.place)
    for scope in number.scopes {
      let use = try use(of: number, in: scope)
      try leaveLanes(
        number, ofCampaign: scope.campaignID,
        from: .init(asleepUntil: use.asleepUntil, lastRequest: number.place.lastRequest))
    }
  }

  private func leaveLanes(_ number: Number, ofCampaign id: Int, from place: Number.Place) throws {
    for lane in number.lanes(ofCampaign: id) { _ = try leave(lane, number, at: place) }
  }

  /// Moves a few numbers that have slept long enough to the group of awake numbers, the first to wake first. This does
  /// not change which number is picked.
  ///
  /// A pick puts one number to sleep. If it has met more than two groups, two numbers are moved, so that the groups stay
  /// few. After a pause in the calls there can be many groups, and more numbers are moved, but not in more lanes than one
  /// number may stand in.
  ///
  /// - Parameter groups: how many groups of woken numbers the search for `number` has looked at.
  func wake(like number: Number, groups: Int) throws {
    guard groups > 2 else { return }
    let numbers: [Int] = try database.all(
      """
      SELECT number_id FROM lane WHERE name = ? AND asleep_until BETWEEN 1 AND ?
      ORDER BY asleep_until, last_request, number_id LIMIT ?
      """, number.lanes(ofCampaign: 0)[0], now, max(2, groups / 16)
    ) { $0[0] }
    var lanes = 0
    for (index, id) in numbers.enumerated() where index < 2 || lanes < LaneBound.most {
      guard var number = try self.number(id: id) else { continue }
      lanes += number.laneBound.lanes
      try moveToItsPlace(&number)
    }
  }
}

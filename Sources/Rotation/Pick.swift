internal import SQLite

extension Store {
  /// Answers a request: picks, counts, reserves and logs in one transaction.
  ///
  /// Among the eligible numbers the best match comes first, and within it the least recently used; those never used go
  /// ahead in the order they were imported.
  package func pick(_ request: Request) throws(StoreError) -> Answer {
    try write { try answer(request) }
  }

  /// The answer that `pick` would give now, without giving it.
  package func rehearsePick(_ request: Request) throws(StoreError) -> Answer {
    try rehearse { try answer(request) }
  }

  /// Logs a request that was refused before the store was asked.
  package func log(refusalOf request: Request, reason: String) throws(StoreError) {
    try write { _ = try refuse(request, .badRequest, reason, at: Moment(now: clock.now(), settings: settings)) }
  }

  private func answer(_ request: Request) throws -> Answer {
    let moment = Moment(now: clock.now(), settings: settings)
    guard
      let destination = Destination(
        request.destination, stripPrefix: settings.stripPrefix, countryCode: settings.countryCode)
    else {
      return try refuse(request, .badRequest, "no usable destination", at: moment)
    }
    guard let pool = try pool(named: request.pool ?? Pool.defaultName) else {
      return try refuse(request, .badRequest, "unknown pool", at: moment)
    }
    var carrierID: Int?
    if let name = request.carrier {
      // A carrier without a number is no mistake of the call's: there is just none of its numbers.
      guard let carrier = try carrier(named: name) else {
        return try refuse(request, .noneAvailable, "no number of this carrier", at: moment)
      }
      carrierID = carrier.id
    }
    if let agent = request.agent, let limit = settings.agentCallsPerMinute,
      try callsThisMinute(of: agent, at: moment) >= limit
    {
      return try refuse(request, .rateLimited, "the agent's calls this minute are at the limit of \(limit)", at: moment)
    }

    let areaCode = request.areaCode ?? destination.areaCode
    var tiers: [(match: Match, lane: String)] = []
    if let areaCode { tiers.append((.area, areaCode)) }
    if settings.match == .any { tiers.append((.any, "")) }
    for tier in tiers {
      while let id = try head(ofLane: tier.lane, in: pool, carrierID: carrierID, at: moment),
        var number = try number(id: id)
      {
        guard number.sleep(at: moment) == nil else {
          // It woke into a window whose limit it has reached as well (a limit of 0, a clock set back).
          try refile(&number, at: moment)
          continue
        }
        return .granted(try grant(number, to: request, match: tier.match, areaCode: areaCode, at: moment))
      }
    }
    return try refuse(
      request, .noneAvailable, "every number that would do is in use, at its limit or resting", at: moment)
  }

  private func grant(
    _ picked: Number, to request: Request, match: Match, areaCode: String?, at moment: Moment
  ) throws -> Grant {
    var number = picked
    let ttl = request.reservationTTL ?? settings.reservationTTL
    let reservedUntil = ttl > 0 ? moment.now + ttl : 0
    let requestID = try log(
      request, status: .ok, number: number, match: match, reservedUntil: reservedUntil, at: moment)
    number.today.count(in: moment.windows.day)
    number.thisHour.count(in: moment.windows.hour)
    number.lastRequest = requestID
    number.lastUsedAt = moment.now
    number.reservedUntil = reservedUntil
    try refile(&number, at: moment)
    try wake(in: number.pool, carrierID: number.carrier?.id ?? 0, at: moment)
    return Grant(
      request: requestID, number: number,
      callerID: number.phone.presented(settings.present, countryCode: settings.countryCode),
      areaCode: match == .area ? areaCode : number.areaCodes.first,
      match: match, reservedUntil: ttl > 0 ? reservedUntil : nil)
  }

  private func refuse(_ request: Request, _ status: Status, _ reason: String, at moment: Moment) throws -> Answer {
    try log(request, status: status, reason: reason, at: moment)
    return .refused(status, reason: reason)
  }

  // MARK: The request log

  @discardableResult
  private func log(
    _ request: Request, status: Status, reason: String? = nil, number: Number? = nil, match: Match? = nil,
    reservedUntil: Int = 0, at moment: Moment
  ) throws -> Int {
    let campaignID = try request.campaign.map { try count($0, campaignCalls: status == .ok, at: moment) }
    let agentID = try request.agent.map { try count($0, agentCalls: status == .ok, at: moment) }
    try database.run(
      """
      INSERT INTO request (at, status, reason, destination, campaign_id, agent_id, number_id, match, reserved_until,
        uniqueid, call_code)
      VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
      """,
      moment.now, status.rawValue, reason, Label(request.destination)?.text, campaignID, agentID, number?.id,
      match?.rawValue, reservedUntil, request.uniqueID?.text, request.callCode?.text)
    return database.lastInsertedRowID
  }

  /// The campaign's ID, with a call counted where it got one.
  private func count(_ campaign: Label, campaignCalls counted: Bool, at moment: Moment) throws -> Int? {
    try database.value(
      """
      INSERT INTO campaign (name, day, used_today, hour, used_this_hour) VALUES (?1, ?2, ?4, ?3, ?4)
      ON CONFLICT (name) DO UPDATE SET
        used_today = ?4 + CASE day WHEN ?2 THEN used_today ELSE 0 END, day = ?2,
        used_this_hour = ?4 + CASE hour WHEN ?3 THEN used_this_hour ELSE 0 END, hour = ?3
      RETURNING id
      """,
      campaign.text, moment.windows.day.lowerBound, moment.windows.hour.lowerBound, counted)
  }

  /// The agent's ID, with a call counted where it got one.
  private func count(_ agent: Label, agentCalls counted: Bool, at moment: Moment) throws -> Int? {
    try database.value(
      """
      INSERT INTO agent (name, day, used_today, hour, used_this_hour, minute, used_this_minute)
      VALUES (?1, ?2, ?5, ?3, ?5, ?4, ?5)
      ON CONFLICT (name) DO UPDATE SET
        used_today = ?5 + CASE day WHEN ?2 THEN used_today ELSE 0 END, day = ?2,
        used_this_hour = ?5 + CASE hour WHEN ?3 THEN used_this_hour ELSE 0 END, hour = ?3,
        used_this_minute = ?5 + CASE minute WHEN ?4 THEN used_this_minute ELSE 0 END, minute = ?4
      RETURNING id
      """,
      agent.text, moment.windows.day.lowerBound, moment.windows.hour.lowerBound, moment.minute, counted)
  }

  private func callsThisMinute(of agent: Label, at moment: Moment) throws -> Int {
    try database.value(
      "SELECT used_this_minute FROM agent WHERE name = ? AND minute = ?", agent.text, moment.minute) ?? 0
  }
}

extension Moment {
  /// When the clock minute began.
  fileprivate var minute: Int { now - now % 60 }
}

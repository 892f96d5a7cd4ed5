internal import SQLite

extension Store {
  /// Answers a request in a transaction of its own; see `Transaction.pick`.
  package func pick(_ request: Request) throws(StoreError) -> Answer {
    try write { try $0.pick(request) }
  }

  /// The answer that `pick` would give now, without giving it.
  package func rehearsePick(_ request: Request) throws(StoreError) -> Answer {
    try rehearse { try $0.pick(request) }
  }
}

extension Snapshot {
  /// Who asks.
  struct Caller {
    let campaign: Campaign?
    let agent: Agent?
  }

  func caller(of request: Request) throws -> Caller {
    Caller(campaign: try campaign(of: request), agent: try request.agent.map(agent))
  }

  /// The request's campaign, or the one whose dial prefix was dialled.
  func campaign(of request: Request) throws -> Campaign? {
    try request.campaign.map(campaign) ?? campaign(dialling: request.dialString ?? request.destination)
  }
}

extension Transaction {
  /// How many numbers a call re-sorts while a re-sorting is under way, if they do not stand in more lanes than one number
  /// may: a few milliseconds of work.
  private static let resortedByCall = 100

  /// Answers a request: picks a number, counts the call, reserves the number and logs the request.
  ///
  /// Among the eligible numbers the best match comes first, and within it the least recently used; those never used go
  /// ahead in the order they were imported.
  package func pick(_ request: Request) throws -> Answer {
    if memory.state.isResorting { try resort(Self.resortedByCall, lanes: LaneBound.most) }
    let caller = try knownCaller(of: request)
    do {
      let plan = try plan(request, for: caller.campaign)
      if let reason = try reasonToKeep(request, of: caller.campaign) {
        try log(request, of: caller, status: .kept, reason: reason)
        return .kept(reason: reason)
      }
      try checkLimits(of: caller.campaign, and: caller.agent)
      let found = try search(plan)
      if request.asksCluster, let wish = try wish(plan, insteadOf: found) { return .elsewhere(wish) }
      guard let found else { throw Refusal(.noneAvailable, try reasonForNone(plan)) }
      return .granted(try grant(found, to: request, of: caller, plan))
    } catch let refusal as Refusal {
      return try refuse(request, of: caller, refusal.status, refusal.reason)
    }
  }

  /// Logs a request that was refused before the store was asked.
  package func log(refusalOf request: Request, reason: String) throws {
    _ = try refuse(request, of: knownCaller(of: request), .badRequest, reason)
  }

  private func grant(_ found: Found, to request: Request, of caller: Caller, _ plan: Plan) throws -> Grant {
    var number = found.number
    let isReserved = plan.reservationTTL > 0 && number.effectiveMaxConcurrent(moment) > 0
    let reservedUntil = isReserved ? now + plan.reservationTTL : 0
    let requestID = try log(
      request, of: caller, status: .ok, number: number, match: found.match, areaCode: plan.areaCode,
      reservedUntil: reservedUntil)
    number.today.count(in: moment.windows.day)
    number.thisHour.count(in: moment.windows.hour)
    number.lastRequest = requestID
    number.lastUsedAt = now
    number.reservations = number.reservations(at: now)
    if isReserved {
      number.reservations.append(Reservation(request: requestID, from: now, until: reservedUntil))
    }
    var use = found.use
    use?.today.count(in: moment.windows.day)
    use?.thisHour.count(in: moment.windows.hour)
    try moveToItsPlace(&number, use: use, isPicked: true)
    try wake(like: number, groups: found.groups)
    if let key = plan.stickyKey, let campaign = caller.campaign {
      try stick(number, to: key, until: now + campaign.terms.stickyFor)
    }
    return Grant(
      request: requestID, number: number,
      callerID: number.phone.presented(settings.present, countryCode: settings.countryCode),
      areaCode: found.areaCode ?? number.areaCodes.first,
      match: found.match, reservedUntil: isReserved ? reservedUntil : nil)
  }

  private func refuse(
    _ request: Request, of caller: Caller, _ status: Status, _ reason: String
  ) throws -> Answer {
    try log(request, of: caller, status: status, reason: reason)
    return .refused(status, reason: reason)
  }

  /// Why the call keeps its caller-ID, or nil if it does not.
  private func reasonToKeep(_ request: Request, of campaign: Campaign?) throws -> String? {
    guard request.respectExisting || campaign?.terms.respectExisting == true,
      let text = request.callerID, let phone = try? PhoneNumber(text, countryCode: settings.countryCode, codes: .any)
    else { return nil }
    if try number(phone) != nil { return "the call shows one of our numbers already" }
    guard let own = campaign?.terms.callerID, own != phone else { return nil }
    return "the call shows another caller-ID than the campaign's"
  }

  /// - Returns: the request's number in the log.
  @discardableResult
  private func log(
    _ request: Request, of caller: Caller, status: Status, reason: String? = nil, number: Number? = nil,
    match: Match? = nil, areaCode: String? = nil, reservedUntil: Int = 0
  ) throws -> Int {
    let campaignID = try caller.campaign.map { try keep($0, counting: status == .ok) }
    let agentID = try caller.agent.map { try keep($0, counting: status == .ok) }
    try database.run(
      """
      INSERT INTO request (at, status, reason, destination, area_code, campaign_id, agent_id, number_id, match,
        reserved_until, uniqueid, call_code)
      VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
      """,
      now, status.rawValue,
      // A reason may repeat text from the dialplan, which can have any length.
      reason.flatMap { CallerText($0, maximumLength: 250)?.text }, CallerText(request.destination)?.text, areaCode,
      campaignID,
      agentID, number?.id, match?.rawValue, reservedUntil, request.uniqueID?.text, request.callCode?.text)
    return database.lastInsertedRowID
  }
}

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
    try write {
      let caller = try caller(of: request)
      _ = try refuse(request, of: caller, .badRequest, reason, at: moment)
    }
  }

  /// Numbers that a call files anew where all are to be: some milliseconds.
  private static let refiledByCall = 100

  struct Caller {
    let campaign: Campaign?
    let agent: Agent?
  }

  func caller(of request: Request) throws -> Caller {
    let campaign =
      try request.campaign.map { try self.campaign($0) }
      ?? self.campaign(dialling: request.dialString ?? request.destination)
    return Caller(campaign: campaign, agent: try request.agent.map { try agent($0) })
  }

  private func answer(_ request: Request) throws -> Answer {
    let moment = moment
    if isRefiling { try refile(Self.refiledByCall, at: moment) }
    let caller = try caller(of: request)
    do {
      let plan = try plan(request, for: caller.campaign, at: moment)
      if let reason = try reasonToKeep(request, of: caller.campaign) {
        try log(request, of: caller, status: .kept, reason: reason, at: moment)
        return .kept(reason: reason)
      }
      try checkLimits(of: caller.campaign, and: caller.agent, at: moment)
      guard let found = try search(plan) else { throw Refusal(.noneAvailable, try reasonForNone(plan)) }
      return .granted(try grant(found, to: request, of: caller, plan))
    } catch let refusal as Refusal {
      return try refuse(request, of: caller, refusal.status, refusal.reason, at: moment)
    }
  }

  private func grant(_ found: Found, to request: Request, of caller: Caller, _ plan: Plan) throws -> Grant {
    let moment = plan.moment
    var number = found.number
    let isReserved = plan.reservationTTL > 0 && number.effectiveMaxConcurrent(moment) > 0
    let reservedUntil = isReserved ? moment.now + plan.reservationTTL : 0
    let requestID = try log(
      request, of: caller, status: .ok, number: number, match: found.match, areaCode: plan.areaCode,
      reservedUntil: reservedUntil, at: moment)
    number.today.count(in: moment.windows.day)
    number.thisHour.count(in: moment.windows.hour)
    number.lastRequest = requestID
    number.lastUsedAt = moment.now
    number.reservations = number.reservations(at: moment.now)
    if isReserved {
      number.reservations.append(Reservation(request: requestID, from: moment.now, until: reservedUntil))
    }
    var use = found.use
    use?.today.count(in: moment.windows.day)
    use?.thisHour.count(in: moment.windows.hour)
    try refile(&number, use: use, at: moment)
    try wake(like: number, at: moment)
    if let key = plan.stickyKey, let campaign = caller.campaign {
      try stick(number, to: key, until: moment.now + campaign.terms.stickyFor)
    }
    return Grant(
      request: requestID, number: number,
      callerID: number.phone.presented(settings.present, countryCode: settings.countryCode),
      areaCode: found.areaCode ?? number.areaCodes.first,
      match: found.match, reservedUntil: isReserved ? reservedUntil : nil)
  }

  private func refuse(
    _ request: Request, of caller: Caller, _ status: Status, _ reason: String, at moment: Moment
  ) throws -> Answer {
    try log(request, of: caller, status: status, reason: reason, at: moment)
    return .refused(status, reason: reason)
  }

  /// Why a call is to go on with the caller-ID it has, or nil.
  private func reasonToKeep(_ request: Request, of campaign: Campaign?) throws -> String? {
    guard request.respectExisting || campaign?.terms.respectExisting == true,
      let text = request.callerID, let phone = try? PhoneNumber(text, countryCode: settings.countryCode)
    else { return nil }
    if try number(phone) != nil { return "the call shows one of our numbers already" }
    guard let own = campaign?.terms.callerID, own != phone else { return nil }
    return "the call shows another caller-ID than the campaign's"
  }

  /// - Returns: the request's number in the log.
  @discardableResult
  private func log(
    _ request: Request, of caller: Caller, status: Status, reason: String? = nil, number: Number? = nil,
    match: Match? = nil, areaCode: String? = nil, reservedUntil: Int = 0, at moment: Moment
  ) throws -> Int {
    let campaignID = try caller.campaign.map { try keep($0, counting: status == .ok, at: moment) }
    let agentID = try caller.agent.map { try keep($0, counting: status == .ok, at: moment) }
    try database.run(
      """
      INSERT INTO request (at, status, reason, destination, area_code, campaign_id, agent_id, number_id, match,
        reserved_until, uniqueid, call_code)
      VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
      """,
      moment.now, status.rawValue,
      // It may repeat what the dialplan wrote, of any length.
      reason.flatMap { CallerText($0, maximumLength: 250)?.text }, CallerText(request.destination)?.text, areaCode,
      campaignID,
      agentID, number?.id, match?.rawValue, reservedUntil, request.uniqueID?.text, request.callCode?.text)
    return database.lastInsertedRowID
  }
}

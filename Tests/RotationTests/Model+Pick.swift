extension Model {
  /// An ask for a caller-ID.
  struct Ask {
    /// The digits of the dial string.
    var dialled: String
    /// The destination, however it was dialled; nil: none that can be called.
    var destination: String?
    /// The area codes that it may be said to have, the best first: one in North America.
    var areas: [String]
    var campaign: String?
    var agent: String?
    var pool: String?
    var carrier: String?
    var callerID: String?
    var respectsExisting = false
    var ttl: Int?
    var call = ""
  }

  /// - Returns: the number, the match and the end of the reservation; or the status where none is given.
  mutating func pick(_ asked: Ask) -> String {
    var ask = asked
    // Names are the same in capitals or not.
    ask.campaign = asked.campaign?.uppercased()
    ask.agent = asked.agent?.uppercased()
    let name = ask.campaign ?? campaign(dialling: ask.dialled)
    let terms = name.flatMap { campaigns[$0] } ?? Campaign()
    let drawn = ask.pool.map { [$0] } ?? terms.pools
    guard ask.destination != nil, drawn.allSatisfy(pools.contains) else { return "BAD_REQUEST" }
    // Its limits would not hold in pools that are not its own.
    if terms.limitsNumbers, !drawn.allSatisfy(terms.pools.contains) { return "BAD_REQUEST" }
    if keeps(ask, terms) { return "KEPT" }
    if let agent = ask.agent, !mayCall(agent) { return "RATE_LIMITED" }
    if let name, !mayCall(name, terms) { return "NONE_AVAILABLE" }
    guard let (index, match) = choose(ask, name, terms, from: drawn) else { return "NONE_AVAILABLE" }

    let (hour, day) = (calendar.hour(of: now), calendar.day(of: now))
    let ttl = ask.ttl ?? terms.ttl ?? settings.ttl
    let isReserved = ttl > 0 && most(lines[index]) > 0
    grants.append(Grant(call: ask.call, line: lines[index].id))
    lines[index].calls.append(Call(hour: hour, day: day, campaign: terms.limitsNumbers ? name : nil))
    lines[index].lastUse = grants.count
    if isReserved { lines[index].reservations.append((grants.count - 1, now + ttl)) }
    if let name { callsOfCampaigns[name, default: []].append(Call(hour: hour, day: day)) }
    if let agent = ask.agent { count(agent) }
    if let key = stickyKey(ask, name, terms) { stuck[key] = (lines[index].id, now + terms.stickyFor) }
    return "\(lines[index].digits) \(match) \(isReserved ? now + ttl : 0)"
  }

  /// The campaign that has the longest dial prefix that was dialled before a number.
  private func campaign(dialling dialled: String) -> String? {
    campaigns.filter { !$0.value.dialPrefix.isEmpty && dialled.count > 10 && dialled.hasPrefix($0.value.dialPrefix) }
      .max { $0.value.dialPrefix.count < $1.value.dialPrefix.count }?.key
  }

  private func keeps(_ ask: Ask, _ terms: Campaign) -> Bool {
    guard ask.respectsExisting || terms.respectsExisting, let shown = ask.callerID else { return false }
    return lines.contains { $0.digits == shown } || terms.callerID.map { $0 != shown } ?? false
  }

  // MARK: Who may call

  private func mayCall(_ name: String) -> Bool {
    let agent = agents[name] ?? Agent()
    let limit = agent.callsPerMinute ?? settings.callsPerMinute
    return (agent.minute == now / 60 ? agent.calls : 0) < limit ?? .max
  }

  private mutating func count(_ name: String) {
    var agent = agents[name] ?? Agent()
    agent.calls = agent.minute == now / 60 ? agent.calls + 1 : 1
    agent.minute = now / 60
    agents[name] = agent
  }

  private func mayCall(_ name: String, _ terms: Campaign) -> Bool {
    let calls = callsOfCampaigns[name] ?? []
    return callsThisHour(calls) < terms.hourlyLimit ?? .max && callsToday(calls) < terms.dailyLimit ?? .max
  }

  private func callsThisHour(_ calls: [Call]) -> Int {
    let hour = calendar.hour(of: now)
    return calls.count { $0.hour == hour }
  }

  private func callsToday(_ calls: [Call]) -> Int {
    let day = calendar.day(of: now)
    return calls.count { $0.day == day }
  }

  // MARK: Which number

  private func choose(
    _ ask: Ask, _ name: String?, _ terms: Campaign, from drawn: [String]
  ) -> (index: Int, match: String)? {
    let carrier = ask.carrier ?? terms.carrier
    let asked = lines.indices.filter {
      drawn.contains(lines[$0].pool) && (carrier == nil || carrier == lines[$0].carrier)
    }
    let eligible = asked.filter { isEligible(lines[$0], name, terms) }
    if let key = stickyKey(ask, name, terms), let (line, until) = stuck[key], until > now,
      let index = eligible.first(where: { lines[$0].id == line })
    {
      return (index, "sticky")
    }
    let policy = terms.match ?? settings.match
    let suited = eligible.compactMap { index in
      tier(of: lines[index], ask.areas, policy).map { tier in
        (tier: tier, pool: drawn.firstIndex(of: lines[index].pool)!, lastUse: lines[index].lastUse, index: index)
      }
    }
    let best = suited.min {
      ($0.tier, $0.pool, $0.lastUse, $0.index) < ($1.tier, $1.pool, $1.lastUse, $1.index)
    }
    if let best {
      return (best.index, best.tier < 10 ? "area" : best.tier < 12 ? "region" : "any")
    }
    guard terms.whenExhausted == "least-used" else { return nil }
    let held = asked.filter { !eligible.contains($0) && isEligible(lines[$0], name, terms, besidesReservations: true) }
    let least = held.min {
      (callsToday(lines[$0].calls), lines[$0].lastUse) < (callsToday(lines[$1].calls), lines[$1].lastUse)
    }
    return least.map { ($0, "exhausted") }
  }

  private func stickyKey(_ ask: Ask, _ name: String?, _ terms: Campaign) -> String? {
    switch (terms.sticky, name, ask.agent) {
    case ("destination", _, _): "destination \(ask.destination!)"
    case ("agent", let name?, let agent?): "agent \(name) \(agent)"
    default: nil
    }
  }

  /// How well a number suits: 0 to 9 the area code, 10 its overlays, 11 its region, 12 no better than any other.
  private func tier(of line: Line, _ areas: [String], _ policy: String) -> Int? {
    for (place, code) in areas.enumerated()
    where line.serves.contains(code) || !ModelRegions.regions(of: code).isDisjoint(with: line.serves) {
      return place
    }
    if policy == "area" { return nil }
    if let code = areas.first, areas.count == 1 {
      if line.serves.contains(where: { ModelRegions.overlay(code, $0) }) { return 10 }
      let region = ModelRegions.regions(of: code)
      if line.serves.contains(where: { !region.isDisjoint(with: ModelRegions.regions(of: $0)) }) { return 11 }
    }
    return policy == "any" ? 12 : nil
  }

  // MARK: Whether it may be used

  private func isEligible(
    _ line: Line, _ name: String?, _ terms: Campaign, besidesReservations: Bool = false
  ) -> Bool {
    guard line.state == "enabled", isProven(line), line.restingUntil <= now else { return false }
    if !besidesReservations, most(line) > 0, line.reservations.count(where: { $0.until > now }) >= most(line) {
      return false
    }
    guard callsThisHour(line.calls) < (line.hourlyLimit ?? settings.hourlyLimit) ?? .max else { return false }
    guard callsToday(line.calls) < dailyLimit(line) ?? .max else { return false }
    let calls = line.calls.filter { $0.campaign != nil && $0.campaign == name }
    return callsThisHour(calls) < terms.numberHourlyLimit ?? .max && callsToday(calls) < terms.numberDailyLimit ?? .max
  }

  private func most(_ line: Line) -> Int { line.maxConcurrent ?? settings.maxConcurrent }

  private func isProven(_ line: Line) -> Bool {
    let order = ["A", "B", "C", "none"]
    return order.firstIndex(of: line.attestation)! <= order.firstIndex(of: settings.attestation)!
      && (line.isAuthorized || !settings.needsAuthorization) && (line.isVerified || !settings.needsVerification)
      && (line.isAnswered || !settings.needsCallback)
  }

  /// As far as it has warmed up: a step more each day, from the start to its full value.
  private func dailyLimit(_ line: Line) -> Int? {
    guard let limit = line.dailyLimit ?? settings.dailyLimit else { return nil }
    let days = calendar.day(of: now) - calendar.day(of: line.addedAt)
    guard days < settings.warmUpDays, settings.warmUpStart < limit else { return limit }
    return settings.warmUpStart + (limit - settings.warmUpStart) * days / settings.warmUpDays
  }
}

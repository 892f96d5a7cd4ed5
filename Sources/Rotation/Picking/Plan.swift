/// Where to look for a number for a request, and in which order.
struct Plan {
  let moment: Moment
  let destination: Destination
  /// The area code to match, as requests are counted by it; nil if none is known.
  let areaCode: String?
  /// What numbers may serve to match it, the nearest first.
  let areas: [ServedArea]
  /// The calling code of the destination's country; nil if none is known.
  let country: String?
  let pools: [Pool]
  let carrierID: Int?
  let campaign: Campaign?
  let policy: MatchPolicy
  /// The destination: nobody is to be called from their own number while another is free. Nil: it is no number of any
  /// country, or no other is free.
  var spared: PhoneNumber?
  let stickyKey: StickyKey?
  /// Seconds; 0: nothing is reserved.
  let reservationTTL: Int

  /// The same plan for when no other number is free than the destination itself.
  var sparingNone: Plan {
    var plan = self
    plan.spared = nil
    return plan
  }

  /// The tiers in the order in which they are tried. The area codes of a tier are looked up when it is tried.
  var tiers: [Tier] {
    var tiers = areas.map { Tier(match: .area, reach: .area($0)) }
    if policy != .area, country == "1", let areaCode {
      tiers.append(Tier(match: .region, reach: .overlays(of: areaCode)))
      tiers.append(Tier(match: .region, reach: .region(of: areaCode)))
    }
    if policy == .country || policy == .any, let country {
      // At home it is said only where it was asked for: there any other number is as a rule of the same country.
      let isTold = policy == .country || !destination.isHome
      tiers.append(Tier(match: isTold ? .country : .any, reach: .country(country)))
    }
    if policy == .any { tiers.append(Tier(match: .any, reach: .anywhere(but: country))) }
    return tiers
  }

  /// The fewest tiers that have all numbers which would do.
  var widest: [Tier] { policy == .any ? [.anywhere(.any)] : tiers }

  /// The lanes of a tier in one pool; nil if there are none.
  func lanes(of tier: Tier, in pool: Pool) -> Lanes? {
    guard let areas = tier.reach.areas(in: pool) else { return nil }
    // Lanes that are still being filled lack numbers.
    let scope = scope(in: pool).flatMap { $0.filledTo == nil ? $0 : nil }
    return Lanes(campaignID: scope?.campaignID ?? 0, pool: pool, carrierID: carrierID, areas: areas)
  }

  /// The campaign's own lanes in a pool, where it has some.
  func scope(in pool: Pool) -> CampaignScope? {
    campaign.flatMap { campaign in pool.scopes.first { $0.campaignID == campaign.id } }
  }
}

/// Why a request gets no number.
struct Refusal: Error {
  let status: Status
  let reason: String

  init(_ status: Status, _ reason: String) {
    self.status = status
    self.reason = reason
  }
}

extension Snapshot {
  /// Works out where to look for a number.
  ///
  /// - Throws: `Refusal` if no number could answer the request, such as one for an unknown pool.
  func plan(_ request: Request, for campaign: Campaign?) throws -> Plan {
    let terms = campaign?.terms ?? CampaignTerms()
    guard
      let destination = Destination(
        request.destination, prefixes: [terms.dialPrefix, settings.stripPrefix],
        countryCode: settings.countryCode, internationalPrefix: settings.internationalPrefix)
    else { throw Refusal(.badRequest, "no usable destination") }

    let pools = try (request.pool.map { [$0] } ?? terms.pools).map { name in
      guard let pool = try pool(named: name) else { throw Refusal(.badRequest, "unknown pool") }
      return pool
    }
    // Its calls with each number are counted in its own pools only.
    if let campaign, terms.limitsNumbers,
      pools.contains(where: { pool in !pool.scopes.contains { $0.campaignID == campaign.id } })
    {
      throw Refusal(.badRequest, "the campaign limits its calls with each number, and this pool is none of its pools")
    }
    var carrierID: Int?
    if let name = request.carrier ?? terms.carrier {
      // An unknown carrier is not an error of the call: the carrier just has no numbers here.
      guard let carrier = try carrier(named: name) else {
        throw Refusal(.noneAvailable, "no number of this carrier")
      }
      carrierID = carrier.id
    }
    // An area code that is asked for is one of the own country.
    let country = request.areaCode == nil ? destination.number?.callingCode : settings.countryCode
    let areas =
      request.areaCode.map { [ServedArea(callingCode: settings.countryCode, areaCode: $0)] }
      ?? destination.number.map { ServedArea.all(of: $0, pools.contains { $0.reach.contains(.otherLengths) }) } ?? []
    return Plan(
      moment: moment, destination: destination, areaCode: request.areaCode ?? destination.areaCode, areas: areas,
      country: country, pools: pools, carrierID: carrierID, campaign: campaign, policy: terms.match ?? settings.match,
      spared: destination.number.map { PhoneNumber(e164: $0.callingCode + $0.national, written: "") },
      stickyKey: StickyKey(terms.sticky, destination: destination, campaign: campaign, agent: request.agent),
      reservationTTL: request.reservationTTL ?? terms.reservationTTL ?? settings.reservationTTL)
  }

  /// How much of a campaign's limit this dialer may use itself: in a cluster as much as it has been given.
  private func share(of limit: Int, _ quotas: [Usage], _ window: Range<Int>) -> Int {
    guard isClustered else { return limit }
    return min(limit, quotas.map { $0.calls(in: window) }.max() ?? 0)
  }

  /// Checks the agent's rate and the campaign's own limits, and a dialer's lease.
  ///
  /// - Throws: `Refusal` if one of them is reached.
  func checkLimits(of campaign: Campaign?, and agent: Agent?) throws {
    try checkLease()
    if let agent {
      if let limit = agent.effectiveCallsPerMinute(moment), agent.thisMinute.calls(in: moment.minute) >= limit {
        throw Refusal(.rateLimited, "the agent's calls this minute are at the limit of \(limit)")
      }
    }
    if let campaign {
      let terms = campaign.terms
      let (hour, day) = (moment.windows.hour, moment.windows.day)
      if let limit = terms.hourlyLimit, campaign.thisHour.calls(in: hour) >= share(of: limit, terms.quota.hours, hour) {
        throw Refusal(.noneAvailable, "the campaign's calls this hour are at its limit of \(limit)")
      }
      if let limit = terms.dailyLimit, campaign.today.calls(in: day) >= share(of: limit, terms.quota.days, day) {
        throw Refusal(.noneAvailable, "the campaign's calls today are at its limit of \(limit)")
      }
    }
  }
}

/// Where to look for a number for a request, and in which order.
struct Plan {
  let moment: Moment
  let destination: Destination
  /// The area code to match; nil if none is known.
  let areaCode: String?
  let pools: [Pool]
  let carrierID: Int?
  let campaign: Campaign?
  let policy: MatchPolicy
  let stickyKey: StickyKey?
  /// Seconds; 0: nothing is reserved.
  let reservationTTL: Int

  /// The tiers in the order in which they are tried. The area codes of a tier are looked up when it is tried.
  var tiers: [Tier] {
    var tiers: [Tier] = destination.nationalPrefixes.map { Tier(match: .area, reach: .areaCode($0)) }
    if let areaCode {
      tiers = [Tier(match: .area, reach: .areaCode(areaCode))]
      // VICIdial's table has area codes of two to five digits, and the longest that fits counts.
      if pools.contains(where: { $0.reach.contains(.otherLengths) }), areaCode == destination.areaCode {
        let others = { (lengths: [Int]) in
          lengths.map { Tier(match: .area, reach: .otherLength(String(destination.number.prefix($0)))) }
        }
        tiers = others([6, 5, 4]) + tiers + others([2, 1])
      }
      if policy != .area {
        tiers.append(Tier(match: .region, reach: .overlays(of: areaCode)))
        tiers.append(Tier(match: .region, reach: .region(of: areaCode)))
      }
    }
    if policy == .any { tiers.append(Tier(match: .any, reach: .anywhere)) }
    return tiers
  }

  /// The tier with the most numbers, which says why there is none.
  var widestTier: Tier? {
    tiers.last { if case .otherLength = $0.reach { false } else { true } }
  }

  /// The lanes of a tier in one pool; nil if there are none.
  func lanes(of tier: Tier, in pool: Pool) -> Lanes? {
    let areaCodes = tier.reach.areaCodes(in: pool)
    guard !areaCodes.isEmpty else { return nil }
    // Lanes that are still being filled lack numbers.
    let scope = scope(in: pool).flatMap { $0.filledTo == nil ? $0 : nil }
    return Lanes(campaignID: scope?.campaignID ?? 0, pool: pool, carrierID: carrierID, areaCodes: areaCodes)
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
        countryCode: settings.countryCode)
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
    return Plan(
      moment: moment, destination: destination, areaCode: request.areaCode ?? destination.areaCode, pools: pools,
      carrierID: carrierID, campaign: campaign, policy: terms.match ?? settings.match,
      stickyKey: StickyKey(terms.sticky, destination: destination, campaign: campaign, agent: request.agent),
      reservationTTL: request.reservationTTL ?? terms.reservationTTL ?? settings.reservationTTL)
  }

  /// Checks the agent's rate and the campaign's own limits.
  ///
  /// - Throws: `Refusal` if one of them is reached.
  func checkLimits(of campaign: Campaign?, and agent: Agent?) throws {
    if let agent {
      if let limit = agent.effectiveCallsPerMinute(moment), agent.thisMinute.calls(in: moment.minute) >= limit {
        throw Refusal(.rateLimited, "the agent's calls this minute are at the limit of \(limit)")
      }
    }
    if let campaign {
      if let limit = campaign.terms.hourlyLimit, campaign.thisHour.calls(in: moment.windows.hour) >= limit {
        throw Refusal(.noneAvailable, "the campaign's calls this hour are at its limit of \(limit)")
      }
      if let limit = campaign.terms.dailyLimit, campaign.today.calls(in: moment.windows.day) >= limit {
        throw Refusal(.noneAvailable, "the campaign's calls today are at its limit of \(limit)")
      }
    }
  }
}

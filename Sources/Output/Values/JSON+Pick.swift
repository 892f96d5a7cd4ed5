package import Rotation

extension JSON {
  /// The answer of `next` where there is a number.
  ///
  /// - Parameter reserved: whether the number was taken: the call is counted and logged.
  package init(_ grant: Grant, reserved: Bool, at moment: Moment) {
    let number = grant.number
    self = .object([
      ("status", .text(Status.ok.rawValue)),
      ("caller_id", .text(grant.callerID)),
      ("carrier", JSON(number.carrier?.name)),
      ("area_code", JSON(grant.areaCode)),
      ("match", .text(grant.match.rawValue)),
      ("pool", .text(number.pool.name)),
      ("reserved_until", JSON(time: reserved ? grant.reservedUntil : nil)),
      (
        "meta",
        .object([
          ("reserved", .flag(reserved)),
          ("reason", .null),
          ("name", .text(number.name)),
          // Including this call.
          ("used_today", .number(number.today.calls(in: moment.windows.day))),
          ("used_this_hour", .number(number.thisHour.calls(in: moment.windows.hour))),
          ("daily_limit", JSON(number.effectiveDailyLimit(moment))),
          ("hourly_limit", JSON(number.effectiveHourlyLimit(moment))),
        ])
      ),
    ])
  }

  /// The answer of `next` where there is no number: the same keys.
  package init(refused status: Status, reason: String) {
    let nothing = ["caller_id", "carrier", "area_code", "match", "pool", "reserved_until"].map { ($0, JSON.null) }
    let unknown = ["name", "used_today", "used_this_hour", "daily_limit", "hourly_limit"].map { ($0, JSON.null) }
    self = .object(
      [("status", .text(status.rawValue))] + nothing
        + [("meta", .object([("reserved", .flag(false)), ("reason", .text(reason))] + unknown))])
  }

  /// The answer of `explain`.
  package init(_ explanation: Explanation) {
    let moment = explanation.moment
    let chosen = explanation.choices.first
    self = .object([
      ("status", .text((explanation.refusal?.status ?? .ok).rawValue)),
      ("reason", JSON(explanation.refusal?.reason)),
      ("caller_id", JSON(chosen?.callerID)),
      ("carrier", JSON(chosen?.number.carrier?.name)),
      ("area_code", JSON(chosen?.areaCode)),
      ("match", JSON(chosen?.match.rawValue)),
      ("pool", JSON(chosen?.number.pool.name)),
      ("last_used_at", JSON(time: chosen?.number.lastUsedAt)),
      (
        "destination",
        explanation.destination.map { destination in
          .object([
            ("digits", .text(destination.digits)),
            ("country_code", JSON(destination.number?.callingCode)),
            ("national_number", JSON(destination.number?.national)),
            // How the digits were read, and what a dialplan has put before them.
            ("read_as", .text(destination.reading.name)),
            ("prefix", JSON(destination.reading.prefix)),
            // The area code that numbers are matched with: the one asked for, or the destination's own.
            ("area_code", JSON(explanation.areaCode)),
            ("region", JSON(explanation.areaCode.flatMap { Region.of(areaCode: $0) }?.code)),
          ])
        } ?? .null
      ),
      (
        "campaign",
        explanation.campaign.map { campaign in
          .object([
            ("name", .text(campaign.name.text)),
            ("found_by", .text(explanation.campaignIsDialled ? "dial_prefix" : "name")),
            ("used_today", .number(campaign.today.calls(in: moment.windows.day))),
            ("used_this_hour", .number(campaign.thisHour.calls(in: moment.windows.hour))),
          ])
        } ?? .null
      ),
      (
        "agent",
        explanation.agent.map { agent in
          .object([
            ("name", .text(agent.name.text)),
            ("used_this_minute", .number(agent.thisMinute.calls(in: moment.minute))),
            ("calls_per_minute", JSON(agent.effectiveCallsPerMinute(moment))),
          ])
        } ?? .null
      ),
      (
        "tiers",
        .list(
          explanation.steps.map { step in
            .object([
              ("match", .text(step.match.rawValue)),
              ("area_codes", .list(step.areaCodes.map(JSON.text))),
              ("pool", .text(step.pool)),
              ("numbers", .number(step.numbers)),
              ("eligible", .number(step.eligible)),
              // Each number is counted under the rule that keeps it asleep the longest.
              ("asleep", .object(step.asleep.map { ($0.reason, .number($0.numbers)) })),
            ])
          })
      ),
      (
        "next",
        .list(
          explanation.choices.dropFirst().map { choice in
            .object([
              ("caller_id", .text(choice.callerID)),
              ("match", .text(choice.match.rawValue)),
              ("pool", .text(choice.number.pool.name)),
              ("last_used_at", JSON(time: choice.number.lastUsedAt)),
            ])
          })
      ),
    ])
  }
}

import Rotation

// The JSON keys and CSV columns of callerid-admin: a contract with the programs that read them. Times are ISO 8601 in
// UTC; what is not known, or not limited, is null.

/// `list`; `show`, `add` and `set` have those below as well.
func numberFields(at moment: Moment) -> [Field<Number>] {
  [
    Field("caller_id") { .text($0.phone.written) },
    Field("name") { .text($0.name) },
    Field("carrier") { JSON($0.carrier?.name) },
    Field("area_code") { JSON($0.areaCodes.isEmpty ? nil : $0.areaCodes.joined(separator: " ")) },
    Field("pool") { .text($0.pool.name) },
    Field("enabled") { .flag($0.state == .enabled) },
    // The limits in force: its own, or the settings'.
    Field("daily_limit") { JSON($0.effectiveDailyLimit(moment)) },
    Field("hourly_limit") { JSON($0.effectiveHourlyLimit(moment)) },
    Field("used_today") { .number($0.today.calls(in: moment.windows.day)) },
    Field("used_this_hour") { .number($0.thisHour.calls(in: moment.windows.hour)) },
    Field("last_used_at") { JSON(time: $0.lastUsedAt) },
    Field("reserved_until") { JSON(time: $0.reservedUntil(at: moment.now)) },
    Field("resting_until") { JSON(time: $0.rest(at: moment.now)?.until) },
  ]
}

/// `show`, `add`, `set`.
func numberDetailFields(at moment: Moment) -> [Field<Number>] {
  [
    Field("state") { .text($0.state.rawValue) },
    Field("added_at") { JSON(time: $0.addedAt) },
    Field("rest_reason") { $0.rest(at: moment.now).map { .text($0.reason) } ?? .null },
    // Null where it does not warm up; the daily limit above is today's.
    Field("warm_up_day") { JSON($0.warmUpDay(at: moment)) },
    Field("max_concurrent") { .number($0.effectiveMaxConcurrent(moment)) },
    Field("reservations") {
      .list(
        $0.reservations(at: moment.now).map {
          .object([("reserved_at", JSON(time: $0.from)), ("expires_at", JSON(time: $0.until))])
        })
    },
    Field("attestation") { .text($0.ownership.attestation.text) },
    Field("authorized_by") { .text($0.ownership.authorizedBy) },
    // A day, at its beginning in UTC.
    Field("verified_at") { JSON(time: $0.ownership.verifiedAt) },
    Field("callback") { .flag($0.ownership.callback) },
  ]
}

/// `campaign list`, `show`, `set`, `unset`. What is null is as the store's settings have it, or not limited.
func campaignFields(at moment: Moment) -> [Field<Campaign>] {
  [
    Field("name") { .text($0.name.text) },
    Field("used_today") { .number($0.today.calls(in: moment.windows.day)) },
    Field("used_this_hour") { .number($0.thisHour.calls(in: moment.windows.hour)) },
  ]
    + CampaignSetting.allCases.map { setting in Field(setting.rawValue) { JSON(setting, in: $0.terms) } }
}

/// `agent list`.
func agentFields(at moment: Moment) -> [Field<Agent>] {
  [
    Field("name") { .text($0.name.text) },
    // The limit in force: its own, or the setting's.
    Field("calls_per_minute") { JSON($0.effectiveCallsPerMinute(moment)) },
    Field("own_limit") { .flag($0.callsPerMinute != nil) },
    Field("used_this_minute") { .number($0.thisMinute.calls(in: moment.minute)) },
    Field("used_this_hour") { .number($0.thisHour.calls(in: moment.windows.hour)) },
    Field("used_today") { .number($0.today.calls(in: moment.windows.day)) },
  ]
}

/// `audit`.
let auditFields: [Field<AuditEntry>] = [
  Field("at") { JSON(time: $0.at) },
  Field("who") { .text($0.who) },
  Field("what") { .text($0.what) },
]

/// `reservations`.
let reservationFields: [Field<ListedReservation>] = [
  Field("caller_id") { .text($0.callerID) },
  Field("campaign") { JSON($0.campaign) },
  Field("agent") { JSON($0.agent) },
  Field("destination") { JSON($0.destination) },
  Field("uniqueid") { JSON($0.uniqueID) },
  Field("reserved_at") { JSON(time: $0.reservedAt) },
  Field("expires_at") { JSON(time: $0.expiresAt) },
]

/// `requests`.
let requestFields: [Field<LoggedRequest>] = [
  Field("at") { JSON(time: $0.at) },
  Field("destination") { JSON($0.destination) },
  Field("campaign") { JSON($0.campaign) },
  Field("agent") { JSON($0.agent) },
  Field("status") { .text($0.status) },
  Field("caller_id") { JSON($0.callerID) },
  Field("match") { JSON($0.match) },
  Field("reason") { JSON($0.reason) },
  Field("call_code") { JSON($0.callCode?.text) },
  Field("lead_id") { JSON($0.callCode?.leadID) },
  Field("uniqueid") { JSON($0.uniqueID) },
  Field("released_at") { JSON(time: $0.releasedAt) },
  Field("dial_status") { JSON($0.dialStatus) },
  Field("answered_seconds") { JSON($0.answeredSeconds) },
  Field("hangup_cause") { JSON($0.hangUpCause) },
]

/// `config`.
func settingFields(in settings: Settings) -> [Field<Setting>] {
  [
    Field("key") { .text($0.rawValue) },
    Field("value") { .text($0.value(in: settings)) },
    Field("default") { .text($0.defaultValue) },
  ]
}

extension JSON {
  /// `next` that got a number.
  init(_ grant: Grant, reserved: Bool, at moment: Moment) {
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
          // Whether the call was counted and logged, and the number taken.
          ("reserved", .flag(reserved)),
          ("reason", .null),
          ("name", .text(number.name)),
          // With this call.
          ("used_today", .number(number.today.calls(in: moment.windows.day))),
          ("used_this_hour", .number(number.thisHour.calls(in: moment.windows.hour))),
          ("daily_limit", JSON(number.effectiveDailyLimit(moment))),
          ("hourly_limit", JSON(number.effectiveHourlyLimit(moment))),
        ])
      ),
    ])
  }

  /// `next` that got none: the same keys.
  init(refused status: Status, reason: String) {
    let nothing = ["caller_id", "carrier", "area_code", "match", "pool", "reserved_until"].map { ($0, JSON.null) }
    let unknown = ["name", "used_today", "used_this_hour", "daily_limit", "hourly_limit"].map { ($0, JSON.null) }
    self = .object(
      [("status", .text(status.rawValue))] + nothing
        + [("meta", .object([("reserved", .flag(false)), ("reason", .text(reason))] + unknown))])
  }

  fileprivate init(_ setting: CampaignSetting, in terms: CampaignTerms) {
    self =
      switch setting {
      case .numberDailyLimit: JSON(terms.numberDailyLimit)
      case .numberHourlyLimit: JSON(terms.numberHourlyLimit)
      case .dailyLimit: JSON(terms.dailyLimit)
      case .hourlyLimit: JSON(terms.hourlyLimit)
      case .reservationTTL: JSON(terms.reservationTTL)
      case .stickyFor: .number(terms.stickyFor)
      case .respectExisting: .flag(terms.respectExisting)
      case .carrier, .match, .callerID, .dialPrefix:
        JSON(setting.value(in: terms).isEmpty ? nil : setting.value(in: terms))
      case .pools, .sticky, .whenExhausted: .text(setting.value(in: terms))
      }
  }

  /// `explain`.
  init(_ explanation: Explanation) {
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
            // The one that is matched: --area's, or its own.
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
              // By the name of the rule that keeps them asleep the longest.
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

  /// `import`.
  init(_ report: ImportReport) {
    self = .object([
      ("added", .number(report.added)),
      ("updated", .number(report.updated)),
      ("unchanged", .number(report.unchanged)),
      (
        "rejected",
        .list(
          report.rejected.map {
            .object([("line", .number($0.line)), ("value", .text($0.value)), ("reason", .text($0.reason))])
          })
      ),
    ])
  }

  /// `stats`.
  init(_ statistics: Statistics) {
    func list(_ lines: [Statistics.Line], key: String) -> JSON {
      .list(
        lines.map {
          .object([
            (key, .text($0.name)), ("used_today", .number($0.usedToday)), ("used_this_hour", .number($0.usedThisHour)),
          ])
        })
    }
    self = .object([
      ("numbers", .number(statistics.numbers)),
      ("available", .number(statistics.available)),
      ("reserved", .number(statistics.reserved)),
      ("at_limit", .number(statistics.atLimit)),
      ("resting", .number(statistics.resting)),
      ("disabled", .number(statistics.disabled)),
      ("requests", .number(statistics.requests)),
      ("granted", .number(statistics.granted)),
      ("refused", .number(statistics.refused)),
      ("kept", .number(statistics.kept)),
      ("by_campaign", list(statistics.campaigns, key: "name")),
      ("by_agent", list(statistics.agents, key: "name")),
      ("by_number", list(statistics.usedNumbers, key: "caller_id")),
      ("warnings", .list(statistics.warnings.map { .text($0) })),
    ])
  }

  /// `reset-usage`.
  init(_ report: ResetReport, dryRun: Bool) {
    self = .object([
      ("numbers", .number(report.numbers)),
      ("campaigns", .number(report.campaigns)),
      ("agents", .number(report.agents)),
      ("archived_days", .number(report.archivedDays)),
      ("pruned_requests", .number(report.prunedRequests)),
      ("dry_run", .flag(dryRun)),
    ])
  }
}

/// `stats --by`.
func outcomeFields(by grouping: Grouping) -> [Field<OutcomesReport.Group>] {
  let key =
    switch grouping {
    case .number: "caller_id"
    case .area: "area_code"
    default: grouping.rawValue
    }
  return [
    Field(key) { JSON($0.name) },
    Field("granted") { .number($0.tally.granted) },
    // Null where a refusal is nobody's.
    Field("refused") { grouping.isOfNumber ? .null : .number($0.tally.refused) },
    Field("kept") { grouping.isOfNumber ? .null : .number($0.tally.kept) },
    // Calls whose outcome was told: what the answer rate is the percentage of.
    Field("reported") { .number($0.tally.reported) },
    Field("answered") { .number($0.tally.answered) },
    Field("answer_rate") { JSON($0.tally.answerRate) },
    Field("average_seconds") { JSON($0.tally.averageSeconds) },
    Field("short") { .number($0.tally.short) },
    Field("short_share") { JSON($0.tally.shortShare) },
  ]
}

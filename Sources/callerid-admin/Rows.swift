import Rotation

// The JSON keys and CSV columns of callerid-admin: a contract with the programs that read them. Times are ISO 8601 in
// UTC; what is not known, or not limited, is null.

/// `list`, `show`, `add`, `set`.
struct NumberRow: ReportRow {
  static let keys = [
    "caller_id", "name", "carrier", "area_code", "pool", "enabled", "daily_limit", "hourly_limit", "used_today",
    "used_this_hour", "last_used_at", "reserved_until", "resting_until",
  ]

  let callerId: String
  let name: String
  @OrNull var carrier: String?
  @OrNull var areaCode: String?
  let pool: String
  let enabled: Bool
  /// The limits in force: its own, or the settings'.
  @OrNull var dailyLimit: Int?
  @OrNull var hourlyLimit: Int?
  let usedToday: Int
  let usedThisHour: Int
  @OrNull var lastUsedAt: String?
  @OrNull var reservedUntil: String?
  @OrNull var restingUntil: String?

  init(_ number: Number, at moment: Moment) {
    callerId = number.phone.written
    name = number.name
    carrier = number.carrier?.name
    areaCode = number.areaCodes.isEmpty ? nil : number.areaCodes.joined(separator: " ")
    pool = number.pool.name
    enabled = number.state == .enabled
    dailyLimit = number.effectiveDailyLimit(moment)
    hourlyLimit = number.effectiveHourlyLimit(moment)
    usedToday = number.today.calls(in: moment.windows.day)
    usedThisHour = number.thisHour.calls(in: moment.windows.hour)
    lastUsedAt = Time.utc(number.lastUsedAt)
    reservedUntil = number.reservedUntil > moment.now ? Time.utc(number.reservedUntil) : nil
    restingUntil = number.restingUntil > moment.now ? Time.utc(number.restingUntil) : nil
  }
}

/// `reservations`.
struct ReservationRow: ReportRow {
  static let keys = ["caller_id", "campaign", "agent", "destination", "uniqueid", "reserved_at", "expires_at"]

  let callerId: String
  @OrNull var campaign: String?
  @OrNull var agent: String?
  @OrNull var destination: String?
  @OrNull var uniqueid: String?
  @OrNull var reservedAt: String?
  @OrNull var expiresAt: String?

  init(_ reservation: Reservation) {
    callerId = reservation.callerID
    campaign = reservation.campaign
    agent = reservation.agent
    destination = reservation.destination
    uniqueid = reservation.uniqueID
    reservedAt = Time.utc(reservation.reservedAt)
    expiresAt = Time.utc(reservation.expiresAt)
  }
}

/// `requests`.
struct RequestRow: ReportRow {
  static let keys = ["at", "destination", "campaign", "agent", "status", "caller_id", "match"]

  @OrNull var at: String?
  @OrNull var destination: String?
  @OrNull var campaign: String?
  @OrNull var agent: String?
  let status: String
  @OrNull var callerId: String?
  @OrNull var match: String?

  init(_ request: LoggedRequest) {
    at = Time.utc(request.at)
    destination = request.destination
    campaign = request.campaign
    agent = request.agent
    status = request.status
    callerId = request.callerID
    match = request.match
  }
}

/// `config`.
struct SettingRow: ReportRow {
  static let keys = ["key", "value", "default"]

  let key: String
  let value: String
  let `default`: String

  init(_ setting: Setting, in settings: Settings) {
    key = setting.rawValue
    value = setting.value(in: settings)
    `default` = setting.defaultValue
  }
}

/// `next`.
struct NextObject: Encodable {
  let status: String
  @OrNull var callerId: String? = nil
  @OrNull var carrier: String? = nil
  @OrNull var areaCode: String? = nil
  @OrNull var match: String? = nil
  @OrNull var pool: String? = nil
  @OrNull var reservedUntil: String? = nil
  let meta: Meta

  struct Meta: Encodable {
    /// Whether the number was taken (`--reserve`).
    let reserved: Bool
    /// Why none was given.
    @OrNull var reason: String? = nil
    @OrNull var name: String? = nil
    @OrNull var usedToday: Int? = nil
    @OrNull var usedThisHour: Int? = nil
    @OrNull var dailyLimit: Int? = nil
    @OrNull var hourlyLimit: Int? = nil
  }
}

/// `import`.
struct ImportObject: Encodable {
  let added: Int
  let updated: Int
  let unchanged: Int
  let rejected: [Rejected]

  struct Rejected: Encodable {
    let line: Int
    let value: String
    let reason: String
  }

  init(_ report: ImportReport) {
    added = report.added
    updated = report.updated
    unchanged = report.unchanged
    rejected = report.rejected.map { .init(line: $0.line, value: $0.value, reason: $0.reason) }
  }
}

/// `stats`.
struct StatisticsObject: Encodable {
  let numbers: Int
  let available: Int
  let reserved: Int
  let atLimit: Int
  let resting: Int
  let disabled: Int
  let requests: Int
  let granted: Int
  let refused: Int
  let byCampaign: [Caller]
  let byAgent: [Caller]
  let byNumber: [Used]

  struct Caller: Encodable {
    let name: String
    let usedToday: Int
    let usedThisHour: Int
  }

  struct Used: Encodable {
    let callerId: String
    let usedToday: Int
    let usedThisHour: Int
  }

  init(_ statistics: Statistics) {
    numbers = statistics.numbers
    available = statistics.available
    reserved = statistics.reserved
    atLimit = statistics.atLimit
    resting = statistics.resting
    disabled = statistics.disabled
    requests = statistics.requests
    granted = statistics.granted
    refused = statistics.refused
    byCampaign = statistics.campaigns.map {
      .init(name: $0.name, usedToday: $0.usedToday, usedThisHour: $0.usedThisHour)
    }
    byAgent = statistics.agents.map {
      .init(name: $0.name, usedToday: $0.usedToday, usedThisHour: $0.usedThisHour)
    }
    byNumber = statistics.usedNumbers.map {
      .init(callerId: $0.name, usedToday: $0.usedToday, usedThisHour: $0.usedThisHour)
    }
  }
}

/// `reset-usage`.
struct ResetObject: Encodable {
  let numbers: Int
  let campaigns: Int
  let agents: Int
  let archivedDays: Int
  let prunedRequests: Int
  let dryRun: Bool

  init(_ report: ResetReport, dryRun: Bool) {
    numbers = report.numbers
    campaigns = report.campaigns
    agents = report.agents
    archivedDays = report.archivedDays
    prunedRequests = report.prunedRequests
    self.dryRun = dryRun
  }
}

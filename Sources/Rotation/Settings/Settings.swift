/// The settings of the whole store. Each has a default, and is checked when it is written.
package struct Settings: Equatable, Sendable {
  /// The most calls of a number in a day and in an hour, if it has no limits of its own; `nil` for no limit.
  package var dailyLimit: Int? = 100
  package var hourlyLimit: Int? = 20
  /// In seconds; 0 if nothing is reserved.
  package var reservationTTL = 120
  /// `nil` for no limit.
  package var agentCallsPerMinute: Int? = 60
  package var match = MatchPolicy.any
  package var present = Presentation.imported
  package var setName = NamePolicy.auto
  package var setPresentation = PresentationPolicy.allow
  package var stripPrefix = ""
  package var countryCode = "1"
  /// What is dialled before a country code; nil: what the country's numbering plan says.
  package var internationalPrefix: String?
  package var calendar = Calendar()
  package var busyTimeoutMilliseconds = 250
  package var retentionDays = 30
  /// Calls that a number may carry at once; 0 for any number of calls, without reservations.
  package var maxConcurrent = 1
  /// Days over which a new number's daily limit grows to its full value, from `warmUpStart` calls; 0 for no warm-up.
  package var warmUpDays = 0
  package var warmUpStart = 10
  /// What a number must have to be picked.
  package var requireAttestation = Ownership.Attestation.none
  package var requireAuthorization = false
  package var requireVerification = false
  package var requireCallback = false
  package var rest = RestRule()

  package init() {}
}

/// How far from the destination's area code a number may be.
package enum MatchPolicy: String, CaseIterable, Sendable {
  /// Only numbers that serve it.
  case area
  /// First numbers that serve it, then numbers of the same state or province.
  case region
  /// First numbers that serve it, then numbers of the region, then others of the destination's country.
  case country
  /// First numbers that serve it, then numbers of the region and of the country, then any other.
  case any
}

/// What `CALLERID(name)` is set to. The name of a VICIdial call is never changed.
package enum NamePolicy: String, CaseIterable, Sendable {
  /// The number.
  case auto, number
  /// The number's own name, or the number if it has none.
  case name
  /// It is not changed.
  case keep
}

/// What becomes of a call's presentation, which says whether the called person may see the number.
package enum PresentationPolicy: String, CaseIterable, Sendable {
  /// It is allowed.
  case allow
  /// It is not changed: a call that withholds its number goes on doing so.
  case keep
}

/// A key of `callerid-admin config`.
package enum Setting: String, CaseIterable, Sendable {
  case defaultDailyLimit = "default_daily_limit"
  case defaultHourlyLimit = "default_hourly_limit"
  case reservationTTL = "reservation_ttl"
  case agentCallsPerMinute = "agent_calls_per_minute"
  case match
  case present
  case setName = "set_name"
  case setPresentation = "set_presentation"
  case stripPrefix = "strip_prefix"
  case countryCode = "country_code"
  case internationalPrefix = "international_prefix"
  case timeZone = "timezone"
  case dayStartsAt = "day_starts_at"
  case busyTimeout = "busy_timeout_ms"
  case retentionDays = "retention_days"
  case maxConcurrent = "max_concurrent"
  case warmUpDays = "warm_up_days"
  case warmUpStart = "warm_up_start"
  case requireAttestation = "require_attestation"
  case requireAuthorization = "require_authorization"
  case requireVerification = "require_verification"
  case requireCallback = "require_callback"
  case restBelowAnswerRate = "rest_below_answer_rate"
  case restAboveShortShare = "rest_above_short_share"
  case restShortSeconds = "rest_short_seconds"
  case restAfterCalls = "rest_after_calls"
  case restAfterBlocks = "rest_after_blocks"
  case restDays = "rest_days"
  case restPoolShare = "rest_pool_share"

  package var defaultValue: String { value(in: Settings()) }

  package init(key: String) throws(StoreError) {
    guard let setting = Setting(rawValue: key) else {
      throw .unknown(
        .refused, "there is no setting \"\(key)\"", named: key, among: Self.allCases.map(\.rawValue),
        hint: "The settings are: " + Self.allCases.map(\.rawValue).joined(separator: ", "))
    }
    self = setting
  }

  /// The value in force, written as `set` reads it.
  package func value(in settings: Settings) -> String {
    switch self {
    case .defaultDailyLimit: Limit.text(settings.dailyLimit)
    case .defaultHourlyLimit: Limit.text(settings.hourlyLimit)
    case .reservationTTL: String(settings.reservationTTL)
    case .agentCallsPerMinute: Limit.text(settings.agentCallsPerMinute)
    case .match: settings.match.rawValue
    case .present: settings.present.rawValue
    case .setName: settings.setName.rawValue
    case .setPresentation: settings.setPresentation.rawValue
    case .stripPrefix: settings.stripPrefix
    case .countryCode: settings.countryCode
    case .internationalPrefix: settings.internationalPrefix ?? ""
    case .timeZone: settings.calendar.timeZone
    case .dayStartsAt: Self.time(minutes: settings.calendar.dayStartsAt)
    case .busyTimeout: String(settings.busyTimeoutMilliseconds)
    case .retentionDays: String(settings.retentionDays)
    case .maxConcurrent: String(settings.maxConcurrent)
    case .warmUpDays: String(settings.warmUpDays)
    case .warmUpStart: String(settings.warmUpStart)
    case .requireAttestation: settings.requireAttestation.text
    case .requireAuthorization: YesNo.text(settings.requireAuthorization)
    case .requireVerification: YesNo.text(settings.requireVerification)
    case .requireCallback: YesNo.text(settings.requireCallback)
    case .restBelowAnswerRate: Limit.text(settings.rest.belowAnswerRate)
    case .restAboveShortShare: Limit.text(settings.rest.aboveShortShare)
    case .restShortSeconds: String(settings.rest.shortSeconds)
    case .restAfterCalls: String(settings.rest.afterCalls)
    case .restAfterBlocks: Limit.text(settings.rest.afterBlocks)
    case .restDays: String(settings.rest.days)
    case .restPoolShare: String(settings.rest.poolShare)
    }
  }

  /// In milliseconds.
  static let busyTimeouts = 1...10_000

  /// - Throws: `refused`, with the values that are allowed.
  package func set(_ text: String, in settings: inout Settings) throws(StoreError) {
    let value = SettingParser(key: rawValue, text: text)
    switch self {
    case .defaultDailyLimit: settings.dailyLimit = try value.limit(atLeast: 0)
    case .defaultHourlyLimit: settings.hourlyLimit = try value.limit(atLeast: 0)
    case .reservationTTL: settings.reservationTTL = try value.integer(in: 0...Request.maximumTTL)
    case .agentCallsPerMinute: settings.agentCallsPerMinute = try value.limit(atLeast: 0)
    case .match: settings.match = try value.choice()
    case .present: settings.present = try value.choice()
    case .setName: settings.setName = try value.choice()
    case .setPresentation: settings.setPresentation = try value.choice()
    case .stripPrefix: settings.stripPrefix = try value.digits(count: 0...6)
    case .countryCode:
      let digits = try value.digits(count: 1...3)
      guard !digits.hasPrefix("0") else { throw .refused("no country code begins with 0") }
      settings.countryCode = digits
    case .internationalPrefix:
      let digits = try value.digits(count: 0...6)
      settings.internationalPrefix = digits.isEmpty ? nil : digits
    case .timeZone:
      guard text.isEmpty || Calendar.knows(timeZone: text) else {
        throw .refused(
          "this machine knows no time zone \"\(text)\"",
          hint: "Names are those of /usr/share/zoneinfo, such as America/Chicago")
      }
      settings.calendar = Calendar(timeZone: text, dayStartsAt: settings.calendar.dayStartsAt)
    case .dayStartsAt:
      settings.calendar = Calendar(timeZone: settings.calendar.timeZone, dayStartsAt: try value.time())
    case .busyTimeout: settings.busyTimeoutMilliseconds = try value.integer(in: Self.busyTimeouts)
    case .retentionDays: settings.retentionDays = try value.integer(in: 1...3650)
    case .maxConcurrent: settings.maxConcurrent = try value.integer(in: 0...NumberFields.maximumConcurrent)
    case .warmUpDays: settings.warmUpDays = try value.integer(in: 0...365)
    case .warmUpStart: settings.warmUpStart = try value.integer(in: 1...Limit.maximum)
    case .requireAttestation: settings.requireAttestation = try Ownership.Attestation(text, name: rawValue)
    case .requireAuthorization: settings.requireAuthorization = try value.yesNo()
    case .requireVerification: settings.requireVerification = try value.yesNo()
    case .requireCallback: settings.requireCallback = try value.yesNo()
    case .restBelowAnswerRate: settings.rest.belowAnswerRate = try value.percentage()
    case .restAboveShortShare: settings.rest.aboveShortShare = try value.percentage()
    case .restShortSeconds: settings.rest.shortSeconds = try value.integer(in: 1...3600)
    case .restAfterCalls: settings.rest.afterCalls = try value.integer(in: 1...100_000)
    case .restAfterBlocks: settings.rest.afterBlocks = try value.limit(atLeast: 1)
    case .restDays: settings.rest.days = try value.integer(in: 1...365)
    case .restPoolShare: settings.rest.poolShare = try value.integer(in: 1...100)
    }
  }

  private static func time(minutes: Int) -> String {
    (minutes / 60).twoDigits + ":" + (minutes % 60).twoDigits
  }
}

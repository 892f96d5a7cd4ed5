/// A campaign, known by the name that the dialer gives it. A campaign that nobody configured has the default terms, and
/// its calls are counted too.
package struct Campaign: Equatable, Sendable {
  /// 0 before its first request.
  package internal(set) var id: Int
  package let name: CallerText
  package var terms = CampaignTerms()
  package var today = Usage()
  package var thisHour = Usage()
  /// Whether these counts are newer than those in its row.
  var isCounted = false
}

/// What the operator decides for one campaign. Where a value is nil, the store's setting applies.
package struct CampaignTerms: Equatable, Sendable {
  /// The pools that its numbers come from, in order of preference.
  package var pools = [Pool.defaultName]
  package var carrier: String?
  /// The most calls that the campaign may make with one number.
  package var numberDailyLimit: Int?
  package var numberHourlyLimit: Int?
  /// The most calls that the campaign may make with all numbers together.
  package var dailyLimit: Int?
  package var hourlyLimit: Int?
  package var reservationTTL: Int?
  package var match: MatchPolicy?
  package var sticky = Stickiness.off
  /// Seconds.
  package var stickyFor = 86_400
  package var whenExhausted = Exhaustion.keep
  /// Whether a call keeps the caller-ID that somebody has given it already.
  package var respectExisting = false
  /// The caller-ID that the dialer gives the campaign's calls.
  package var callerID: PhoneNumber?
  /// The digits before a destination by which VICIdial tells campaigns apart; empty: none.
  package var dialPrefix = ""

  /// In a cluster: how many calls of its limits this dialer has been given.
  package internal(set) var quota = CampaignQuota()

  /// Whether it keeps lanes of its own in its pools.
  var limitsNumbers: Bool { numberDailyLimit != nil || numberHourlyLimit != nil }

  package init() {}
}

extension Campaign {
  /// What the operator has decided for it, other than the defaults.
  package var settings: [(key: CampaignSetting, value: String)] {
    CampaignSetting.allCases.map { ($0, $0.value(in: terms)) }.filter { $0.1 != $0.0.defaultValue }
  }
}

/// Who gets the same number again.
package enum Stickiness: String, CaseIterable, Sendable {
  case off, destination, agent
}

/// What becomes of a call when no number is eligible.
package enum Exhaustion: String, CaseIterable, Sendable {
  /// It keeps the dialer's caller-ID.
  case keep
  /// It gets the least used number of the campaign's pools that is within its limits, though other calls hold it.
  case leastUsed = "least-used"
}

/// A key of `callerid-admin campaign set`.
package enum CampaignSetting: String, CaseIterable, Sendable {
  case pools, carrier
  case numberDailyLimit = "number_daily_limit"
  case numberHourlyLimit = "number_hourly_limit"
  case dailyLimit = "daily_limit"
  case hourlyLimit = "hourly_limit"
  case reservationTTL = "reservation_ttl"
  case match, sticky
  case stickyFor = "sticky_for"
  case whenExhausted = "when_exhausted"
  case respectExisting = "respect_existing"
  case callerID = "caller_id"
  case dialPrefix = "dial_prefix"

  package var defaultValue: String { value(in: CampaignTerms()) }

  package init(key: String) throws(StoreError) {
    guard let setting = CampaignSetting(rawValue: key) else {
      throw .unknown(
        .refused, "there is no campaign setting \"\(key)\"", named: key, among: Self.allCases.map(\.rawValue),
        hint: "They are: " + Self.allCases.map(\.rawValue).joined(separator: ", "))
    }
    self = setting
  }

  /// The value in force, written as `set` reads it; empty: as the store's settings have it.
  package func value(in terms: CampaignTerms) -> String {
    switch self {
    case .pools: terms.pools.joined(separator: ",")
    case .carrier: terms.carrier ?? ""
    case .numberDailyLimit: Limit.text(terms.numberDailyLimit)
    case .numberHourlyLimit: Limit.text(terms.numberHourlyLimit)
    case .dailyLimit: Limit.text(terms.dailyLimit)
    case .hourlyLimit: Limit.text(terms.hourlyLimit)
    case .reservationTTL: terms.reservationTTL.map(String.init) ?? ""
    case .match: terms.match?.rawValue ?? ""
    case .sticky: terms.sticky.rawValue
    case .stickyFor: String(terms.stickyFor)
    case .whenExhausted: terms.whenExhausted.rawValue
    case .respectExisting: YesNo.text(terms.respectExisting)
    case .callerID: terms.callerID?.written ?? ""
    case .dialPrefix: terms.dialPrefix
    }
  }

  /// - Throws: `refused`, saying what would be right.
  package func set(_ text: String, in terms: inout CampaignTerms, countryCode: String) throws(StoreError) {
    let value = SettingParser(key: rawValue, text: text)
    switch self {
    case .pools: terms.pools = try value.labels(separatedBy: ",")
    case .carrier: terms.carrier = text.isEmpty ? nil : try value.label()
    // A limit of 0 would be the pool of another campaign.
    case .numberDailyLimit: terms.numberDailyLimit = try value.limit(atLeast: 1)
    case .numberHourlyLimit: terms.numberHourlyLimit = try value.limit(atLeast: 1)
    case .dailyLimit: terms.dailyLimit = try value.limit(atLeast: 0)
    case .hourlyLimit: terms.hourlyLimit = try value.limit(atLeast: 0)
    case .reservationTTL: terms.reservationTTL = text.isEmpty ? nil : try value.integer(in: 0...Request.maximumTTL)
    case .match: terms.match = text.isEmpty ? nil : try value.choice() as MatchPolicy
    case .sticky: terms.sticky = try value.choice()
    case .stickyFor: terms.stickyFor = try value.integer(in: 1...31_536_000)
    case .whenExhausted: terms.whenExhausted = try value.choice()
    case .respectExisting: terms.respectExisting = try value.yesNo()
    case .callerID: terms.callerID = text.isEmpty ? nil : try value.phone(countryCode: countryCode)
    case .dialPrefix: terms.dialPrefix = try value.digits(count: 0...6)
    }
  }
}

/// What the operator decides for the whole store. Each has a default, and is checked when it is written.
package struct Settings: Equatable, Sendable {
  /// The most calls of a number in a day and in an hour where it has no limits of its own; nil: no limit.
  package var dailyLimit: Int? = 100
  package var hourlyLimit: Int? = 20
  /// Seconds; 0: nothing is reserved.
  package var reservationTTL = 120
  /// Nil: no limit.
  package var agentCallsPerMinute: Int? = 60
  package var match = MatchPolicy.any
  package var present = Presentation.imported
  package var setName = NamePolicy.auto
  package var stripPrefix = ""
  package var countryCode = "1"
  package var calendar = Calendar()
  package var busyTimeoutMilliseconds = 250
  package var retentionDays = 30

  package init() {}
}

/// How far from the destination's area code a number may be.
package enum MatchPolicy: String, CaseIterable, Sendable {
  case area, any
}

/// What becomes of `CALLERID(name)`. A VICIdial call's name is left alone under every one of them.
package enum NamePolicy: String, CaseIterable, Sendable {
  /// The number.
  case auto, number
  /// The number's own name, and the number where it has none.
  case name
  /// What it was.
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
  case stripPrefix = "strip_prefix"
  case countryCode = "country_code"
  case timeZone = "timezone"
  case dayStartsAt = "day_starts_at"
  case busyTimeout = "busy_timeout_ms"
  case retentionDays = "retention_days"

  /// One line for the operator.
  package var help: String {
    switch self {
    case .defaultDailyLimit: "most calls of a number in a day, where it has no limit of its own; or none"
    case .defaultHourlyLimit: "most calls of a number in an hour, where it has no limit of its own; or none"
    case .reservationTTL: "seconds a number is held for one call, unless released earlier; 0 holds nothing"
    case .agentCallsPerMinute: "most calls of an agent in a minute; or none"
    case .match: "area: only numbers of the destination's area code; any: those first, then any other"
    case .present: "imported, national, e164 or plus: how a number is written when it is presented"
    case .setName: "auto, number, name or keep: what CALLERID(name) becomes; VICIdial's call codes always stay"
    case .stripPrefix: "digits that the dialplan puts before every destination"
    case .countryCode: "the country that numbers without one belong to"
    case .timeZone: "zone of hours and days, such as America/Chicago; empty: the machine's"
    case .dayStartsAt: "HH:MM at which a day begins"
    case .busyTimeout: "milliseconds a call waits for a locked store"
    case .retentionDays: "days that the request log is kept"
    }
  }

  package var defaultValue: String { value(in: Settings()) }

  package init(key: String) throws(StoreError) {
    guard let setting = Setting(rawValue: key) else {
      throw .refused(
        "there is no setting \"\(key)\"",
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
    case .stripPrefix: settings.stripPrefix
    case .countryCode: settings.countryCode
    case .timeZone: settings.calendar.timeZone
    case .dayStartsAt: Self.time(minutes: settings.calendar.dayStartsAt)
    case .busyTimeout: String(settings.busyTimeoutMilliseconds)
    case .retentionDays: String(settings.retentionDays)
    }
  }

  /// - Throws: `refused`, saying what would be right.
  package func set(_ text: String, in settings: inout Settings) throws(StoreError) {
    switch self {
    case .defaultDailyLimit: settings.dailyLimit = try Limit(text, name: rawValue).calls
    case .defaultHourlyLimit: settings.hourlyLimit = try Limit(text, name: rawValue).calls
    case .reservationTTL: settings.reservationTTL = try integer(text, in: 0...86_400)
    case .agentCallsPerMinute: settings.agentCallsPerMinute = try Limit(text, name: rawValue).calls
    case .match: settings.match = try choice(text)
    case .present: settings.present = try choice(text)
    case .setName: settings.setName = try choice(text)
    case .stripPrefix: settings.stripPrefix = try digits(text, count: 0...6)
    case .countryCode:
      settings.countryCode = try digits(text, count: 1...3)
      guard !text.hasPrefix("0") else { throw .refused("no country code begins with 0") }
    case .timeZone:
      guard text.isEmpty || Calendar.knows(timeZone: text) else {
        throw .refused(
          "this machine knows no time zone \"\(text)\"",
          hint: "Names are those of /usr/share/zoneinfo, such as America/Chicago")
      }
      settings.calendar = Calendar(timeZone: text, dayStartsAt: settings.calendar.dayStartsAt)
    case .dayStartsAt:
      settings.calendar = Calendar(
        timeZone: settings.calendar.timeZone, dayStartsAt: try Self.minutes(text, name: rawValue))
    case .busyTimeout: settings.busyTimeoutMilliseconds = try integer(text, in: 1...10_000)
    case .retentionDays: settings.retentionDays = try integer(text, in: 1...3650)
    }
  }

  private func integer(_ text: String, in range: ClosedRange<Int>) throws(StoreError) -> Int {
    guard let value = Int(text), range.contains(value) else {
      throw .refused("\(rawValue) is a whole number from \(range.lowerBound) to \(range.upperBound), not \"\(text)\"")
    }
    return value
  }

  private func choice<Choice: RawRepresentable & CaseIterable>(_ text: String) throws(StoreError) -> Choice
  where Choice.RawValue == String {
    guard let choice = Choice(rawValue: text) else {
      let choices = Choice.allCases.map(\.rawValue).joined(separator: ", ")
      throw .refused("\(rawValue) is one of \(choices), not \"\(text)\"")
    }
    return choice
  }

  private func digits(_ text: String, count: ClosedRange<Int>) throws(StoreError) -> String {
    guard count.contains(text.utf8.count), text.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else {
      throw .refused("\(rawValue) is \(count.lowerBound) to \(count.upperBound) digits, not \"\(text)\"")
    }
    return text
  }

  private static func minutes(_ text: String, name: String) throws(StoreError) -> Int {
    let parts = text.split(separator: ":", omittingEmptySubsequences: false)
    guard parts.count == 2, parts.allSatisfy({ (1...2).contains($0.utf8.count) }),
      let hour = UInt8(parts[0]), let minute = UInt8(parts[1]), hour < 24, minute < 60
    else { throw .refused("\(name) is a time such as 06:00, not \"\(text)\"") }
    return Int(hour) * 60 + Int(minute)
  }

  private static func time(minutes: Int) -> String {
    func twoDigits(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
    return twoDigits(minutes / 60) + ":" + twoDigits(minutes % 60)
  }
}

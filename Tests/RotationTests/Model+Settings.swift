/// What operators decide, by the words in which they say it.
extension Model {
  struct Settings {
    var dailyLimit: Int? = 100
    var hourlyLimit: Int? = 20
    var ttl = 120
    var callsPerMinute: Int? = 60
    var match = "any"
    var maxConcurrent = 1
    var warmUpDays = 0
    var warmUpStart = 10
    var attestation = "none"
    var needsAuthorization = false
    var needsVerification = false
    var needsCallback = false
    var restBelow: Int?
    var restAbove: Int?
    var shortSeconds = 6
    var restAfter = 50
    var restDays = 7
    var restShare = 20

    mutating func set(_ key: String, to text: String) {
      switch key {
      case "default_daily_limit": dailyLimit = Int(text)
      case "default_hourly_limit": hourlyLimit = Int(text)
      case "reservation_ttl": ttl = Int(text)!
      case "agent_calls_per_minute": callsPerMinute = Int(text)
      case "match": match = text
      case "max_concurrent": maxConcurrent = Int(text)!
      case "warm_up_days": warmUpDays = Int(text)!
      case "warm_up_start": warmUpStart = Int(text)!
      case "require_attestation": attestation = text
      case "require_authorization": needsAuthorization = text == "yes"
      case "require_verification": needsVerification = text == "yes"
      case "require_callback": needsCallback = text == "yes"
      case "rest_below_answer_rate": restBelow = Int(text)
      case "rest_above_short_share": restAbove = Int(text)
      case "rest_short_seconds": shortSeconds = Int(text)!
      case "rest_after_calls": restAfter = Int(text)!
      case "rest_days": restDays = Int(text)!
      case "rest_pool_share": restShare = Int(text)!
      default: preconditionFailure("the model knows no setting \(key)")
      }
    }
  }

  mutating func change(_ index: Int, _ field: String, to text: String) {
    switch field {
    case "pool":
      lines[index].pool = text
      pools.insert(text)
    case "carrier": lines[index].carrier = text
    case "area_code":
      let own = String(lines[index].digits.prefix(3))
      lines[index].serves = text.isEmpty ? [own] : text.split(separator: " ").map(String.init)
    case "state": lines[index].state = text
    case "daily_limit": lines[index].dailyLimit = text.isEmpty ? .none : .some(Int(text))
    case "hourly_limit": lines[index].hourlyLimit = text.isEmpty ? .none : .some(Int(text))
    case "max_concurrent": lines[index].maxConcurrent = Int(text)
    case "attestation": lines[index].attestation = text
    case "authorized_by": lines[index].isAuthorized = !text.isEmpty
    case "verified_at": lines[index].isVerified = !text.isEmpty
    case "callback": lines[index].isAnswered = text == "yes"
    default: preconditionFailure("the model knows no field \(field)")
    }
  }

  /// All of it or, where it cannot be, nothing.
  mutating func configure(_ name: String, _ values: [(key: String, text: String)]) -> Bool {
    var campaign = campaigns[name] ?? Campaign()
    for (key, text) in values { campaign.set(key, to: text) }
    let claimed = campaigns.contains { $0.key != name && $0.value.dialPrefix == campaign.dialPrefix }
    guard
      !(claimed && !campaign.dialPrefix.isEmpty),
      campaign.numberHourlyLimit ?? 0 <= campaign.numberDailyLimit ?? .max,
      campaign.hourlyLimit ?? 0 <= campaign.dailyLimit ?? .max
    else { return false }
    campaigns[name] = campaign
    if !campaign.limitsNumbers { forgetNumbers(of: name) }
    return true
  }

  mutating func forget(_ name: String) {
    campaigns[name] = Campaign()
    forgetNumbers(of: name)
    stuck = stuck.filter { !$0.key.hasPrefix("agent \(name) ") }
  }

  /// Limits for each number count from when the campaign has some.
  private mutating func forgetNumbers(of name: String) {
    for line in lines.indices {
      for call in lines[line].calls.indices where lines[line].calls[call].campaign == name {
        lines[line].calls[call].campaign = nil
      }
    }
  }

  mutating func reset(hourly: Bool, daily: Bool, pastOnly: Bool) {
    // What is past counts for nothing anyway.
    if pastOnly { return }
    func cleared(_ calls: [Call]) -> [Call] {
      calls.map { Call(hour: hourly ? nil : $0.hour, day: daily ? nil : $0.day, campaign: $0.campaign) }
    }
    for line in lines.indices { lines[line].calls = cleared(lines[line].calls) }
    callsOfCampaigns = callsOfCampaigns.mapValues(cleared)
  }
}

extension Model.Campaign {
  mutating func set(_ key: String, to text: String) {
    switch key {
    case "pools": pools = text.split(separator: ",").map(String.init)
    case "carrier": carrier = text.isEmpty ? nil : text
    case "number_hourly_limit": numberHourlyLimit = Int(text)
    case "number_daily_limit": numberDailyLimit = Int(text)
    case "hourly_limit": hourlyLimit = Int(text)
    case "daily_limit": dailyLimit = Int(text)
    case "reservation_ttl": ttl = Int(text)
    case "match": match = text.isEmpty ? nil : text
    case "sticky": sticky = text
    case "sticky_for": stickyFor = Int(text)!
    case "when_exhausted": whenExhausted = text
    case "respect_existing": respectsExisting = text == "yes"
    case "caller_id": callerID = text.isEmpty ? nil : text
    case "dial_prefix": dialPrefix = text
    default: preconditionFailure("the model knows no campaign setting \(key)")
    }
  }
}

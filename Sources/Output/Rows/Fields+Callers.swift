package import Rotation

extension Fields {
  /// A campaign, as the commands of `campaign` show it. A value is null where the store's settings apply, or there is
  /// no limit.
  package static func campaigns(at moment: Moment) -> [Field<Campaign>] {
    [
      Field("name") { .text($0.name.text) },
      Field("used_today") { .number($0.today.calls(in: moment.windows.day)) },
      Field("used_this_hour") { .number($0.thisHour.calls(in: moment.windows.hour)) },
    ]
      + CampaignSetting.allCases.map { setting in Field(setting.rawValue) { JSON(setting, in: $0.terms) } }
  }

  /// An agent, as `agent list` lists it.
  package static func agents(at moment: Moment) -> [Field<Agent>] {
    [
      Field("name") { .text($0.name.text) },
      // The limit in force: the agent's own, or the setting's.
      Field("calls_per_minute") { JSON($0.effectiveCallsPerMinute(moment)) },
      Field("own_limit") { .flag($0.callsPerMinute != nil) },
      Field("used_this_minute") { .number($0.thisMinute.calls(in: moment.minute)) },
      Field("used_this_hour") { .number($0.thisHour.calls(in: moment.windows.hour)) },
      Field("used_today") { .number($0.today.calls(in: moment.windows.day)) },
    ]
  }
}

extension JSON {
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
}

package import Rotation

extension Fields {
  /// A number, as `list` lists it. `show`, `add` and `set` add the fields of `numberDetails`.
  package static func numbers(at moment: Moment) -> [Field<Number>] {
    [
      Field("caller_id") { .text($0.phone.written) },
      Field("name") { .text($0.name) },
      Field("carrier") { JSON($0.carrier?.name) },
      Field("area_code") { JSON($0.areaCodes.isEmpty ? nil : $0.areaCodes.joined(separator: " ")) },
      Field("pool") { .text($0.pool.name) },
      Field("enabled") { .flag($0.state == .enabled) },
      // The limits in force: the number's own, or the settings'.
      Field("daily_limit") { JSON($0.effectiveDailyLimit(moment)) },
      Field("hourly_limit") { JSON($0.effectiveHourlyLimit(moment)) },
      Field("used_today") { .number($0.today.calls(in: moment.windows.day)) },
      Field("used_this_hour") { .number($0.thisHour.calls(in: moment.windows.hour)) },
      Field("last_used_at") { JSON(time: $0.lastUsedAt) },
      Field("reserved_until") { JSON(time: $0.reservedUntil(at: moment.now)) },
      Field("resting_until") { JSON(time: $0.rest(at: moment.now)?.until) },
    ]
  }

  /// The further fields of a number in `show`, `add` and `set`.
  package static func numberDetails(at moment: Moment) -> [Field<Number>] {
    [
      Field("state") { .text($0.state.rawValue) },
      Field("added_at") { JSON(time: $0.addedAt) },
      Field("rest_reason") { $0.rest(at: moment.now).map { .text($0.reason) } ?? .null },
      // Null for a number that is not warming up. `daily_limit` already takes the warm-up into account.
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
      // The day's beginning in UTC.
      Field("verified_at") { JSON(time: $0.ownership.verifiedAt) },
      Field("callback") { .flag($0.ownership.callback) },
    ]
  }
}

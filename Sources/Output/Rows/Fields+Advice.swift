package import Rotation

extension Fields {
  /// A number that was judged by its outcomes, as `burnt` lists it.
  ///
  /// - Parameter now: the moment at which it rests or not.
  package static func burnt(at now: Int) -> [Field<BurntReport.Row>] {
    [
      Field("caller_id") { .text($0.number.phone.written) },
      Field("pool") { .text($0.number.pool.name) },
      Field("verdict") { .text($0.verdict.rawValue) },
      // What gives it away; null for a number that is not burnt.
      Field("sign") { JSON($0.sign?.rawValue) },
      // In percent, rounded down: 100 is never reached.
      Field("sureness") { .number(Int($0.sureness * 100 - 1e-9)) },
      Field("since") { JSON(time: $0.since) },
      // The calls whose outcome was reported, and those of them that could be compared with others.
      Field("reported") { .number($0.reported) },
      Field("compared") { .number($0.figures.calls) },
      Field("answered") { .number($0.figures.answered) },
      Field("expected_answered") { .number(Int($0.figures.expectedAnswered.rounded())) },
      Field("answer_rate") { JSON($0.figures.rate) },
      Field("expected_rate") { JSON($0.figures.expectedRate) },
      Field("short_share") { JSON($0.figures.shortShare) },
      Field("expected_short_share") { JSON($0.figures.expectedShortShare) },
      Field("blocked") { .number($0.figures.blocked) },
      Field("expected_blocked") { .number(Int($0.figures.expectedBlocked.rounded())) },
      // The same for the calls since then; null for a number that is not burnt.
      Field("compared_since") { $0.sign == nil ? .null : .number($0.figuresSince.calls) },
      Field("answer_rate_since") { JSON($0.figuresSince.rate) },
      Field("expected_rate_since") { JSON($0.figuresSince.expectedRate) },
      Field("resting_until") { JSON(time: $0.number.rest(at: now)?.until) },
      Field("command") { JSON($0.command) },
    ]
  }

  /// The calls of a pool to one place, as `forecast` lists them.
  package static func forecast(by place: ForecastReport.Place) -> [Field<ForecastReport.Row>] {
    [
      Field("pool") { .text($0.pool) },
      Field(place == .area ? "area_code" : "region_code") { .text($0.place) },
      Field("asked") { .number($0.demand.asked) },
      Field("in_area") { .number($0.demand.area) },
      Field("in_region") { .number($0.demand.region) },
      Field("elsewhere") { .number($0.demand.elsewhere) },
      Field("refused") { .number($0.demand.refused) },
      Field("numbers") { .number($0.supply.numbers) },
      Field("free") { .number($0.supply.free) },
      Field("reserved") { .number($0.supply.reserved) },
      Field("at_limit") { .number($0.supply.atLimit) },
      Field("resting") { .number($0.supply.resting) },
      // Those that serve other places too, and count in part.
      Field("shared") { .number($0.supply.shared) },
      Field("busiest_day") { JSON(time: $0.demand.busiestDay.at) },
      Field("busiest_day_calls") { .number($0.demand.busiestDay.calls) },
      Field("busiest_hour") { JSON(time: $0.demand.busiestHour.at) },
      Field("busiest_hour_calls") { .number($0.demand.busiestHour.calls) },
      Field("held_seconds") { JSON($0.heldSeconds) },
      Field("last_hour") { .number($0.demand.lastHour) },
      // Null: any number of calls.
      Field("left_today") { JSON($0.leftToday) },
      Field("dry_at") { JSON(time: $0.dryAt) },
      Field("to_buy_by_day") { .number($0.toBuyByDay) },
      Field("to_buy_by_hour") { .number($0.toBuyByHour) },
      Field("to_buy_by_concurrency") { .number($0.toBuyByConcurrency) },
      Field("to_buy") { .number($0.toBuy) },
    ]
  }
}

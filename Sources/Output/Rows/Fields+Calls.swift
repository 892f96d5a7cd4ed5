package import Rotation

extension Fields {
  /// A reservation, as `reservations` lists it.
  package static let reservations: [Field<ListedReservation>] = [
    Field("caller_id") { .text($0.callerID) },
    Field("campaign") { JSON($0.campaign) },
    Field("agent") { JSON($0.agent) },
    Field("destination") { JSON($0.destination) },
    Field("uniqueid") { JSON($0.uniqueID) },
    Field("reserved_at") { JSON(time: $0.reservedAt) },
    Field("expires_at") { JSON(time: $0.expiresAt) },
  ]

  /// A request, as `requests` lists it.
  package static let requests: [Field<LoggedRequest>] = [
    Field("request") { .number($0.request) },
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
    Field("hangup_tech") { JSON($0.technologyCause) },
    Field("blocked") { .flag($0.isBlocked) },
  ]

  /// How well numbers suited the calls of a campaign to an area code, as `stats --by match` counts them.
  package static let matches: [Field<MatchesReport.Row>] =
    [
      Field("campaign") { JSON($0.campaign) },
      Field("area_code") { JSON($0.areaCode) },
      Field("requests") { .number($0.requests) },
    ]
    + Match.allCases.map { match in Field(match.rawValue) { .number($0.granted(match)) } }
    + [
      Field("refused") { .number($0.refused) },
      Field("area_share") { JSON($0.areaShare) },
    ]

  /// The calls of a group, as `stats --by` counts them. The first key is the grouping.
  package static func outcomes(by grouping: Grouping) -> [Field<OutcomesReport.Group>] {
    let key =
      switch grouping {
      case .number: "caller_id"
      case .area: "area_code"
      default: grouping.rawValue
      }
    return [
      Field(key) { JSON($0.name) },
      Field("granted") { .number($0.tally.granted) },
      // Null by number, pool and carrier, because a refused request has none of them.
      Field("refused") { grouping.isOfNumber ? .null : .number($0.tally.refused) },
      Field("kept") { grouping.isOfNumber ? .null : .number($0.tally.kept) },
      // The calls whose outcome was reported. `answer_rate` is a percentage of these.
      Field("reported") { .number($0.tally.reported) },
      Field("answered") { .number($0.tally.answered) },
      Field("answer_rate") { JSON($0.tally.answerRate) },
      Field("average_seconds") { JSON($0.tally.averageSeconds) },
      Field("short") { .number($0.tally.short) },
      Field("short_share") { JSON($0.tally.shortShare) },
      Field("blocked") { .number($0.tally.blocked) },
    ]
  }
}

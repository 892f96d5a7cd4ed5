package import Rotation

extension JSON {
  /// The answer of `why`: the keys of `requests`, and what the store knows beside the log's row.
  package init(_ report: WhyReport, in calendar: Rotation.Calendar) {
    let previous: (request: Int, at: Int)? =
      if case .request(let request, let at)? = report.previous { (request, at) } else { nil }
    let searchedSince: Int? = if case .nobodySince(let since)? = report.previous { since } else { nil }
    let row = Fields.requests.map { ($0.key, $0.value(report.logged)) }
    self = .object(
      row + [
        ("area_code", JSON(report.areaCode)),
        ("pool", JSON(report.number?.pool.name)),
        ("carrier", JSON(report.number?.carrier?.name)),
        ("why", JSON(report.sentences(in: calendar).joined(separator: " "))),
        ("previous_request", JSON(previous?.request)),
        ("previous_at", JSON(time: previous?.at)),
        ("previous_searched_since", JSON(time: searchedSince)),
        ("used_before_that_day", report.number == nil ? .null : .number(report.usedBeforeThatDay)),
        ("day_known_since", JSON(time: report.dayKnownSince)),
        ("reserved_until", JSON(time: report.reservedUntil)),
        ("held_seconds", JSON(report.heldSeconds)),
        ("held_now", .flag(report.isHeld)),
        ("earlier_of_call", .list(report.earlierOfCall.map(JSON.number))),
        // What the same request would get now; null for one that got a number.
        ("now", report.now.map { JSON($0) } ?? .null),
      ])
  }
}

import Output
package import Rotation

/// One number: whether calls get it, why not and until when, and what it has done.
package struct NumberView: View {
  package static let template = "number"
  package static let place = Place.numbers
  package let title: String

  let path: String
  let name: String
  let isFree: Bool
  let headline: String
  let rules: [Rule]
  let facts: [Fact]
  let limits: [Limited]
  let holders: [Holder]
  let day: String?
  let days: String?
  let rows: [RequestRow]
  let hasRows: Bool
  let changes: [Change]
  let isEnabled: Bool
  let isRetired: Bool
  let fields: [NumberForm.Input]
  let proofs: [NumberForm.Input]
  let isResting: Bool
  let isReserved: Bool
  let dailyLimit: String
  let hourlyLimit: String
  let looked: String

  struct Rule: Sendable {
    let name: String
    let meaning: String
    let until: Stamp?
  }

  struct Limited: Sendable {
    let name: String
    let use: String
  }

  struct Holder: Sendable {
    let request: String
    let until: Stamp?
  }

  /// - Parameters:
  ///   - history: of the number's last finished days, the oldest first, as far as they are kept.
  ///   - log: its newest requests, among the last `looked` of the log.
  ///   - changes: of the audit, those that name it.
  package init(
    _ number: Number, history: [DayOfNumber], log: [LoggedRequest], looked: Int, changes: [AuditEntry],
    at moment: Moment
  ) {
    let calendar = moment.settings.calendar
    title = number.phone.written
    path = Numbers.path(of: number)
    name = number.name
    let sleeps = number.sleeps(at: moment)
    isFree = sleeps.isEmpty
    if let longest = sleeps.first {
      headline =
        longest.until == Sleep.forever
        ? "Calls do not get it, until somebody changes that." : "Calls get it again when the last of these has ended."
    } else {
      headline = "Calls can get it now."
    }
    rules = sleeps.map {
      Rule(
        name: $0.reason.rawValue, meaning: $0.reason.meaning(for: number, at: moment),
        until: $0.until == Sleep.forever ? nil : Stamp($0.until, in: calendar))
    }
    let ownership = number.ownership
    func event(_ name: String, _ seconds: Int) -> Fact {
      Fact(name, seconds == 0 ? "never" : "\(time: seconds)", in: calendar)
    }
    facts = [
      Fact("Pool", number.pool.name), Fact("Carrier", number.carrier?.name ?? ""),
      Fact("Area codes", number.areaCodes.joined(separator: " ")), Fact("State", number.state.rawValue),
      Fact("Calls at once", String(number.effectiveMaxConcurrent(moment))),
      Fact("Attestation", ownership.attestation.text), Fact("Authorized by", ownership.authorizedBy),
      // A day, which is no other one in another zone.
      Fact("Ownership checked", ownership.verifiedAt == 0 ? "never" : NumberField.verifiedAt.text(of: number)),
      Fact("Answers when called back", ownership.callback ? "yes" : "no"), event("Imported", number.addedAt),
      event("Last used", number.lastUsedAt),
    ].compactMap(\.self)
    (fields, proofs) = (
      NumberForm.fields.map { $0.input(of: number) }, NumberForm.proofs.map { $0.input(of: number) }
    )
    limits = [
      Limited(
        name: "This hour",
        use: Limit.usage(number.thisHour.calls(in: moment.windows.hour), of: number.effectiveHourlyLimit(moment))),
      Limited(
        name: "Today",
        use: Limit.usage(number.today.calls(in: moment.windows.day), of: number.effectiveDailyLimit(moment))),
    ]
    dailyLimit = NumberField.dailyLimit.text(of: number)
    hourlyLimit = NumberField.hourlyLimit.text(of: number)
    holders = number.reservations(at: moment.now).map {
      Holder(request: String($0.request), until: Stamp($0.until, in: calendar))
    }
    day = Self.dayChart(log, at: moment)
    days = history.isEmpty ? nil : Self.historyChart(history, in: calendar)
    rows = log.prefix(20).map { RequestRow($0, in: calendar) }
    hasRows = !rows.isEmpty
    self.looked = looked.grouped
    self.changes = changes.map { Change($0, in: calendar) }
    isEnabled = number.state == .enabled
    isRetired = number.state == .retired
    isResting = number.rest(at: moment.now) != nil
    isReserved = !holders.isEmpty
  }

  /// Its calls today, hour by hour; nil where there are none.
  private static func dayChart(_ log: [LoggedRequest], at moment: Moment) -> String? {
    let day = moment.windows.day
    let today = log.filter { day.contains($0.at) }
    guard !today.isEmpty else { return nil }
    let hours = (day.upperBound - day.lowerBound + 3599) / 3600
    var values = Array(repeating: [0, 0, 0], count: max(1, hours))
    for request in today {
      let kind = request.isBlocked ? 2 : request.dialStatus == "ANSWER" ? 0 : 1
      values[min(values.count - 1, (request.at - day.lowerBound) / 3600)][kind] += 1
    }
    let bars = values.enumerated().map { index, values in
      let hour = String(
        moment.settings.calendar.text(of: day.lowerBound + index * 3600).dropFirst(11).prefix(2))
      return BarChart.Bar(
        label: index % 3 == 0 ? hour : "",
        title: "\(hour):00: \(values[0]) answered, \(values[1]) not, \(values[2]) blocked", values: values)
    }
    return BarChart(
      kinds: ["answered", "unanswered", "refused"], bars: bars, width: BarChart.narrow,
      summary: "Calls with this number today by hour, \(today.count) in all"
    ).svg
  }

  private static func historyChart(_ history: [DayOfNumber], in calendar: Rotation.Calendar) -> String {
    let bars = history.enumerated().map { index, day in
      let date = String(calendar.text(of: day.day).prefix(10))
      return BarChart.Bar(
        label: (history.count - 1 - index) % max(1, history.count / 4) == 0 ? String(date.dropFirst(5)) : "",
        title: "\(date): \(day.answered) of \(day.calls) calls answered",
        values: [min(day.answered, day.calls), max(0, day.calls - day.answered)])
    }
    return BarChart(
      kinds: ["answered", "unanswered"], bars: bars, width: BarChart.narrow,
      summary: "Calls with this number on each of its last \(history.count) days"
    ).svg
  }
}

extension Sleep.Reason {
  /// What the rule says of a number, in a sentence.
  func meaning(for number: Number, at moment: Moment) -> String {
    switch self {
    case .disabled: return "An operator has disabled it."
    case .retired: return "It was given up, and is kept for its history."
    case .unproven: return "The settings ask for a proof of ownership that it does not have."
    case .away: return "Another dialer of the cluster has it, or none has it now."
    case .resting:
      let reason = number.rest(at: moment.now)?.reason ?? ""
      return reason.isEmpty ? "It rests." : "It rests: \(reason)."
    case .reserved: return "A call holds it."
    case .hourlyLimit: return "It has made all the calls of this hour."
    case .dailyLimit: return "It has made all the calls of today."
    case .campaignHourlyLimit: return "The campaign has made all its calls of this hour with it."
    case .campaignDailyLimit: return "The campaign has made all its calls of today with it."
    }
  }
}

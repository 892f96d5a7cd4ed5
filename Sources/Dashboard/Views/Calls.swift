import Output
package import Rotation

/// Requests that a search has found.
package struct Calls: View {
  package static let template = "calls"
  package static let place = Place.calls
  package let title = "Calls"

  let fields: [Field]
  let statuses: [Choice]
  let rows: [RequestRow]
  let hasRows: Bool
  /// The query of the next page; nil: there is nothing more.
  let more: String?
  let hint: String?

  struct Field: Sendable {
    let name: String
    let label: String
    let value: String
  }

  /// What can be searched by, as the fields of the form are named.
  package static let names: [(name: String, label: String)] = [
    ("destination", "Number dialled"), ("number", "Caller-ID shown"), ("campaign", "Campaign"), ("agent", "Agent"),
    ("lead", "VICIdial lead"), ("code", "VICIdial call name"),
  ]

  /// - Parameters:
  ///   - given: what is searched for, by the names of the fields.
  ///   - error: why nothing was searched for.
  package init(
    _ found: FoundRequests, given: [String: String], more: String?, error: String?, in calendar: Rotation.Calendar
  ) {
    fields = Self.names.map { Field(name: $0.name, label: $0.label, value: given[$0.name] ?? "") }
    statuses = Choice.all(
      ["": "any answer"], Status.allCases.map { ($0.rawValue, $0.rawValue) }, chosen: given["status"] ?? "")
    rows = found.requests.map { RequestRow($0, in: calendar) }
    hasRows = !rows.isEmpty
    self.more = more
    hint = error
  }
}

/// A request in a table.
struct RequestRow: Sendable {
  let request: String
  let at: Stamp?
  let destination: String
  let campaign: String
  let agent: String
  let status: String
  let isGranted: Bool
  let callerID: String
  let match: String
  let outcome: String
  let isBlocked: Bool

  init(_ logged: LoggedRequest, in calendar: Rotation.Calendar) {
    request = String(logged.request)
    at = Stamp(logged.at, in: calendar)
    destination = logged.destination ?? ""
    campaign = logged.campaign ?? ""
    agent = logged.agent ?? ""
    status = logged.status
    isGranted = logged.status == Status.ok.rawValue
    callerID = logged.callerID ?? ""
    match = logged.match ?? ""
    outcome = logged.outcome
    isBlocked = logged.isBlocked
  }
}

/// One request: what was asked, why it got what it got, and what became of the call.
package struct CallView: View {
  package static let template = "call"
  package static let place = Place.calls
  package let title: String

  let at: Stamp?
  let row: RequestRow
  let facts: [Fact]
  let reasons: [Line]
  /// Whether the reason was written down with times in it, as they are in the store's zone.
  let isKeptReason: Bool
  let ending: String?
  let holding: Line?
  let numberPath: String?
  let earlier: [String]
  let now: [String]

  package init(_ report: WhyReport, in calendar: Rotation.Calendar) {
    let logged = report.logged
    title = "Request \(logged.request)"
    at = Stamp(logged.at, in: calendar)
    row = RequestRow(logged, in: calendar)
    facts = [
      ("Number dialled", logged.destination ?? "unknown"), ("Area code", report.areaCode ?? "unknown"),
      ("Campaign", logged.campaign ?? ""), ("Agent", logged.agent ?? ""), ("Caller-ID", logged.callerID ?? ""),
      ("Match", logged.match ?? ""), ("VICIdial call name", logged.callCode?.text ?? ""),
      ("VICIdial lead", logged.callCode?.leadID.map(String.init) ?? ""), ("Asterisk’s uniqueid", logged.uniqueID ?? ""),
    ].compactMap { Fact($0.0, $0.1) }
    reasons = report.sentences.map { Line($0, in: calendar) }
    isKeptReason = logged.status != Status.ok.rawValue && logged.reason?.contains(":") == true
    ending = report.ending
    holding = report.number == nil ? nil : Line(report.holding, in: calendar)
    numberPath = report.number.map(Numbers.path)
    earlier = report.earlierOfCall.map(String.init)
    if let explanation = report.now {
      if let choice = explanation.choices.first {
        now = ["Now it would get \(choice.callerID): \(choice.match.reason(areaCode: choice.areaCode))."]
      } else {
        now = [explanation.refusal.map { "Now it would get none either: \($0.reason)." } ?? ""]
      }
    } else {
      now = []
    }
  }
}

package import Rotation

extension Request {
  /// The parameters of `/next-cid`.
  package static let parameters = [
    "to", "campaign", "agent", "area_code", "pool", "carrier", "ttl", "uniqueid", "format",
  ]

  /// A request for a caller-ID, as `/next-cid` takes it.
  ///
  /// - Throws: what is missing or wrong.
  package init(nextCID parameters: WebParameters) throws(ParameterError) {
    try parameters.allow(Self.parameters)
    for name in ["to", "campaign"] { try parameters.require(name) }
    guard let destination = parameters["to"] else { throw ParameterError(.bad, "no usable destination") }
    self.init(destination: destination)
    campaign = try name(parameters["campaign"], of: "campaign")
    agent = try name(parameters["agent"], of: "agent")
    areaCode = parameters["area_code"]
    if let areaCode, !AreaCode.isDigits(areaCode) {
      throw ParameterError(.unprocessable, "area_code is 1 to 6 digits, not \(areaCode)")
    }
    pool = parameters["pool"]
    carrier = parameters["carrier"]
    reservationTTL = try parameters.integer("ttl", in: 0...Request.maximumTTL)
    uniqueID = try callName(parameters["uniqueid"])
    if let format = parameters["format"], format != "json", format != "text" {
      throw ParameterError(.unprocessable, "format is json or text, not \(format)")
    }
  }

  /// A request for a caller-ID as clients of the DID optimizer for VICIdial make it, whose further parameters say nothing
  /// of what a number is chosen by.
  ///
  /// - Throws: what is missing or wrong.
  package init(nextDID parameters: WebParameters) throws(ParameterError) {
    guard let destination = parameters["customer_phone"] ?? parameters["customer_area_code"].map({ $0 + "5550100" })
    else {
      throw ParameterError(.unprocessable, "customer_phone is missing")
    }
    self.init(destination: destination)
    campaign = try name(parameters["campaign_id"], of: "campaign_id")
    agent = try name(parameters["agent_id"], of: "agent_id")
    areaCode = parameters["customer_area_code"].flatMap { AreaCode.isDigits($0) ? $0 : nil }
    uniqueID = try callName(parameters["uniqueid"])
  }
}

/// Which reservation is to end, and how its call did.
package struct ReleaseParameters: Sendable {
  package enum Held: Sendable {
    case callerID(String)
    case uniqueID(CallerText)
    case request(Int)
    /// The newest request for this number, of this campaign.
    case destination(String, campaign: CallerText?)
  }

  package let held: Held
  package let outcome: Outcome

  package static let parameters = ["caller_id", "uniqueid", "request", "status", "answered", "cause", "tech"]

  /// The body of `/release`.
  ///
  /// - Throws: what is missing or wrong.
  package init(_ parameters: WebParameters) throws(ParameterError) {
    try parameters.allow(Self.parameters)
    let given = ["caller_id", "uniqueid", "request"].filter { parameters[$0] != nil }
    guard given.count == 1 else {
      throw ParameterError(.unprocessable, "give one of caller_id, uniqueid and request: whose reservation ends")
    }
    if let callerID = parameters["caller_id"] {
      held = .callerID(callerID)
    } else if let uniqueID = try callName(parameters["uniqueid"]) {
      held = .uniqueID(uniqueID)
    } else {
      guard let request = try parameters.integer("request", in: 1...Int.max) else {
        throw ParameterError(.unprocessable, "uniqueid is no text")
      }
      held = .request(request)
    }
    var outcome = Outcome()
    outcome.dialStatus = parameters["status"].flatMap { CallerText($0) }
    outcome.answeredSeconds = try parameters.integer("answered", in: 0...Int(Int32.max))
    outcome.hangUpCause = try parameters.integer("cause", in: 0...127)
    outcome.technologyCause = parameters["tech"].flatMap { CallerText($0, maximumLength: 250) }
    self.outcome = outcome
  }

  /// The result of a call as clients of the DID optimizer for VICIdial report it, in the names of either of its two
  /// interfaces.
  ///
  /// - Throws: what is missing or wrong.
  package init(callResult parameters: WebParameters) throws(ParameterError) {
    let uniqueID = try callName(parameters["uniqueid"])
    let campaign = try name(parameters.first(of: "campaignId", "campaign_id"), of: "campaign_id")
    if let destination = parameters.first(of: "phoneNumber", "customer_phone") {
      // What asks for a number there does not tell its call's uniqueid: the destination finds the request as well.
      held = .destination(destination, campaign: campaign)
    } else if let uniqueID {
      held = .uniqueID(uniqueID)
    } else {
      throw ParameterError(.unprocessable, "uniqueid or phoneNumber is missing")
    }
    self.uniqueID = uniqueID
    let seconds = parameters.first(of: "duration", "call_duration").flatMap { Int($0) }.map {
      max(0, min($0, Int(Int32.max)))
    }
    var outcome = Outcome()
    let status = parameters.first(of: "call_result", "disposition").map { DialStatus.of($0, seconds: seconds ?? 0) }
    outcome.dialStatus = status.flatMap { CallerText($0) }
    outcome.answeredSeconds = seconds
    self.outcome = outcome
  }

  /// The call's own name, by which it is looked for first.
  package private(set) var uniqueID: CallerText?
}

/// Asterisk's words for how a call ended.
enum DialStatus {
  /// The one for a result or a disposition of VICIdial's.
  static func of(_ word: String, seconds: Int) -> String {
    switch word.uppercased() {
    case "B", "AB", "BUSY": "BUSY"
    case "N", "NA", "NOANSWER", "NO-ANSWER", "NO_ANSWER": "NOANSWER"
    case "DC", "ADC", "FAILED", "CONGESTION": "CONGESTION"
    case "CANCEL", "CANCELLED": "CANCEL"
    case "A", "AA", "AM", "ANSWER", "ANSWERED": "ANSWER"
    default: seconds > 0 ? "ANSWER" : "NOANSWER"
    }
  }
}

private func name(_ text: String?, of parameter: String) throws(ParameterError) -> CallerText? {
  guard let text else { return nil }
  return try checked { () throws(StoreError) in try CallerText(name: text, of: parameter) }
}

private func callName(_ text: String?) throws(ParameterError) -> CallerText? {
  guard let text else { return nil }
  return try checked { () throws(StoreError) in try CallerText(uniqueID: text) }
}

private func checked<Result>(_ body: () throws(StoreError) -> Result) throws(ParameterError) -> Result {
  do { return try body() } catch { throw ParameterError(.unprocessable, error.message) }
}

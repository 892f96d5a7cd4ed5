import Rotation

/// What calls do.
extension ModelWorld {
  func pick() throws {
    let ask = someAsk()
    let request = Request(ask, isAbroad: isAbroad)
    note("pick \(ask.summary)")
    if chance(12) {
      var rehearsed = model
      try agree(Self.text(try test.store.rehearsePick(request)), rehearsed.pick(ask), "rehearsal")
    }
    let expected = model.pick(ask)
    try agree(Self.text(try test.store.pick(request)), expected)
    let words = expected.split(separator: " ")
    seen[String(words.count == 1 ? words[0] : words[1]), default: 0] += 1
  }

  private static func text(_ answer: Answer) -> String {
    switch answer {
    case .granted(let grant): "\(grant.number.phone.written) \(grant.match.rawValue) \(grant.reservedUntil ?? 0)"
    case .kept, .refused, .elsewhere: answer.status.rawValue
    }
  }

  private func someAsk() -> Model.Ask {
    var ask = isAbroad ? destinationAbroad() : destination()
    if chance(50) { ask = Model.Ask(dialled: "911", areas: []) }
    ask.campaign = chance(4) ? nil : pickOne(["SALES", "Sales", "LEADS", "SURVEY", "survey", "NOBODY"])
    ask.agent = chance(2) ? nil : pickOne(["1001", "Agent7", "AGENT7"])
    ask.carrier = chance(8) ? pickOne(["Acme", "Bell"]) : nil
    ask.pool = chance(8) ? pickOne(["default", "sales", "spare", "nowhere"]) : nil
    ask.ttl = chance(3) ? pickOne([0, 30, 900, 4000]) : nil
    ask.respectsExisting = chance(12)
    ask.callerID = chance(3) ? pickOne([pickOne(model.lines).digits, strangers[0], strangers[1]]) : nil
    ask.call = "call-\(Int.random(in: 0..<60, using: &random))"
    return ask
  }

  private func destination() -> Model.Ask {
    let area = pickOne(["214", "214", "972", "817", "813", "727", "917", "718", "902", "800", "999"])
    let number = "\(area)555121\(Int.random(in: 0..<3, using: &random))"
    let prefix = pickOne(["", "1", "1", "81", "91", "9", "9288", "77", "5551"])
    let other = chance(20) ? pickOne(["214", "813", "902"]) : nil
    return Model.Ask(dialled: prefix + number, destination: number, areas: [other ?? area])
  }

  private func destinationAbroad() -> Model.Ask {
    let number = pickOne(["2079460123", "2012340123", "1614960123", "1312960123", "7700900123"])
    let areas = (1...6).reversed().map { String(number.prefix($0)) }
    return Model.Ask(dialled: pickOne(["0", "44", "0044"]) + number, destination: number, areas: areas)
  }

  /// Caller-IDs that are none of ours, in the form of the country.
  var strangers: [String] { isAbroad ? ["442079469998", "442079469999"] : ["2145559998", "2145559999"] }

  func release() throws {
    switch Int.random(in: 0..<20, using: &random) {
    case 0:
      note("release all")
      try agree(try test.store.releaseAll(), model.releaseAll())
    case 1..<3:
      let index = Int.random(in: model.lines.indices, using: &random)
      note("release \(model.lines[index].digits)")
      let number = try test.number(model.lines[index].digits)
      try agree(try test.store.release(numbers: [number])[0], model.release(index) > 0)
    default:
      let call = "call-\(Int.random(in: 0..<60, using: &random))"
      let status = chance(4) ? nil : pickOne(["ANSWER", "ANSWER", "BUSY", "NOANSWER"])
      let answered = status == "ANSWER" && !chance(5) ? pickOne([2, 12, 90]) : nil
      note("release \(call) \(status ?? "") \(answered ?? 0)")
      var outcome = Outcome()
      outcome.dialStatus = status.flatMap { CallerText($0) }
      outcome.answeredSeconds = answered
      let freed = try test.store.release(uniqueID: CallerText(call)!, outcome: status == nil ? nil : outcome)
      try agree(freed.map(\.written), model.release(call: call, status: status, answered: answered))
    }
  }
}

extension Model.Ask {
  var summary: String {
    let parts: [(String, String?)] = [
      ("campaign", campaign), ("agent", agent), ("pool", pool), ("carrier", carrier), ("ttl", ttl.map(String.init)),
      ("callerID", callerID), ("respects", respectsExisting ? "yes" : nil),
      ("area", areas.count == 1 && destination?.hasPrefix(areas[0]) == false ? areas[0] : nil),
    ]
    return "\(dialled) (\(call))" + parts.map { name, text in text.map { " \(name)=\($0)" } ?? "" }.joined()
  }
}

extension Request {
  init(_ ask: Model.Ask, isAbroad: Bool) {
    self.init(destination: ask.dialled)
    campaign = ask.campaign.flatMap { CallerText($0) }
    agent = ask.agent.flatMap { CallerText($0) }
    pool = ask.pool
    carrier = ask.carrier
    callerID = ask.callerID
    respectExisting = ask.respectsExisting
    reservationTTL = ask.ttl
    uniqueID = CallerText(ask.call)
    if !isAbroad, let destination = ask.destination, ask.areas.first.map(destination.hasPrefix) == false {
      areaCode = ask.areas.first
    }
  }
}

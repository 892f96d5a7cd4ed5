import Rotation
import Testing

/// What operators do.
extension ModelWorld {
  private typealias Choices = [(key: String, texts: [String])]

  private static let settings: Choices = [
    ("default_daily_limit", ["0", "4", "8", "100", "none"]), ("default_hourly_limit", ["1", "3", "20", "none"]),
    ("reservation_ttl", ["0", "30", "120", "900"]), ("agent_calls_per_minute", ["1", "3", "60", "none"]),
    ("match", ["area", "region", "any", "any"]), ("max_concurrent", ["0", "1", "1", "3"]),
    ("warm_up_days", ["0", "3", "7"]), ("warm_up_start", ["1", "2", "10"]),
    ("require_attestation", ["none", "none", "C", "A"]), ("require_authorization", ["no", "no", "yes"]),
    ("require_verification", ["no", "no", "yes"]), ("require_callback", ["no", "no", "yes"]),
    ("rest_below_answer_rate", ["none", "60"]), ("rest_above_short_share", ["none", "40"]),
    ("rest_short_seconds", ["6", "30"]), ("rest_after_calls", ["1", "3"]), ("rest_days", ["1", "3"]),
    ("rest_pool_share", ["10", "40", "100"]),
  ]

  private var fields: Choices {
    [
      ("pool", ["default", "sales", "spare"]), ("carrier", ["", "Acme", "Bell"]),
      ("area_code", isAbroad ? ["20", "207", "161", "1", "1312 161"] : Self.areaCodes), ("state", ["enabled"]),
      ("daily_limit", ["", "", "none", "0", "3", "8"]), ("hourly_limit", ["", "", "none", "1", "2"]),
      ("max_concurrent", ["", "", "0", "1", "3"]), ("attestation", ["A", "A", "B", "none"]),
      ("authorized_by", ["Ann", "Ann", ""]), ("verified_at", ["2026-01-05", "2026-01-05", ""]),
      ("callback", ["yes", "yes", ""]),
    ]
  }

  private static let areaCodes = [
    "", "", "214", "972", "817", "915", "813", "727", "813 727", "212", "718", "902", "TX", "FL", "PE", "NS 214",
    "NY FL",
  ]

  private var campaignSettings: Choices {
    [
      ("pools", ["default", "default,sales", "sales,default,spare", "spare,sales"]), ("carrier", ["", "", "", "Acme"]),
      ("number_hourly_limit", ["none", "1", "2"]), ("number_daily_limit", ["none", "1", "3"]),
      ("hourly_limit", ["none", "none", "0", "5", "12"]), ("daily_limit", ["none", "none", "10", "40"]),
      ("reservation_ttl", ["", "0", "60"]), ("match", ["", "", "area", "region", "any"]),
      ("sticky", ["off", "off", "destination", "agent"]), ("sticky_for", ["120", "86400"]),
      ("when_exhausted", ["keep", "least-used"]), ("respect_existing", ["no", "no", "yes"]),
      ("caller_id", ["", strangers[0]]), ("dial_prefix", isAbroad ? [""] : ["", "91", "92", "9288"]),
    ]
  }

  private func choose(_ count: Int, of choices: Choices) -> [(key: String, text: String)] {
    choices.shuffled(using: &random).prefix(count).map { ($0.key, pickOne($0.texts)) }
  }

  // MARK: Settings, campaigns, agents

  func changeSetting() throws {
    let (key, text) = choose(1, of: Self.settings)[0]
    note("config \(key) \(text)")
    model.settings.set(key, to: text)
    try test.store.set(try Setting(key: key), to: text)
  }

  func configureCampaign(_ name: String) throws {
    let label = try #require(CallerText(name))
    if chance(10), model.campaigns[name] != nil {
      note("campaign remove \(name)")
      model.forget(name)
      return try test.store.remove(campaign: label)
    }
    let values = choose(Int.random(in: 1...3, using: &random), of: campaignSettings)
    note("campaign set \(name) \(values.map { "\($0.key)=\($0.text)" }.joined(separator: " "))")
    let isRight = model.configure(name, values)
    let settings = try values.map { (setting: try CampaignSetting(key: $0.key), text: Optional($0.text)) }
    do {
      _ = try test.store.set(settings, of: label)
      try agree(true, isRight)
    } catch let error as StoreError {
      try agree(false, isRight, error.message)
    }
  }

  func changeAgent() throws {
    let (name, text) = (pickOne(["1001", "agent7"]), pickOne(["", "none", "0", "2", "5"]))
    note("agent \(name) calls_per_minute \(text)")
    model.agents[name.uppercased(), default: Model.Agent()].callsPerMinute = text.isEmpty ? .none : .some(Int(text))
    try test.store.setCallsPerMinute(
      text.isEmpty ? nil : try Limit(text, name: "limit"), of: try #require(CallerText(name)))
  }

  func reset() throws {
    let (hourly, daily, pastOnly) = (chance(2), chance(2), chance(2))
    note("reset hourly \(hourly) daily \(daily) past only \(pastOnly)")
    model.reset(hourly: hourly, daily: daily, pastOnly: pastOnly)
    _ = try test.store.resetUsage(.init(hourly: hourly, daily: daily, pastOnly: pastOnly))
  }

  // MARK: Numbers

  func addNumber(_ said: [(key: String, text: String)] = []) throws {
    let count = (model.lines.last?.id ?? 0) + 1
    let last = "\(count + 1000)".suffix(3)
    let digits = isAbroad ? "44207946\(last)0" : pickOne(["214", "972", "813", "727", "718", "902"]) + "5550\(last)"
    var values = fields.map { (key: $0.key, text: pickOne($0.texts)) }.filter { value in
      ["carrier", "area_code", "pool"].contains(value.key) || !chance(2)
    }
    for value in said { values.removeAll { $0.key == value.key } }
    values += said
    note("add \(digits) \(values.map { "\($0.key)=\($0.text)" }.joined(separator: " "))")
    model.lines.append(.init(id: count, digits: digits, addedAt: model.now, serves: []))
    for (key, text) in values { model.change(model.lines.count - 1, key, to: text) }
    _ = try test.store.add(try PhoneNumber(digits), try NumberFields(values))
  }

  func changeNumber() throws {
    let index = Int.random(in: model.lines.indices, using: &random)
    let digits = model.lines[index].digits
    let values = choose(2, of: fields)
    note("set \(digits) \(values.map { "\($0.key)=\($0.text)" }.joined(separator: " "))")
    for (key, text) in values { model.change(index, key, to: text) }
    _ = try test.store.change(try PhoneNumber(digits), try NumberFields(values))
  }

  func changeState() throws {
    let indices = model.lines.indices.shuffled(using: &random).prefix(chance(3) ? 3 : 1)
    let state = pickOne(["enabled", "enabled", "disabled", "retired"])
    note("\(state) \(indices.map { model.lines[$0].digits })")
    for index in indices { model.change(index, "state", to: state) }
    try test.store.setState(
      try #require(Number.State(rawValue: state)), of: try indices.map { try PhoneNumber(model.lines[$0].digits) })
  }

  func rest() throws {
    let index = Int.random(in: model.lines.indices, using: &random)
    let until = chance(3) ? 0 : model.now + pickOne([60, 7200, 200_000])
    note("rest \(model.lines[index].digits) until \(until)")
    model.rest(index, until: until)
    try test.store.rest([try PhoneNumber(model.lines[index].digits)], until: until, reason: "tried out")
  }

  func removeNumber() throws {
    guard model.lines.count > 25 else { return }
    let line = model.lines.remove(at: Int.random(in: model.lines.indices, using: &random))
    note("remove \(line.digits)")
    try test.store.remove([try PhoneNumber(line.digits)], evenIfUsed: true)
  }
}

extension NumberFields {
  fileprivate init(_ values: [(key: String, text: String)]) throws {
    self.init()
    for (key, text) in values { try set(try #require(NumberField(rawValue: key)), to: text) }
  }
}

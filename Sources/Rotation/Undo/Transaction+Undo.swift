internal import SQLite

/// What belongs together in a change and is taken back as one.
enum UndoUnit {
  /// A record with its details.
  case one(UndoRecord, details: [UndoRecord])
  /// The fields of one number.
  case fields([UndoRecord])
  /// The settings of one campaign.
  case campaign(String, [UndoRecord])

  static func units(of records: [UndoRecord]) -> [UndoUnit] {
    var units: [UndoUnit] = []
    for record in records {
      switch (record.kind, units.last) {
      case (.field, .fields(let others)?) where others[0][0] == record[0]:
        units[units.count - 1] = .fields(others + [record])
      case (.field, _): units.append(.fields([record]))
      case (.campaignSetting, .campaign(let name, let others)?):
        units[units.count - 1] = .campaign(name, others + [record])
      case (.campaignSetting, _): units.append(.campaign(record.text(0), [record]))
      case (let kind, .one(let first, let details)?) where kind.isDetail:
        units[units.count - 1] = .one(first, details: details + [record])
      default: units.append(.one(record, details: []))
      }
    }
    return units
  }

  /// What it is about, for people.
  var what: String {
    switch self {
    case .campaign(let name, _): return name
    case .fields(let records): return records[0].text(1)
    case .one(let record, _):
      switch record.kind {
      case .added: return record.text(2)
      case .removed: return record.text(4)
      case .rest, .numberUse: return record.text(1)
      default: return record.text(0)
      }
    }
  }
}

extension Transaction {
  /// Takes one thing back as a part of the transaction: what cannot be is left, and nothing of it is changed.
  func outcome(ofTakingBack unit: UndoUnit) throws -> UndoOutcome {
    switch try part({ try takeBack(unit) }) {
    case .success(let outcome): return outcome
    case .failure(let error):
      guard error.isOfRequest else { throw error }
      return .left("cannot be as it was: \(error.message)")
    }
  }

  /// Takes one thing back, unless something newer contradicts it.
  func takeBack(_ unit: UndoUnit) throws -> UndoOutcome {
    switch unit {
    case .campaign: return .nothing
    case .fields(let records): return try takeBack(fields: records)
    case .one(let record, let details):
      switch record.kind {
      case .added: return try takeBack(adding: record)
      case .removed: return try takeBack(removal: record, details)
      case .rest: return try takeBack(rest: record, details)
      case .numberUse: return try takeBack(clearing: record, details)
      case .callsOfCampaign: return try takeBack(clearing: record, of: campaign)
      case .callsOfAgent: return try takeBack(clearing: record, of: agent)
      case .setting: return try takeBack(setting: record)
      case .agentLimit: return try takeBack(limitOfAgent: record)
      case .field, .campaignSetting, .archived, .campaignUse, .outcome, .sticky: return .nothing
      }
    }
  }

  // MARK: Numbers that came and went

  private func takeBack(adding record: UndoRecord) throws -> UndoOutcome {
    guard var number = try number(record.phone(at: 1)), number.id == record.count(0), number.addedAt == record.count(3)
    else { return .nothing }
    guard number.lastRequest > 0 || !number.reservations(at: now).isEmpty else {
      try delete(number)
      return .done
    }
    guard number.state == .enabled else { return .left("has carried calls since, and is \(number.state.rawValue)") }
    number.state = .disabled
    try keepState(of: number)
    try moveToItsPlace(&number)
    return .disabled(number.phone)
  }

  private func takeBack(removal record: UndoRecord, _ details: [UndoRecord]) throws -> UndoOutcome {
    // The pool and the carrier stand before the row.
    let row = Array(record.values.dropFirst(2))
    guard row.count == UndoRecord.columnsOfNumber else { return .left("is not kept as this version keeps numbers") }
    let phone = PhoneNumber(e164: record.text(3), written: record.text(4))
    if let present = try number(phone) {
      return present.id == record.count(2) ? .nothing : .left("is in the store again")
    }
    let id = try number(id: record.count(2)) == nil ? record.count(2) : nil
    let pool = try pool(making: record.text(0))
    var carrier: Carrier?
    if let name = record[1], !name.isEmpty { carrier = try self.carrier(making: name) }
    try database.run(
      """
      INSERT INTO number (id, e164, written, name, pool_id, carrier_id, area_codes, state, daily_limit, hourly_limit,
        max_concurrent, added_at, attestation, authorized_by, verified_at, callback, day, used_today, hour,
        used_this_hour, last_request, last_used_at, holds, resting_until, rest_reason, asleep_until, lease)
      VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 0, ?)
      """,
      id, row[1], row[2], row[3], pool.id, carrier?.id ?? 0, row[6], row[7], row[8], row[9], row[10], row[11], row[12],
      row[13], row[14], row[15], row[16], row[17], row[18], row[19], row[20], row[21], row[22], row[23], row[24],
      isClustered ? 0 : nil)
    try tell(.number, phone.e164)
    guard var number = try number(phone) else { return .left("cannot be read again") }
    try number.laneBound.check(pool: number.pool.name)
    try bringBack(details, of: number)
    try enterLanes(number)
    count(1, in: number.pool)
    try keepReach(of: number)
    try moveToItsPlace(&number)
    return .done
  }

  private func bringBack(_ details: [UndoRecord], of number: Number) throws {
    for detail in details {
      switch detail.kind {
      case .archived:
        try database.run(
          """
          INSERT OR IGNORE INTO daily_usage (day, number_id, calls, answered, answered_seconds) VALUES (?, ?, ?, ?, ?)
          """, detail.count(0), number.id, detail.count(1), detail.count(2), detail.count(3))
      case .outcome: try bringBack(outcome: detail, of: number)
      case .campaignUse:
        // Only a campaign that still limits its calls with each number counts them.
        guard let id = try campaignID(detail[0]), let scope = number.pool.scopes.first(where: { $0.campaignID == id })
        else { continue }
        try keep(
          CampaignUse(
            scope: scope, today: Usage(window: detail.count(1), calls: detail.count(2)),
            thisHour: Usage(window: detail.count(3), calls: detail.count(4)), asleepUntil: 0, isKept: true),
          of: number)
      case .sticky:
        let id = detail[0] == nil ? 0 : try campaignID(detail[0])
        guard let id, detail.count(2) > now else { continue }
        try database.run(
          "INSERT OR IGNORE INTO sticky (campaign_id, key, number_id, until) VALUES (?, ?, ?, ?)", id, detail.text(1),
          number.id, detail.count(2))
      default: continue
      }
    }
  }

  private func campaignID(_ name: String?) throws -> Int? {
    guard let name else { return nil }
    return try database.value("SELECT id FROM campaign WHERE name = ?", name)
  }

  /// Unless calls have been counted since.
  private func bringBack(outcome detail: UndoRecord, of number: Number) throws {
    try database.run(
      "INSERT OR IGNORE INTO outcome (number_id, calls, answered, short, blocked) VALUES (?, ?, ?, ?, ?)", number.id,
      detail.count(0), detail.count(1), detail.count(2), detail[3].flatMap { Int($0) })
  }

  // MARK: Fields and rests

  private func takeBack(fields records: [UndoRecord]) throws -> UndoOutcome {
    guard let number = try number(records[0].phone(at: 0)) else { return .left("is not in the store any more") }
    var fields = NumberFields()
    for record in records {
      guard let field = NumberField(rawValue: record.text(2)) else { continue }
      let present = field.text(of: number)
      if present == record.text(3) { continue }
      guard present == record.text(4) else { return .left("has another \(field.rawValue) since") }
      try fields.set(field, to: record.text(3))
    }
    if fields.isEmpty { return .nothing }
    _ = try put(number.phone, fields)
    return .done
  }

  private func takeBack(rest record: UndoRecord, _ details: [UndoRecord]) throws -> UndoOutcome {
    guard var number = try number(record.phone(at: 0)) else { return .left("is not in the store any more") }
    let before = (until: record.count(2), reason: record.text(3))
    if (number.restingUntil, number.restReason) == before { return .nothing }
    guard number.restingUntil == record.count(4), number.restReason == record.text(5) else {
      return .left("rests otherwise since")
    }
    try tell(.rest, number.phone.e164)
    let rests = before.until > now
    number.restingUntil = rests ? before.until : 0
    number.restReason = rests ? before.reason : ""
    try bringBack(details, of: number)
    try moveToItsPlace(&number)
    return .done
  }

  // MARK: Counts

  /// The calls of a window: what was cleared, and what was counted since. A count that is not below it was never cleared,
  /// or has been brought back already; one of another window does not matter any more.
  private func merged(_ present: Usage, _ day: Int, _ calls: Int, in window: Range<Int>) -> Usage? {
    let since = present.calls(in: window)
    guard day == window.lowerBound, calls > since else { return nil }
    return Usage(window: day, calls: calls + since)
  }

  private func takeBack(clearing record: UndoRecord, _ details: [UndoRecord]) throws -> UndoOutcome {
    guard var number = try number(record.phone(at: 0)) else { return .left("is not in the store any more") }
    let windows = moment.windows
    var isChanged = false
    if let usage = merged(number.today, record.count(2), record.count(3), in: windows.day) {
      (number.today, isChanged) = (usage, true)
    }
    if let usage = merged(number.thisHour, record.count(4), record.count(5), in: windows.hour) {
      (number.thisHour, isChanged) = (usage, true)
    }
    for detail in details where detail.kind == .campaignUse {
      guard let id = try campaignID(detail[0]), let scope = number.pool.scopes.first(where: { $0.campaignID == id })
      else { continue }
      var use = try use(of: number, in: scope)
      let today = merged(use.today, detail.count(1), detail.count(2), in: windows.day)
      let thisHour = merged(use.thisHour, detail.count(3), detail.count(4), in: windows.hour)
      guard today != nil || thisHour != nil else { continue }
      (use.today, use.thisHour) = (today ?? use.today, thisHour ?? use.thisHour)
      try keep(use, of: number)
      isChanged = true
    }
    guard isChanged else { return .nothing }
    try moveToItsPlace(&number)
    return .done
  }

  private func takeBack(clearing record: UndoRecord, of campaign: (CallerText) throws -> Campaign) throws -> UndoOutcome
  {
    guard let name = CallerText(record.text(0)), case let campaign = try campaign(name), campaign.id != 0 else {
      return .nothing
    }
    let today = merged(campaign.today, record.count(1), record.count(2), in: moment.windows.day)
    let thisHour = merged(campaign.thisHour, record.count(3), record.count(4), in: moment.windows.hour)
    guard today != nil || thisHour != nil else { return .nothing }
    let (day, hour) = (today ?? campaign.today, thisHour ?? campaign.thisHour)
    try database.run(
      "UPDATE campaign SET day = ?, used_today = ?, hour = ?, used_this_hour = ? WHERE id = ?", day.window, day.calls,
      hour.window, hour.calls, campaign.id)
    return .done
  }

  private func takeBack(clearing record: UndoRecord, of agent: (CallerText) throws -> Agent) throws -> UndoOutcome {
    guard let name = CallerText(record.text(0)), case let agent = try agent(name), agent.id != 0 else {
      return .nothing
    }
    let today = merged(agent.today, record.count(1), record.count(2), in: moment.windows.day)
    let thisHour = merged(agent.thisHour, record.count(3), record.count(4), in: moment.windows.hour)
    guard today != nil || thisHour != nil else { return .nothing }
    let (day, hour) = (today ?? agent.today, thisHour ?? agent.thisHour)
    try database.run(
      "UPDATE agent SET day = ?, used_today = ?, hour = ?, used_this_hour = ? WHERE id = ?", day.window, day.calls,
      hour.window, hour.calls, agent.id)
    return .done
  }

  // MARK: Settings and limits

  private func takeBack(limitOfAgent record: UndoRecord) throws -> UndoOutcome {
    guard let name = CallerText(record.text(0)), case let agent = try agent(name), agent.id != 0 else {
      return .left("is not known any more")
    }
    let present = agent.callsPerMinute?.column
    let (before, after) = (record[1].flatMap { Int($0) }, record[2].flatMap { Int($0) })
    if present == before { return .nothing }
    guard present == after else { return .left("has another limit since") }
    try saveCallers()
    try database.run("UPDATE agent SET calls_per_minute = ? WHERE id = ?", before, agent.id)
    return .done
  }

  private func takeBack(setting record: UndoRecord) throws -> UndoOutcome {
    guard let setting = Setting(rawValue: record.text(0)) else { return .left("is no setting of this version") }
    let present = try keptValue(of: setting)
    if present == record[1] { return .nothing }
    guard present == record[2] else { return .left("has been changed since") }
    _ = try set(setting, to: record[1])
    return .done
  }
}

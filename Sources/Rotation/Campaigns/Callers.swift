internal import SQLite

/// Looking up who calls, by a name in capitals or not.
extension Snapshot {
  func campaign(_ name: CallerText) throws -> Campaign {
    try campaign { try database.first("SELECT * FROM campaign WHERE name = ?", name.text, body: $0) }
      ?? Campaign(id: 0, name: name)
  }

  /// The campaign whose dial prefix the dial string begins with; the longest prefix wins.
  func campaign(dialling dialString: String) throws -> Campaign? {
    guard let digits = DialString.digits(of: dialString)?.digits, digits.utf8.count > 10 else { return nil }
    for length in stride(from: 6, through: 1, by: -1) {
      let prefix = String(digits.prefix(length))
      let found = try campaign {
        try database.first("SELECT * FROM campaign WHERE dial_prefix = ?", prefix, body: $0)
      }
      if let found { return found }
    }
    return nil
  }

  private func campaign(_ first: ((borrowing Row) -> Campaign?) throws -> Campaign??) throws -> Campaign? {
    guard var campaign = try first({ Campaign($0) }).flatMap(\.self) else { return nil }
    campaign.terms = try terms(ofCampaign: campaign.id)
    return campaign
  }

  private func terms(ofCampaign id: Int) throws -> CampaignTerms {
    var terms = CampaignTerms()
    let countryCode = settings.countryCode
    try database.each("SELECT key, value FROM setting WHERE campaign_id = ?", id) { row in
      switch row[0] as String {
      case CampaignQuota.hoursKey: terms.quota.hours = CampaignQuota.read(row[1])
      case CampaignQuota.daysKey: terms.quota.days = CampaignQuota.read(row[1])
      default: break
      }
      guard let setting = CampaignSetting(rawValue: row[0]) else { return }
      try? setting.set(row[1], in: &terms, countryCode: countryCode)
    }
    return terms
  }

  func agent(_ name: CallerText) throws -> Agent {
    try database.first(
      """
      SELECT id, calls_per_minute, day, used_today, hour, used_this_hour, minute, used_this_minute FROM agent
      WHERE name = ?
      """, name.text
    ) {
      Agent(
        id: $0[0], name: name, callsPerMinute: Limit(column: $0[1]), today: Usage(window: $0[2], calls: $0[3]),
        thisHour: Usage(window: $0[4], calls: $0[5]), thisMinute: Usage(window: $0[6], calls: $0[7]))
    } ?? Agent(id: 0, name: name)
  }
}

/// Counting the calls of campaigns and agents. Each is read and written once in a transaction, however many calls of it the
/// transaction answers.
extension Transaction {
  /// Who asks, with the calls that this transaction has counted before.
  func knownCaller(of request: Request) throws -> Caller {
    Caller(campaign: try knownCampaign(of: request), agent: try request.agent.map(knownAgent))
  }

  private func knownCampaign(of request: Request) throws -> Campaign? {
    if let name = request.campaign?.text,
      let known = memory.campaigns.first(where: { $0.name.text.isSameName(as: name) })
    {
      return known
    }
    guard let campaign = try campaign(of: request) else { return nil }
    // One that was dialled may have been named by an earlier request.
    if let known = memory.campaigns.first(where: { $0.name == campaign.name }) { return known }
    memory.campaigns.append(campaign)
    return campaign
  }

  private func knownAgent(_ name: CallerText) throws -> Agent {
    if let known = memory.agents.first(where: { $0.name.text.isSameName(as: name.text) }) { return known }
    let agent = try agent(name)
    memory.agents.append(agent)
    return agent
  }

  /// Counts a call of the campaign if `counted` is true, and creates the campaign's row if there is none.
  ///
  /// - Returns: its ID.
  func keep(_ campaign: Campaign, counting counted: Bool) throws -> Int {
    var campaign = campaign
    if counted {
      campaign.today.count(in: moment.windows.day)
      campaign.thisHour.count(in: moment.windows.hour)
      campaign.isCounted = true
    }
    if campaign.id == 0 {
      try database.run(
        "INSERT INTO campaign (name, day, used_today, hour, used_this_hour) VALUES (?, 0, 0, 0, 0)", campaign.name.text)
      campaign.id = database.lastInsertedRowID
    }
    if let known = memory.campaigns.firstIndex(where: { $0.name == campaign.name }) {
      memory.campaigns[known] = campaign
    }
    return campaign.id
  }

  /// Counts a call of the agent in the same way.
  func keep(_ agent: Agent, counting counted: Bool) throws -> Int {
    var agent = agent
    if counted {
      agent.today.count(in: moment.windows.day)
      agent.thisHour.count(in: moment.windows.hour)
      agent.thisMinute.count(in: moment.minute)
      agent.isCounted = true
    }
    if agent.id == 0 {
      try database.run(
        """
        INSERT INTO agent (name, day, used_today, hour, used_this_hour, minute, used_this_minute)
        VALUES (?, 0, 0, 0, 0, 0, 0)
        """, agent.name.text)
      agent.id = database.lastInsertedRowID
    }
    if let known = memory.agents.firstIndex(where: { $0.name == agent.name }) { memory.agents[known] = agent }
    return agent.id
  }

  /// Writes the counts of those whose calls were counted. Call this also before their rows change otherwise: they are then
  /// read again.
  func saveCallers() throws {
    for campaign in memory.campaigns where campaign.isCounted {
      try database.run(
        "UPDATE campaign SET day = ?, used_today = ?, hour = ?, used_this_hour = ? WHERE id = ?",
        campaign.today.window, campaign.today.calls, campaign.thisHour.window, campaign.thisHour.calls, campaign.id)
    }
    for agent in memory.agents where agent.isCounted {
      try database.run(
        """
        UPDATE agent SET day = ?, used_today = ?, hour = ?, used_this_hour = ?, minute = ?, used_this_minute = ?
        WHERE id = ?
        """, agent.today.window, agent.today.calls, agent.thisHour.window, agent.thisHour.calls,
        agent.thisMinute.window, agent.thisMinute.calls, agent.id)
    }
    memory.campaigns.removeAll()
    memory.agents.removeAll()
  }
}

extension Campaign {
  /// Reads a row of `SELECT * FROM campaign`; nil if the name is empty.
  init?(_ row: borrowing Row) {
    guard let name = CallerText(row[1]) else { return nil }
    self.init(
      id: row[0], name: name, today: Usage(window: row[3], calls: row[4]),
      thisHour: Usage(window: row[5], calls: row[6]))
  }
}

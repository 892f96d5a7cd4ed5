internal import SQLite

/// What the operator decides for campaigns and agents.
extension Store {
  /// Every campaign that was configured or has called, by name.
  package func campaigns() throws(StoreError) -> [Campaign] {
    try read {
      let names: [String] = try $0.database.all("SELECT name FROM campaign ORDER BY name") { $0[0] }
      return try names.compactMap { CallerText($0) }.map($0.campaign)
    }
  }

  package func campaign(named name: CallerText) throws(StoreError) -> Campaign {
    try read { try $0.existing(campaign: name) }
  }

  /// Checks and keeps settings of a campaign, all of them or none. A campaign that is not known yet is created.
  ///
  /// - Parameter values: nil brings back a setting's default.
  /// - Throws: `refused` with what would be right.
  package func set(
    _ values: [(setting: CampaignSetting, text: String?)], of name: CallerText
  ) throws(StoreError) -> Campaign {
    let verb = values.allSatisfy { $0.text == nil } ? "unset" : "set"
    let words = values.map { value in value.setting.rawValue + (value.text.map { "=\($0)" } ?? "") }
    return try set(values, of: name, as: "campaign \(verb) \(name.text) \(words.joined(separator: " "))") { _ in }
  }

  /// - Parameters:
  ///   - what: what the audit says.
  ///   - check: refuses the change by the campaign as it is.
  func set(
    _ values: [(setting: CampaignSetting, text: String?)], of name: CallerText, as what: String,
    if check: (Campaign) throws -> Void
  ) throws(StoreError) -> Campaign {
    try removeLeftLanes(ofCampaign: try read { try $0.campaign(name).id })
    let most = try mostAreaCodes(before: values)
    let campaign = try change(what) { transaction in
      var campaign = try transaction.campaign(name)
      let before = campaign
      try check(before)
      for (setting, text) in values {
        try setting.set(
          text ?? setting.defaultValue, in: &campaign.terms, countryCode: transaction.settings.countryCode)
      }
      try transaction.check(campaign)
      transaction.noteTerms(from: before, to: campaign)
      return try transaction.keepTerms(of: campaign, given: most)
    }
    try removeLeftLanes(ofCampaign: campaign.id)
    try finishResorting()
    return campaign
  }

  /// Forgets what was decided for a campaign, and the campaign itself if it has never called. Its requests stay in the
  /// log, and it goes on calling with the defaults.
  package func remove(campaign name: CallerText) throws(StoreError) {
    let id = try change("campaign remove \(name.text)") { transaction in
      let campaign = try transaction.existing(campaign: name)
      var after = campaign
      after.terms = CampaignTerms()
      transaction.noteTerms(from: campaign, to: after)
      try transaction.forgetTerms(of: campaign)
      return campaign.id
    }
    try removeLeftLanes(ofCampaign: id)
    try inSteps { transaction, most in
      try transaction.database.run(
        "DELETE FROM sticky WHERE campaign_id = ?1 AND key IN (SELECT key FROM sticky WHERE campaign_id = ?1 LIMIT ?2)",
        id, most)
      return transaction.database.changes
    }
    try forget(campaign: id)
  }

  // MARK: Agents

  /// Every agent that has called or has a limit of its own, by name.
  package func agents() throws(StoreError) -> [Agent] {
    try read {
      let names: [String] = try $0.database.all("SELECT name FROM agent ORDER BY name") { $0[0] }
      return try names.compactMap { CallerText($0) }.map($0.agent)
    }
  }

  /// - Parameter limit: nil restores the setting's limit.
  package func setCallsPerMinute(_ limit: Limit?, of name: CallerText) throws(StoreError) {
    let text = limit.map { Limit.text($0.calls) } ?? "default"
    try change("agent set \(name.text) --calls-per-minute \(text)") { transaction in
      let agent = try transaction.agent(name)
      let id = agent.id == 0 ? try transaction.keep(agent, counting: false) : agent.id
      if agent.callsPerMinute?.column != limit?.column {
        transaction.note(
          .agentLimit, [name.text, agent.callsPerMinute.map { String($0.column) }, limit.map { String($0.column) }])
      }
      try transaction.saveCallers()
      try transaction.tell(.agent, name.text)
      try transaction.database.run("UPDATE agent SET calls_per_minute = ? WHERE id = ?", limit?.column, id)
    }
  }
}

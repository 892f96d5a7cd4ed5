internal import SQLite

/// Noting what a transaction does, so that it can be taken back. Nothing is noted where nobody keeps it.
extension Transaction {
  func note(_ kind: UndoRecord.Kind, _ values: @autoclosure () -> [String?]) {
    notes?.append(UndoRecord(kind, values()))
  }

  func noteAdding(_ number: Number) {
    note(.added, [String(number.id), number.phone.e164, number.phone.written, String(number.addedAt)])
  }

  func noteChange(from before: Number, to after: Number) {
    guard notes != nil else { return }
    for field in NumberField.allCases {
      let (old, new) = (field.text(of: before), field.text(of: after))
      guard old != new else { continue }
      note(.field, [before.phone.e164, before.phone.written, field.rawValue, old, new])
    }
  }

  func noteRest(from before: Number, to after: Number) throws {
    try tell(.rest, before.phone.e164)
    guard notes != nil else { return }
    note(
      .rest,
      [
        before.phone.e164, before.phone.written, String(before.restingUntil), before.restReason,
        String(after.restingUntil), after.restReason,
      ])
    try noteOutcome(of: before)
  }

  func noteTerms(from before: Campaign, to after: Campaign) {
    guard notes != nil else { return }
    for setting in CampaignSetting.allCases {
      let (old, new) = (setting.value(in: before.terms), setting.value(in: after.terms))
      if old != new { note(.campaignSetting, [before.name.text, setting.rawValue, old, new]) }
    }
  }

  /// Notes a number as it is before it is deleted.
  func noteRemoval(of number: Number) throws {
    guard notes != nil else { return }
    let columns = UndoRecord.columnsOfNumber
    let row: [String?] =
      try database.first("SELECT * FROM number WHERE id = ?", number.id) { row in (0..<columns).map { row[$0] } } ?? []
    note(.removed, [number.pool.name, number.carrier?.name] + row)
    try noteOutcome(of: number)
    try database.each(
      """
      SELECT name, campaign_number.day, campaign_number.used_today, campaign_number.hour, campaign_number.used_this_hour
      FROM campaign JOIN campaign_number ON campaign_id = campaign.id WHERE number_id = ?
      """, number.id
    ) { row in note(.campaignUse, (0..<5).map { row[$0] }) }
  }

  private func noteOutcome(of number: Number) throws {
    try database.each("SELECT calls, answered, short, blocked FROM outcome WHERE number_id = ?", number.id) { row in
      note(.outcome, (0..<4).map { row[$0] })
    }
  }

  /// Notes the counts of a number before they are cleared.
  func noteUse(of number: Number, _ uses: @autoclosure () throws -> [CampaignUse]) throws {
    guard notes != nil else { return }
    let uses = try uses()
    note(.numberUse, [number.phone.e164, number.phone.written] + Self.texts(number.today, number.thisHour))
    for use in uses {
      let name: String? = try database.value("SELECT name FROM campaign WHERE id = ?", use.scope.campaignID)
      note(.campaignUse, [name] + Self.texts(use.today, use.thisHour))
    }
  }

  func noteCounts(ofCampaign id: Int) throws {
    try database.each("SELECT name, day, used_today, hour, used_this_hour FROM campaign WHERE id = ?", id) { row in
      note(.callsOfCampaign, (0..<5).map { row[$0] })
    }
  }

  func noteCounts(ofAgent id: Int) throws {
    try database.each("SELECT name, day, used_today, hour, used_this_hour FROM agent WHERE id = ?", id) { row in
      note(.callsOfAgent, (0..<5).map { row[$0] })
    }
  }

  private static func texts(_ today: Usage, _ thisHour: Usage) -> [String?] {
    let counts: [Int] = [today.window, today.calls, thisHour.window, thisHour.calls]
    return counts.map { String($0) }
  }
}

extension UndoRecord {
  /// Of the table of numbers in this version. What another version has kept is not taken back.
  static let columnsOfNumber = 26
}

internal import SQLite

extension Store {
  /// Checks a setting and stores it; `nil` restores its default. If rules depend on it, all numbers are re-sorted.
  ///
  /// - Throws: `refused`, with the values that are allowed.
  package func set(_ setting: Setting, to text: String?) throws(StoreError) {
    try write { transaction in
      let value = try transaction.set(setting, to: text)
      let key = setting.rawValue
      try transaction.audit("config " + (text == nil ? "unset \(key)" : "set \(key) \(value)"))
    }
    try finishResorting()
    try publishTimeout()
  }

  /// Writes how long calls may wait to a place where they can read it before they open the store.
  func publishTimeout() throws(StoreError) {
    let milliseconds = settings.busyTimeoutMilliseconds
    try holdingLock { held in held.note.timeoutMilliseconds = milliseconds }
  }
}

extension Transaction {
  /// - Returns: the value in force then.
  func set(_ setting: Setting, to text: String?) throws -> String {
    let previous = self.settings
    var settings = previous
    try setting.set(text ?? setting.defaultValue, in: &settings)
    let value = setting.value(in: settings)
    let kept = text == nil ? nil : value
    if notes != nil {
      let before = try keptValue(of: setting)
      if before != kept { note(.setting, [setting.rawValue, before, kept]) }
    }
    memory.state.settings = settings
    try tell(.setting, setting.rawValue)
    try keepSetting(setting.rawValue, ofCampaign: 0, kept)
    if settings.sleepsDiffer(from: previous) { try noteResorting() }
    return value
  }

  /// The value that the operator has given; nil where the default applies.
  func keptValue(of setting: Setting) throws -> String? {
    try database.value("SELECT value FROM setting WHERE campaign_id = 0 AND key = ?", setting.rawValue)
  }
}

extension Settings {
  /// Whether numbers are unused for other times under these settings than under `other`.
  func sleepsDiffer(from other: Settings) -> Bool {
    var same = other
    // The settings that no rule depends on.
    same.reservationTTL = reservationTTL
    same.agentCallsPerMinute = agentCallsPerMinute
    same.match = match
    same.present = present
    same.setName = setName
    same.setPresentation = setPresentation
    same.stripPrefix = stripPrefix
    same.countryCode = countryCode
    same.internationalPrefix = internationalPrefix
    same.busyTimeoutMilliseconds = busyTimeoutMilliseconds
    same.retentionDays = retentionDays
    same.rest = rest
    return same != self
  }
}

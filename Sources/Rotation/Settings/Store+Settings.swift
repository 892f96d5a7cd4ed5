internal import SQLite

extension Store {
  /// Checks a setting and stores it; `nil` restores its default. If rules depend on it, all numbers are re-sorted.
  ///
  /// - Throws: `refused`, with the values that are allowed.
  package func set(_ setting: Setting, to text: String?) throws(StoreError) {
    try write { transaction in
      let previous = transaction.settings
      var settings = previous
      try setting.set(text ?? setting.defaultValue, in: &settings)
      let value = setting.value(in: settings)
      transaction.memory.state.settings = settings
      try transaction.keepSetting(setting.rawValue, ofCampaign: 0, text == nil ? nil : value)
      if settings.sleepsDiffer(from: previous) { try transaction.noteResorting() }
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

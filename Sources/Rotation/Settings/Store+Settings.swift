internal import SQLite

extension Store {
  /// Checks and keeps a setting; nil brings back its default. Where the rules judge by it, all numbers are re-sorted.
  ///
  /// - Throws: `refused` with what would be right.
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

  /// Tells calls how long they may wait, where they can read it before they have the store open.
  func publishTimeout() throws(StoreError) {
    let milliseconds = settings.busyTimeoutMilliseconds
    try holdingLock { held in held.note.timeoutMilliseconds = milliseconds }
  }
}

extension Settings {
  /// Whether numbers sleep for other times under these settings than under `other`.
  func sleepsDiffer(from other: Settings) -> Bool {
    var same = other
    // Those that no rule judges by.
    same.reservationTTL = reservationTTL
    same.agentCallsPerMinute = agentCallsPerMinute
    same.match = match
    same.present = present
    same.setName = setName
    same.stripPrefix = stripPrefix
    same.countryCode = countryCode
    same.busyTimeoutMilliseconds = busyTimeoutMilliseconds
    same.retentionDays = retentionDays
    same.rest = rest
    return same != self
  }
}

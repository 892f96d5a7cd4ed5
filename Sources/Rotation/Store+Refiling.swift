internal import SQLite

/// Filing every number anew, after a setting has changed that the rules judge by.
///
/// It is done by a few numbers at a time, so that no call waits for it, and leaves a note of how far it got: whoever
/// opens the store for administration next goes on with it where it was broken off. Until it is done, calls go by what the
/// rules say all the same: each number is judged when it is picked.
extension Store {
  /// The setting that holds the number it got to.
  private static let note = "refiled_to"

  /// To be called in the transaction of the change.
  func noteRefiling() throws { try keepSetting(Self.note, ofCampaign: 0, "0") }

  func finishRefiling() throws(StoreError) {
    while try refileSome() { letCallsGoAhead() }
  }

  /// - Returns: whether there is more to do.
  private func refileSome() throws(StoreError) -> Bool {
    guard try read({ try refiledTo() }) != nil else { return false }
    return try write {
      guard var last = try refiledTo() else { return false }
      let moment = moment
      for _ in 0..<200 {
        guard var number = try number(after: last) else {
          try keepSetting(Self.note, ofCampaign: 0, nil)
          return false
        }
        last = number.id
        try refile(&number, at: moment)
      }
      try keepSetting(Self.note, ofCampaign: 0, String(last))
      return true
    }
  }

  private func refiledTo() throws -> Int? {
    let text: String? = try database.value("SELECT value FROM setting WHERE campaign_id = 0 AND key = ?", Self.note)
    return text.flatMap { Int($0) }
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

internal import SQLite

/// Filing every number anew, after a setting has changed that the rules judge by, or the clock was set back.
///
/// It is done by a few numbers at a time, so that no call waits for it, and leaves a note of how far it got: whoever
/// opens the store for administration next goes on with it where it was broken off, and every call until then does a little
/// of it. Until it is done, calls go by what the rules say all the same: each number is judged when it is picked.
extension Store {
  /// The setting that holds the number it got to.
  static var refiledTo: String { "refiled_to" }

  /// To be called in the transaction of the change.
  func noteRefiling() throws {
    try keepSetting(Self.refiledTo, ofCampaign: 0, "0")
    isRefiling = true
  }

  func finishRefiling() throws(StoreError) {
    while try refileSome() { letCallsGoAhead() }
  }

  /// - Returns: whether there is more to do.
  private func refileSome() throws(StoreError) -> Bool {
    guard try read({ try refiledTo() }) != nil else { return false }
    return try write { try refile(200, at: moment) }
  }

  /// The next of those that are to be filed anew, in a transaction.
  ///
  /// - Returns: whether there are more.
  @discardableResult
  func refile(_ count: Int, at moment: Moment) throws -> Bool {
    isRefiling = false
    guard var last = try refiledTo() else { return false }
    for _ in 0..<count {
      guard var number = try number(after: last) else {
        try keepSetting(Self.refiledTo, ofCampaign: 0, nil)
        return false
      }
      last = number.id
      try refile(&number, at: moment)
    }
    try keepSetting(Self.refiledTo, ofCampaign: 0, String(last))
    isRefiling = true
    return true
  }

  private func refiledTo() throws -> Int? {
    let text: String? = try database.value(
      "SELECT value FROM setting WHERE campaign_id = 0 AND key = ?", Self.refiledTo)
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

internal import SQLite

/// A clock that was set back.
///
/// Numbers stand in their lanes until moments of the clock that they were put to sleep by: the end of an hour, of a day, of
/// a reservation. By an earlier clock they would sleep for longer than any rule says, and days that are archived may not be
/// over. So the store keeps how late it was, to a minute, when a number was last moved to its place, and a transaction that
/// begins at an earlier time has all of that done again.
extension Snapshot {
  /// Whether numbers have been moved by a clock that was later than this one is.
  var clockWasSetBack: Bool { Clock.isToCome(memory.state.latestTime, at: now) }
}

extension Transaction {
  /// The setting that holds the latest time. Settings are read by every call: it costs calls nothing but a write a minute.
  static var latestTimeKey: String { "latest" }

  /// To be called when the transaction begins.
  func noticeClockSetBack() throws {
    guard clockWasSetBack else { return }
    try doubtArchive()
    try noteResorting()
    try keepTime()
  }

  /// To be called where numbers or days are judged by the clock.
  func noteTime() throws {
    if now - 60 >= memory.state.latestTime { try keepTime() }
  }

  private func keepTime() throws {
    try keepSetting(Self.latestTimeKey, ofCampaign: 0, String(now))
    memory.state.latestTime = now
  }
}

internal import SQLite

/// A clock that was set back.
///
/// The store keeps until when a number is unused: the end of an hour, of a day, of a reservation. If the clock is set
/// back, numbers would stay unused for longer than any rule says, and archived days may not be over. So the store keeps
/// the time, to a minute, at which a number was last moved to its place. A transaction that begins at an earlier time
/// does all of that again.
extension Snapshot {
  /// Whether numbers have been moved by a clock that was later than this one is.
  var clockWasSetBack: Bool { Clock.isToCome(memory.state.latestTime, at: now) }
}

extension Transaction {
  /// The setting that holds the latest time. Every call reads the settings anyway, so it costs calls only one write a
  /// minute.
  static var latestTimeKey: String { "latest" }

  /// Call this when the transaction begins.
  func noticeClockSetBack() throws {
    guard clockWasSetBack else { return }
    try doubtArchive()
    try noteResorting()
    try keepTime()
  }

  /// Call this where rules compare numbers or days with the clock.
  func noteTime() throws {
    if now - 60 >= memory.state.latestTime { try keepTime() }
  }

  func keepTime() throws {
    try keepSetting(Self.latestTimeKey, ofCampaign: 0, String(now))
    memory.state.latestTime = now
  }
}

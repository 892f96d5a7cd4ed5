internal import SQLite

/// A clock that is set back.
///
/// Numbers stand in their lanes until moments of the clock that they were put to sleep by: the end of an hour, of a day, of
/// a reservation. By an earlier clock they would sleep for longer than any rule says, and days that are archived may not be
/// over. So the store keeps how late it was when a number was filed last, to a minute, and whoever opens it at an earlier
/// time has all of that done anew.
extension Store {
  /// The setting that holds it. Settings are read at every opening: it costs calls nothing but a write a minute.
  static var latest: String { "latest" }

  /// To be called at opening, in the writer's place.
  func lookAtClock() throws {
    let now = clock.now()
    guard Clock.isToCome(latestFiling, at: now) else { return }
    try doubtArchive(after: now)
    try noteRefiling()
    try keepTime(now)
  }

  /// To be called in the transaction that goes by the clock.
  func noteTime(_ now: Int) throws {
    if now - 60 >= latestFiling { try keepTime(now) }
  }

  private func keepTime(_ now: Int) throws {
    try keepSetting(Self.latest, ofCampaign: 0, String(now))
    latestFiling = now
  }
}

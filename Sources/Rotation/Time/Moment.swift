/// The time and the settings that the rules use. One object, since each rule is given all of it.
package final class Moment: Sendable {
  package let now: Int
  package let windows: Windows
  package let settings: Settings

  package init(now: Int, settings: Settings) {
    self.now = now
    self.settings = settings
    windows = settings.calendar.windows(at: now)
  }
}

extension Moment {
  /// The clock minute.
  package var minute: Range<Int> { Self.minute(of: now) }

  static func minute(of now: Int) -> Range<Int> { (now - now % 60)..<(now - now % 60 + 60) }
}

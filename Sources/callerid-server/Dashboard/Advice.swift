import Foundation
import Rotation

/// The reports that look through the calls of a week. Nobody waits for them: the last ones are shown.
struct Advice: Sendable {
  let forecast: SlowLook<(report: ForecastReport, at: Int)>
  let burnt: SlowLook<(report: BurntReport, at: Int)>

  init(reporter: StoreOffice) {
    forecast = SlowLook(every: 300) {
      try await reporter.ask { store in
        let now = store.moment.now
        return (try store.forecast(since: Self.since(now)), now)
      }
    }
    burnt = SlowLook(every: 600) {
      try await reporter.ask { store in
        let now = store.moment.now
        return (try store.burnt(since: Self.since(now)), now)
      }
    }
  }

  /// From when on calls count, in seconds since 1970-01-01 UTC.
  static func since(_ now: Int) -> Int { now - 7 * 86_400 }
}

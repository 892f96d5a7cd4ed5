package import Rotation

/// Whether it works now, and whether there are enough numbers.
package struct Overview: View {
  package static let template = "overview"
  package static let place = Place.overview
  package let title = "Overview"
  package let parts: [Part]

  let findings: Findings
  let figures: Figures
  let hour: Hour
  let refusals: Refusals
  let pools: Pools

  /// - Parameters:
  ///   - latency: how long the server has taken for a call, in seconds; nil: it has answered none.
  ///   - upkeep: what cron has done; nil: it is not known yet.
  ///   - examined: what was found when the store was last looked at, and when: seconds since 1970-01-01 UTC.
  package init(
    _ counts: CallCounts, _ census: Census?, latency: Latency?, upkeep: LastUpkeep?, findings: [Finding],
    examined: Int, in calendar: Rotation.Calendar
  ) {
    self.findings = Findings(findings, counts, census, upkeep: upkeep, examined: examined, in: calendar)
    figures = Figures(counts, census, latency, in: calendar)
    hour = Hour(counts, in: calendar)
    refusals = Refusals(counts)
    pools = Pools(census, in: calendar)
    parts = [
      Part(id: "findings", content: self.findings), Part(id: "figures", content: figures),
      Part(id: "hour", content: hour), Part(id: "refusals", content: refusals), Part(id: "pools", content: pools),
    ]
  }
}

/// How long calls have waited for their answer, in seconds.
package struct Latency: Sendable {
  package let median: Double
  package let slowest: Double

  package init(median: Double, slowest: Double) {
    self.median = median
    self.slowest = slowest
  }
}

struct Figures: Sendable {
  let lastMinute: String
  let thisMinute: String
  let granted: String
  let inArea: String
  let refused: String
  let today: String
  let todayGranted: String
  let lastRequest: Stamp?
  let median: String?
  let slowest: String?
  let available: String
  let numbers: String

  init(_ counts: CallCounts, _ census: Census?, _ latency: Latency?, in calendar: Rotation.Calendar) {
    let minutes = counts.lastHour.map(\.tally)
    let hour = minutes.reduce(into: (granted: 0, area: 0, refused: 0)) { sum, tally in
      sum.granted += tally.allGranted
      sum.area += tally.granted[.area] ?? 0
      sum.refused += tally.allRefused
    }
    lastMinute = (minutes.dropLast().last?.requests ?? 0).grouped
    thisMinute = (minutes.last?.requests ?? 0).grouped
    granted = hour.granted.share(of: hour.granted + hour.refused)
    inArea = hour.area.share(of: hour.granted)
    refused = hour.refused.grouped
    today = counts.today.requests.grouped
    todayGranted = counts.today.allGranted.share(of: counts.today.allGranted + counts.today.allRefused)
    lastRequest = counts.lastRequestAt.flatMap { Stamp($0, in: calendar) }
    median = latency.map { Self.milliseconds($0.median) }
    slowest = latency.map { Self.milliseconds($0.slowest) }
    available = census?.all.available.grouped ?? "…"
    numbers = census?.all.numbers.grouped ?? "…"
  }

  private static func milliseconds(_ seconds: Double) -> String {
    let tenths = Int((seconds * 10_000).rounded())
    return tenths < 100 ? "\(tenths / 10).\(tenths % 10)\u{202F}ms" : "\(tenths / 10)\u{202F}ms"
  }
}

/// The last hour, minute by minute.
struct Hour: Sendable {
  let chart: String
  let rows: [Row]

  struct Row: Sendable {
    let begin: Stamp?
    let area: String
    let near: String
    let other: String
    let refused: String
  }

  init(_ counts: CallCounts, in calendar: Rotation.Calendar) {
    let minutes = counts.lastHour
    func parts(_ tally: CallCounts.Tally) -> [Int] {
      let area = tally.granted[.area, default: 0] + tally.granted[.sticky, default: 0]
      let near = tally.granted[.region, default: 0] + tally.granted[.country, default: 0]
      return [area, near, tally.allGranted - area - near, tally.allRefused]
    }
    let bars = minutes.map { minute in
      let time = String(calendar.text(of: minute.begin).dropFirst(11).prefix(5))
      let values = parts(minute.tally)
      return BarChart.Bar(
        label: time.hasSuffix("0") ? time : "",
        title: "\(time): \(minute.tally.allGranted) got a number, \(minute.tally.allRefused) did not", values: values,
        at: Stamp(minute.begin, in: calendar))
    }
    let all = minutes.map { parts($0.tally) }
    let sums = (0..<4).map { kind in all.map { $0[kind] }.reduce(0, +) }
    chart =
      BarChart(
        kinds: ["area", "near", "other", "refused"], bars: bars,
        summary: "Requests a minute in the last hour: \(sums[0]) in the area, \(sums[1]) near it, \(sums[2]) from "
          + "elsewhere, \(sums[3]) without a number"
      ).svg
    rows = stride(from: 0, to: minutes.count, by: 10).reversed().map { start in
      let sums = (0..<4).map { kind in all[start..<min(start + 10, all.count)].map { $0[kind] }.reduce(0, +) }
      return Row(
        begin: Stamp(minutes[start].begin, in: calendar), area: sums[0].grouped, near: sums[1].grouped,
        other: sums[2].grouped, refused: sums[3].grouped)
    }
  }
}

/// Why requests of the last hour got no number.
struct Refusals: Sendable {
  let rows: [Row]
  let hasRows: Bool

  struct Row: Sendable {
    let count: String
    let status: String
    let reason: String
  }

  private static let most = 8

  init(_ counts: CallCounts) {
    rows = counts.refusals.prefix(Self.most).map {
      Row(count: $0.count.grouped, status: $0.refusal.status.rawValue, reason: $0.refusal.reason)
    }
    hasRows = !rows.isEmpty
  }
}

/// The state of each pool's numbers.
struct Pools: Sendable {
  let rows: [Row]
  let at: Stamp?
  let isCounted: Bool
  let hasRows: Bool

  struct Row: Sendable {
    let name: String
    let path: String
    let numbers: String
    let available: String
    let reserved: String
    let atLimit: String
    let resting: String
    let disabled: String
    let bar: String
    /// Whether fewer than a tenth of those in use are free.
    let isScarce: Bool
  }

  init(_ census: Census?, in calendar: Rotation.Calendar) {
    at = census.flatMap { Stamp($0.at, in: calendar) }
    isCounted = census != nil
    rows = (census?.pools ?? [:]).filter { $0.value.numbers > 0 }.sorted {
      ($1.value.numbers, $0.key) < ($0.value.numbers, $1.key)
    }
    .map { name, counts in
      Row(
        name: name, path: Query.path("/dashboard/numbers", ["pool": name]), numbers: counts.numbers.grouped,
        available: counts.available.grouped,
        reserved: counts.reserved.grouped, atLimit: counts.atLimit.grouped, resting: counts.resting.grouped,
        disabled: counts.disabled.grouped,
        bar: BarChart.shares(
          [
            ("available", counts.available), ("reserved", counts.reserved), ("at-limit", counts.atLimit),
            ("resting", counts.resting), ("disabled", counts.disabled),
          ], summary: "\(counts.available.share(of: counts.numbers)) available"),
        isScarce: counts.available * 10 < counts.numbers - counts.disabled)
    }
    hasRows = !rows.isEmpty
  }
}

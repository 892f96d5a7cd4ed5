import Output
package import Rotation

/// Whether there are enough numbers, where, and how many more to buy.
package struct SupplyView: View {
  package static let template = "supply"
  package static let place = Place.supply
  package let title = "Supply"
  package let refresh: Int?

  let isKnown: Bool
  let toBuy: String
  let isShort: Bool
  let places: String
  let rows: [Row]
  let hasRows: Bool
  let pools: [Choice]
  let area: String
  let explained: [Explained]
  let at: Stamp?
  let since: Stamp?
  let left: String?

  struct Row: Sendable {
    let pool: String
    let place: String
    let path: String
    let asked: String
    let inArea: String
    let near: String
    let elsewhere: String
    let refused: String
    let numbers: String
    let free: String
    let busy: String
    let resting: String
    let dry: Stamp?
    let isDry: Bool
    let toBuy: String
    let isShort: Bool
    let bar: String
  }

  /// The arithmetic of one row, as sentences.
  struct Explained: Sendable {
    let heading: String
    let sentences: [Line]
  }

  private static let most = 200

  /// - Parameters:
  ///   - report: of the last seven days; nil: it is being made.
  ///   - pool, area: what is asked for; empty: all.
  ///   - at: when the report was made.
  package init(
    _ report: ForecastReport?, pool: String, area: String, at: Int, since: Int, in calendar: Rotation.Calendar
  ) {
    let all = report?.rows ?? []
    let wanted = all.filter {
      (pool.isEmpty || $0.pool.utf8.elementsEqual(pool.utf8))
        && (area.isEmpty || $0.place.utf8.elementsEqual(area.utf8))
    }
    isKnown = report != nil
    refresh = report == nil ? 2 : nil
    let short = all.filter { $0.toBuy > 0 }
    toBuy = (report?.toBuy ?? 0).grouped
    isShort = !short.isEmpty
    places = short.count == 1 ? "one area code" : "\(short.count.grouped) area codes"
    rows = wanted.prefix(Self.most).map { row in
      let (demand, supply) = (row.demand, row.supply)
      return Row(
        pool: row.pool, place: row.place,
        path: Query.path("/dashboard/supply", ["pool": row.pool, "area": row.place]), asked: demand.asked.grouped,
        inArea: demand.area.share(of: demand.asked), near: demand.region.share(of: demand.asked),
        elsewhere: demand.elsewhere.share(of: demand.asked), refused: demand.refused.share(of: demand.asked),
        numbers: supply.numbers.grouped, free: supply.free.grouped, busy: (supply.reserved + supply.atLimit).grouped,
        resting: supply.resting.grouped, dry: row.dryAt.flatMap { Stamp($0, in: calendar) },
        isDry: row.dryAt.map { $0 <= at } ?? false,
        toBuy: row.toBuy.grouped, isShort: row.toBuy > 0,
        bar: BarChart.shares(
          [("area", demand.area), ("near", demand.region), ("other", demand.elsewhere), ("refused", demand.refused)],
          summary: "\(demand.area.share(of: demand.asked)) in the area"))
    }
    hasRows = !rows.isEmpty
    pools = Choice.all(["": "all pools"], Set(all.map(\.pool)).sorted().map { ($0, $0) }, chosen: pool)
    self.area = area
    explained =
      area.isEmpty
      ? []
      : wanted.map { row in
        Explained(
          heading: "\(row.place) in the pool \(row.pool)",
          sentences: row.explanation(in: calendar).map { Line($0, in: calendar) })
      }
    self.at = Stamp(at, in: calendar)
    self.since = Stamp(max(since, report?.logSince ?? 0), in: calendar)
    left = wanted.count > Self.most ? (wanted.count - Self.most).grouped : nil
  }
}

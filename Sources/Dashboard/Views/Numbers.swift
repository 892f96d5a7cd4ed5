import Output
package import Rotation

/// Numbers that a search has found.
package struct Numbers: View {
  package static let template = "numbers"
  package static let place = Place.numbers
  package let title = "Numbers"

  let search: String
  let pools: [Choice]
  let states: [Choice]
  let rows: [Row]
  /// Where the search goes on; nil: there is nothing more.
  let more: String?
  let looked: String
  let hasRows: Bool

  struct Row: Sendable {
    let number: String
    let path: String
    let name: String
    let pool: String
    let areas: String
    let carrier: String
    let state: NumberState
    let hour: String
    let today: String
    let last: Stamp?
  }

  /// - Parameters:
  ///   - pools: the names of all pools.
  ///   - looked: how many numbers were looked through.
  ///   - more: the query of the next page.
  package init(
    _ numbers: [Number], search: String, pool: String, state: String, pools: [String], looked: Int, more: String?,
    at moment: Moment
  ) {
    self.search = search
    self.pools = Choice.all(["": "any pool"], pools.map { ($0, $0) }, chosen: pool)
    states = Choice.all(
      ["": "in any state"], [("free", "that are free"), ("asleep", "that are not free")], chosen: state)
    rows = numbers.map { number in
      Row(
        number: number.phone.written, path: Self.path(of: number), name: number.name, pool: number.pool.name,
        areas: number.areaCodes.joined(separator: " "), carrier: number.carrier?.name ?? "",
        state: NumberState(number, at: moment),
        hour: Limit.usage(
          number.thisHour.calls(in: moment.windows.hour), of: number.effectiveHourlyLimit(moment)),
        today: Limit.usage(number.today.calls(in: moment.windows.day), of: number.effectiveDailyLimit(moment)),
        last: Stamp(number.lastUsedAt, in: moment.settings.calendar))
    }
    self.looked = looked.grouped
    self.more = more
    hasRows = !rows.isEmpty
  }

  static func path(of number: Number) -> String { "/dashboard/numbers/\(number.phone.e164)" }
}

/// Whether calls get a number, or else why not and until when.
struct NumberState: Sendable {
  let word: String
  let isFree: Bool
  /// Nil: until somebody changes it.
  let until: Stamp?

  init(_ number: Number, at moment: Moment) {
    let sleep = number.sleep(at: moment)
    isFree = sleep == nil
    word = sleep?.reason.word ?? "available"
    until = sleep.flatMap { $0.until == Sleep.forever ? nil : Stamp($0.until, in: moment.settings.calendar) }
  }
}

/// A choice of a menu in a form.
struct Choice: Sendable {
  let value: String
  let label: String
  let isChosen: Bool

  static func all(
    _ first: KeyValuePairs<String, String>, _ others: [(value: String, label: String)], chosen: String
  ) -> [Choice] {
    (first.map { ($0.key, $0.value) } + others).map { Choice(value: $0.0, label: $0.1, isChosen: $0.0 == chosen) }
  }
}

import Output
package import Rotation

/// Numbers that networks or people take for spam, as far as their calls tell.
package struct Burnt: View {
  package static let template = "burnt"
  package static let place = Place.burnt
  package let title = "Burnt numbers"
  package let refresh: Int?

  let isKnown: Bool
  let rows: [Row]
  let hasRows: Bool
  let judged: String
  let tooFew: String
  let at: Stamp?
  let since: Stamp?

  struct Row: Sendable {
    let number: String
    let path: String
    let pool: String
    let why: String
    let rate: String
    let expected: String
    let calls: String
    let sureness: String
    let since: Stamp?
    let state: NumberState
    let isInUse: Bool
    let reason: String
  }

  /// - Parameters:
  ///   - report: of the last seven days; nil: it is being made.
  ///   - now: the numbers of its rows as they are now, by their digits.
  ///   - at: when the report was made.
  package init(_ report: BurntReport?, now: [String: Number], at: Int, since: Int, moment: Moment) {
    let calendar = moment.settings.calendar
    isKnown = report != nil
    refresh = report == nil ? 2 : nil
    rows = Self.burnt(of: report).map { row in
      let number = now[row.number.phone.e164] ?? row.number
      let figures = row.figuresSince
      return Row(
        number: number.phone.written, path: Numbers.path(of: number), pool: number.pool.name,
        why: row.verdictText.replacing("burnt: ", with: ""), rate: figures.rate.map { "\($0)\u{202F}%" } ?? "–",
        expected: figures.expectedRate.map { "\($0)\u{202F}%" } ?? "–", calls: figures.calls.grouped,
        sureness: row.surenessText, since: row.since.flatMap { Stamp($0, in: calendar) },
        state: NumberState(number, at: moment),
        isInUse: number.state == .enabled && number.rest(at: moment.now) == nil, reason: row.reason ?? "")
    }
    hasRows = !rows.isEmpty
    judged = report.map { $0.numbers - $0.tooFewCalls }?.grouped ?? ""
    tooFew = report?.tooFewCalls.grouped ?? ""
    self.at = Stamp(at, in: calendar)
    self.since = Stamp(max(since, report?.logSince ?? 0), in: calendar)
  }

  private static let most = 200

  /// Those that are shown, the surest first.
  package static func burnt(of report: BurntReport?) -> [BurntReport.Row] {
    Array((report?.rows ?? []).filter { $0.verdict == .burnt }.prefix(most))
  }
}

import Rotation

/// What `top` shows at one moment.
struct Frame {
  let activity: Activity
  let requests: [LoggedRequest]
  let calendar: Rotation.Calendar
  let chart: Chart
  let isLive: Bool

  /// No more lines than rows, and none longer than a terminal of so many columns shows; nil: of any length.
  func lines(columns: Int?, rows: Int) -> [String] {
    let sections = [refusals, busiest]
    // The head first, then the lists: those that are short leave their place to the latest requests.
    let most = max(2, (rows - head.count) / 3 - 2)
    var lines = head
    for section in sections where section.count > 1 { lines += [""] + section.prefix(most + 1) }
    lines += [""] + latest
    lines = Array(lines.prefix(rows))
    guard let columns else { return lines }
    // The last column stays empty: a terminal may wrap what is written into it.
    return lines.map { Table.cut(Terminal.safe($0), to: max(1, columns - 1)) }
  }

  private var head: [String] {
    let minutes = Activity.minutes
    let granted = activity.calls.reduce(0, +)
    let most = activity.calls.max() ?? 0
    var counts = "held \(activity.held)   granted \(granted)   refused \(activity.refused)"
    if activity.kept > 0 { counts += "   kept \(activity.kept)" }
    return [
      Time.local(activity.at, in: calendar) + "   \(activity.numbers) numbers" + (isLive ? "   q ends" : ""),
      counts + "   in \(minutes) minutes",
      "calls a minute [\(chart.sparkline(activity.calls))] now \(activity.calls.last ?? 0), at most \(most)",
    ]
  }

  private var refusals: [String] {
    Table(
      titles: ["REFUSED", "STATUS", "REASON"], isNumber: [true, false, false],
      rows: activity.refusals.map { ["\($0.count)", $0.status, $0.reason] }
    ).lines
  }

  private var busiest: [String] {
    let most = activity.busiest.first?.calls ?? 0
    return Table(
      titles: ["CALLS", "BUSIEST", ""], isNumber: [true, false, false],
      rows: activity.busiest.map {
        ["\($0.calls)", $0.callerID ?? "(removed)", chart.bar($0.calls, most: most, width: 24)]
      }
    ).lines
  }

  private var latest: [String] {
    Table(
      titles: ["LATEST", "DESTINATION", "CAMPAIGN", "STATUS", "CALLER ID", "OUTCOME"],
      isNumber: Array(repeating: false, count: 6),
      rows: requests.map {
        [
          String(Time.local($0.at, in: calendar).suffix(8)), $0.destination ?? "", $0.campaign ?? "", $0.status,
          $0.callerID ?? "", $0.outcome,
        ]
      }
    ).lines
  }
}

import Output
import Rotation

/// What `top` shows at one moment.
struct Frame {
  let activity: Activity
  let requests: [LoggedRequest]
  let calendar: Rotation.Calendar
  let chart: Chart
  let isLive: Bool

  /// The lines to show, no more than `rows`.
  ///
  /// - Parameter columns: the width of the terminal, which the lines are cut to; nil for lines of any length.
  func lines(columns: Int?, rows: Int) -> [String] {
    let sections = [refusals, busiest]
    // Each list gets a third of the rows below the head at most. What the first two leave free is the latest requests'.
    let most = max(2, (rows - head.count) / 3 - 2)
    var lines = head
    for section in sections where section.count > 1 { lines += [""] + section.prefix(most + 1) }
    lines += [""] + latest
    lines = Array(lines.prefix(rows))
    guard let columns else { return lines }
    // The last column stays empty, because a terminal may start a new line after a character in it.
    return lines.map { TerminalText.cut(TerminalText.safe($0), to: max(1, columns - 1)) }
  }

  private var head: [String] {
    let minutes = Activity.minutes
    let granted = activity.calls.reduce(0, +)
    let most = activity.calls.max() ?? 0
    var counts = "held \(activity.held)   granted \(granted)   refused \(activity.refused)"
    if activity.kept > 0 { counts += "   kept \(activity.kept)" }
    return [
      Time.local(activity.at, in: calendar) + "   " + activity.numbers.counting("number")
        + (isLive ? "   press q to quit" : ""),
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

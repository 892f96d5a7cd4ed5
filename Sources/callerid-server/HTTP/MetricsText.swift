import Rotation

/// The server's figures in Prometheus' text form (https://prometheus.io/docs/instrumenting/exposition_formats/).
struct MetricsText {
  private(set) var text = ""

  /// - Parameter numbers: nil: the store could not be read.
  init(_ figures: Measures.Figures, waiting: Int, numbers: Statistics?) {
    describe("callerid_requests_total", "counter", "Requests, by how they came and what was answered.")
    for (way, answers) in figures.requests.sorted(by: { $0.key < $1.key }) {
      for (status, count) in answers.sorted(by: { $0.key < $1.key }) {
        add("callerid_requests_total", [("way", way), ("status", status)], "\(count)")
      }
    }
    describe("callerid_request_duration_seconds", "histogram", "Time from a request to its answer.")
    for (way, histogram) in figures.durations.sorted(by: { $0.key < $1.key }) {
      add("callerid_request_duration_seconds", histogram, [("way", way)])
    }
    describe("callerid_group_requests", "histogram", "Requests that one transaction answered.")
    add("callerid_group_requests", figures.groupSizes)
    describe("callerid_group_duration_seconds", "histogram", "Time of such a transaction, with its commit.")
    add("callerid_group_duration_seconds", figures.groupDurations)
    describe("callerid_lock_wait_seconds", "histogram", "Time that such a transaction waited for other processes.")
    add("callerid_lock_wait_seconds", figures.lockWaits)
    describe("callerid_waiting_requests", "gauge", "Requests that wait for the store.")
    add("callerid_waiting_requests", [], "\(waiting)")
    describe("callerid_connections", "gauge", "Connections that are open.")
    describe(
      "callerid_connections_refused_total", "counter", "Connections that were closed at once: too many, or not allowed."
    )
    for way in Measures.Way.allCases.map(\.rawValue) {
      add("callerid_connections", [("way", way)], "\(figures.connections[way] ?? 0)")
      add("callerid_connections_refused_total", [("way", way)], "\(figures.turnedAway[way] ?? 0)")
    }
    describe("callerid_page_drawings_total", "counter", "How often the overview of the page was drawn.")
    add("callerid_page_drawings_total", [], "\(figures.drawings)")
    describe("callerid_page_followers", "gauge", "Pages that are open and follow the overview.")
    add("callerid_page_followers", [], "\(figures.followers)")
    describe("callerid_up", "gauge", "Whether the store can be read.")
    add("callerid_up", [], numbers == nil ? "0" : "1")
    guard let numbers else { return }
    describe("callerid_numbers", "gauge", "Numbers, by their state now.")
    let states = [
      ("available", numbers.counts.available), ("reserved", numbers.counts.reserved),
      ("at_limit", numbers.counts.atLimit),
      ("resting", numbers.counts.resting), ("disabled", numbers.counts.disabled),
    ]
    for (state, count) in states { add("callerid_numbers", [("state", state)], "\(count)") }
  }

  private mutating func describe(_ name: String, _ type: String, _ help: String) {
    text += "# HELP \(name) \(help)\n# TYPE \(name) \(type)\n"
  }

  private mutating func add(_ name: String, _ labels: [(String, String)], _ value: String) {
    let labels = labels.map { "\($0.0)=\"\($0.1)\"" }.joined(separator: ",")
    text += name + (labels.isEmpty ? "" : "{\(labels)}") + " \(value)\n"
  }

  private mutating func add(_ name: String, _ histogram: Measures.Histogram, _ labels: [(String, String)] = []) {
    var below = 0
    for (bound, count) in zip(histogram.bounds, histogram.counts) {
      below += count
      add(name + "_bucket", labels + [("le", "\(bound)")], "\(below)")
    }
    add(name + "_bucket", labels + [("le", "+Inf")], "\(histogram.count)")
    add(name + "_sum", labels, "\(histogram.sum)")
    add(name + "_count", labels, "\(histogram.count)")
  }
}

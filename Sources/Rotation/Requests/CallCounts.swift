internal import SQLite

/// The calls of today and of the last hour, counted from the request log as it grows: whoever shows figures every second
/// reads only what has come since.
package struct CallCounts: Sendable {
  /// How many clock minutes are kept apart; the current one is the last.
  package static let minutes = 60

  /// Requests by their answer.
  package struct Tally: Equatable, Sendable {
    /// Those that got a number, by how well it suited.
    package fileprivate(set) var granted: [Match: Int] = [:]
    /// Those that got none, by status.
    package fileprivate(set) var refused: [Status: Int] = [:]
    package fileprivate(set) var kept = 0

    package var allGranted: Int { granted.values.reduce(0, +) }
    package var allRefused: Int { refused.values.reduce(0, +) }
    package var requests: Int { allGranted + allRefused + kept }

    package init() {}

    fileprivate mutating func add(_ line: Line) {
      switch line.status {
      case .ok: granted[line.match ?? .any, default: 0] += 1
      case .kept: kept += 1
      default: refused[line.status, default: 0] += 1
      }
    }
  }

  /// Why requests of the last hour got no number.
  package struct Refusal: Hashable, Sendable {
    package let status: Status
    package let reason: String
  }

  fileprivate struct Line {
    let at: Int
    let status: Status
    let match: Match?
    let campaign: Int?
    let agent: Int?
    let reason: String
  }

  private struct Minute {
    var tally = Tally()
    var refusals: [Refusal: Int] = [:]
  }

  /// When it was counted, and the day that is counted: seconds since 1970-01-01 UTC.
  package fileprivate(set) var at = 0
  package private(set) var day = 0..<0
  package private(set) var today = Tally()
  /// When the last request came; nil: none today or in the last hour.
  package private(set) var lastRequestAt: Int?
  /// What today's requests of each campaign and agent got, by name.
  package var campaigns: [String: Tally] { Self.named(campaignTallies, campaignNames) }
  package var agents: [String: Tally] { Self.named(agentTallies, agentNames) }

  private var byMinute: [Int: Minute] = [:]
  private var campaignTallies: [Int: Tally] = [:]
  private var agentTallies: [Int: Tally] = [:]
  fileprivate var campaignNames: [Int: String] = [:]
  fileprivate var agentNames: [Int: String] = [:]
  /// The ID that the next request will have; 0: nothing was read yet.
  fileprivate var end = 0

  package init() {}

  // MARK: The last hour

  /// The last hour by clock minutes, the current one last. Their beginnings are seconds since 1970-01-01 UTC.
  package var lastHour: [(begin: Int, tally: Tally)] {
    let current = Moment.minute(of: at).lowerBound
    return (0..<Self.minutes).map { index in
      let begin = current - (Self.minutes - 1 - index) * 60
      return (begin, byMinute[begin]?.tally ?? Tally())
    }
  }

  /// Why requests of the last hour got no number, the most frequent first.
  package var refusals: [(refusal: Refusal, count: Int)] {
    byMinute.values.reduce(into: [Refusal: Int]()) { $0.merge($1.refusals, uniquingKeysWith: +) }
      .sorted { ($1.value, $0.key.reason) < ($0.value, $1.key.reason) }.map { ($0.key, $0.value) }
  }

  // MARK: Counting

  fileprivate mutating func begin(at now: Int, day: Range<Int>) {
    self.day = day
    at = now
    let oldest = Moment.minute(of: now).lowerBound - (Self.minutes - 1) * 60
    byMinute = byMinute.filter { $0.key >= oldest }
  }

  fileprivate mutating func add(_ line: Line) {
    // After a clock was set back there can be requests that are still to come.
    guard line.at < at + Clock.correction else { return }
    if day.contains(line.at) {
      today.add(line)
      if let id = line.campaign { campaignTallies[id, default: Tally()].add(line) }
      if let id = line.agent { agentTallies[id, default: Tally()].add(line) }
    }
    lastRequestAt = max(lastRequestAt ?? 0, line.at)
    let minute = Moment.minute(of: line.at).lowerBound
    guard minute > Moment.minute(of: at).lowerBound - Self.minutes * 60 else { return }
    byMinute[minute, default: Minute()].tally.add(line)
    if line.status != .ok, line.status != .kept {
      let refusal = Refusal(status: line.status, reason: RefusalText.withoutDuration(line.reason))
      byMinute[minute, default: Minute()].refusals[refusal, default: 0] += 1
    }
  }

  fileprivate var unnamed: (campaigns: [Int], agents: [Int]) {
    (
      campaignTallies.keys.filter { campaignNames[$0] == nil }, agentTallies.keys.filter { agentNames[$0] == nil }
    )
  }

  /// What was removed since has no name, and is left out.
  private static func named(_ tallies: [Int: Tally], _ names: [Int: String]) -> [String: Tally] {
    tallies.reduce(into: [:]) { if let name = names[$1.key], !name.isEmpty { $0[name] = $1.value } }
  }
}

extension Store {
  /// Adds the requests that have come since the counts were last brought up to date.
  ///
  /// The first time, and after the end of a day, all of today's are read, some 300,000 a second.
  package func follow(_ counts: inout CallCounts) throws(StoreError) {
    let moment = moment
    let endOfLog = try read { try $0.endOfLog() }
    // Another store was put in this one's place, or another day has begun.
    if endOfLog < counts.end || counts.day != moment.windows.day { counts = CallCounts() }
    counts.begin(at: moment.now, day: moment.windows.day)
    let since = min(moment.windows.day.lowerBound, moment.now - CallCounts.minutes * 60)
    let begin = counts.end > 0 ? counts.end : try read { try $0.firstRequest(since: since) }
    try readLog(from: begin, to: endOfLog) { snapshot, requests in
      try snapshot.database.each(Snapshot.countedSQL, requests.lowerBound, requests.upperBound) { row in
        counts.add(
          CallCounts.Line(
            at: row[0], status: Status(rawValue: row[1]) ?? .storeError,
            match: (row[2] as String?).flatMap(Match.init(rawValue:)), campaign: row[3], agent: row[4], reason: row[5]))
      }
    }
    counts.end = endOfLog
    let unnamed = counts.unnamed
    guard !unnamed.campaigns.isEmpty || !unnamed.agents.isEmpty else { return }
    try read { snapshot in
      for id in unnamed.campaigns {
        counts.campaignNames[id] = try snapshot.database.value("SELECT name FROM campaign WHERE id = ?", id) ?? ""
      }
      for id in unnamed.agents {
        counts.agentNames[id] = try snapshot.database.value("SELECT name FROM agent WHERE id = ?", id) ?? ""
      }
    }
  }
}

extension Snapshot {
  static let countedSQL: StaticString = """
    SELECT at, status, match, campaign_id, agent_id, coalesce(reason, '') FROM request WHERE id >= ? AND id < ?
    """
}

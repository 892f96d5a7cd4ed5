internal import SQLite

/// What a reset cleared, or would clear.
package struct ResetReport: Equatable, Sendable {
  package var numbers = 0
  package var campaigns = 0
  package var agents = 0
  /// Finished days whose totals were archived.
  package var archivedDays = 0
  /// Requests older than the setting `retention_days`.
  package var prunedRequests = 0

  package init() {}
}

extension Store {
  /// Which counters a reset clears.
  package struct ResetScope: Sendable {
    package let hourly: Bool
    package let daily: Bool
    /// Leave those of the hour and the day under way: nobody gets past a limit by it.
    package let pastOnly: Bool

    package init(hourly: Bool, daily: Bool, pastOnly: Bool) {
      self.hourly = hourly
      self.daily = daily
      self.pastOnly = pastOnly
    }
  }

  /// Clears counters, and with the daily ones archives the finished days and prunes the request log.
  ///
  /// It works in short transactions, so that no call waits for it; interrupted, it can be run again.
  package func resetUsage(_ scope: ResetScope, dryRun: Bool = false) throws(StoreError) -> ResetReport {
    let moment = moment
    var report = ResetReport()
    // What cron does every hour is no operator's change.
    if !dryRun, !scope.pastOnly {
      try note("reset-usage" + (scope.hourly ? " --hourly" : "") + (scope.daily ? " --daily" : ""))
    }
    try clearNumbers(scope, at: moment, dryRun: dryRun, &report)
    try clearCallers(scope, at: moment, dryRun: dryRun, &report)
    if scope.daily {
      try archiveDays(before: moment.windows.day.lowerBound, dryRun: dryRun, &report)
      try pruneRequests(before: moment.now - settings.retentionDays * 86_400, dryRun: dryRun, &report)
      if !dryRun { try write { try database.run("DELETE FROM sticky WHERE until <= ?", moment.now) } }
    }
    return report
  }

  private func clearNumbers(
    _ scope: ResetScope, at moment: Moment, dryRun: Bool, _ report: inout ResetReport
  ) throws(StoreError) {
    // A window that is still counting matches none of the starts that are cleared.
    let day = scope.pastOnly ? moment.windows.day.lowerBound : -1
    let hour = scope.pastOnly ? moment.windows.hour.lowerBound : -1
    var last = 0
    while true {
      let batch: [Int] = try read {
        try database.all(
          """
          SELECT id FROM number
          WHERE id > ? AND ((? AND used_today > 0 AND day <> ?) OR (? AND used_this_hour > 0 AND hour <> ?))
          ORDER BY id LIMIT 100
          """,
          last, scope.daily, day, scope.hourly, hour
        ) { $0[0] }
      }
      guard let end = batch.last else { return }
      last = end
      report.numbers += batch.count
      if dryRun { continue }
      try write {
        for id in batch {
          guard var number = try number(id: id) else { continue }
          if scope.daily, number.today.window != day { number.today = Usage() }
          if scope.hourly, number.thisHour.window != hour { number.thisHour = Usage() }
          for campaign in number.pool.scopes {
            var use = try use(of: number, in: campaign)
            guard use.isKept else { continue }
            if scope.daily, use.today.window != day { use.today = Usage() }
            if scope.hourly, use.thisHour.window != hour { use.thisHour = Usage() }
            try keep(use, of: number)
          }
          try refile(&number, at: moment)
        }
      }
      letCallsGoAhead()
    }
  }

  private func clearCallers(
    _ scope: ResetScope, at moment: Moment, dryRun: Bool, _ report: inout ResetReport
  ) throws(StoreError) {
    let day = scope.pastOnly ? moment.windows.day.lowerBound : -1
    let hour = scope.pastOnly ? moment.windows.hour.lowerBound : -1
    let transaction: (() throws -> Void) throws(StoreError) -> Void = dryRun ? rehearse : write
    try transaction {
      try database.run(
        """
        UPDATE campaign SET used_today = CASE WHEN ?1 AND day <> ?2 THEN 0 ELSE used_today END,
          used_this_hour = CASE WHEN ?3 AND hour <> ?4 THEN 0 ELSE used_this_hour END
        WHERE (?1 AND used_today > 0 AND day <> ?2) OR (?3 AND used_this_hour > 0 AND hour <> ?4)
        """, scope.daily, day, scope.hourly, hour)
      report.campaigns = database.changes
      try database.run(
        """
        UPDATE agent SET used_today = CASE WHEN ?1 AND day <> ?2 THEN 0 ELSE used_today END,
          used_this_hour = CASE WHEN ?3 AND hour <> ?4 THEN 0 ELSE used_this_hour END
        WHERE (?1 AND used_today > 0 AND day <> ?2) OR (?3 AND used_this_hour > 0 AND hour <> ?4)
        """, scope.daily, day, scope.hourly, hour)
      report.agents = database.changes
    }
  }

  /// Keeps each number's calls of every finished day that the request log still knows and the archive does not.
  private func archiveDays(before today: Int, dryRun: Bool, _ report: inout ResetReport) throws(StoreError) {
    for day in try unarchivedDays(before: today) {
      report.archivedDays += 1
      if dryRun { continue }
      // Summed up beside the calls, and written by a few numbers at a time.
      var rest = try totals(of: day)[...]
      while !rest.isEmpty {
        let some = rest.prefix(500)
        rest = rest.dropFirst(500)
        try write {
          for total in some {
            // Of a day that is pruned in part, the archive keeps what it had.
            try database.run(
              """
              INSERT INTO daily_usage (day, number_id, calls, answered, answered_seconds) VALUES (?, ?, ?, ?, ?)
              ON CONFLICT DO UPDATE SET calls = max(calls, excluded.calls), answered = max(answered, excluded.answered),
                answered_seconds = max(answered_seconds, excluded.answered_seconds)
              """, day.lowerBound, total.number, total.calls, total.answered, total.seconds)
          }
        }
        letCallsGoAhead()
      }
      try write {
        try keepSetting(Self.archivedUntil, ofCampaign: 0, String(day.upperBound))
        try noteTime(clock.now())
      }
    }
  }

  private func totals(
    of day: Range<Int>
  ) throws(StoreError) -> [(number: Int, calls: Int, answered: Int, seconds: Int)] {
    try read {
      try database.all(
        """
        SELECT number_id, count(*), count(*) FILTER (WHERE dial_status = 'ANSWER'), coalesce(sum(answered_seconds), 0)
        FROM request WHERE id >= ? AND id < ? AND at >= ? AND at < ? AND status = 'OK' GROUP BY number_id
        """, firstRequest(since: day.lowerBound), firstRequest(since: day.upperBound), day.lowerBound, day.upperBound
      ) { ($0[0], $0[1], $0[2], $0[3]) }
    }
  }

  /// The setting that holds the moment up to which days are archived in full.
  private static let archivedUntil = "archived_until"

  /// Whether a day that is over is archived in full.
  func isArchived(_ day: Range<Int>) throws -> Bool {
    let text: String? = try database.value(
      "SELECT value FROM setting WHERE campaign_id = 0 AND key = ?", Self.archivedUntil)
    return text.flatMap { Int($0) }.map { day.upperBound <= $0 } ?? false
  }

  /// After the clock was set back: days that were not over are to be archived again, and with them all that the log has.
  func doubtArchive(after now: Int) throws {
    try database.run(
      "DELETE FROM setting WHERE campaign_id = 0 AND key = ? AND CAST(value AS INTEGER) > ?", Self.archivedUntil, now)
  }

  /// Oldest first, so that an interrupted run leaves no gap behind it.
  private func unarchivedDays(before today: Int) throws(StoreError) -> [Range<Int>] {
    try read {
      var days: [Range<Int>] = []
      var end = today
      // From day to day with requests, however far apart: a clock that was wrong leaves years between them.
      while let at: Int = try database.value(
        "SELECT at FROM request WHERE id < ? ORDER BY id DESC LIMIT 1", firstRequest(since: end)), at > 0
      {
        let day = settings.calendar.windows(at: min(at, end - 1)).day
        if try isArchived(day) { break }
        days.insert(day, at: 0)
        end = day.lowerBound
      }
      return days
    }
  }

  /// Deletes old requests a few at a time; the newest one stays, so that IDs never begin again.
  private func pruneRequests(before moment: Int, dryRun: Bool, _ report: inout ResetReport) throws(StoreError) {
    let end = try read { try min(firstRequest(since: moment), endOfLog() - 1) }
    if dryRun {
      report.prunedRequests = try read { try database.value("SELECT count(*) FROM request WHERE id < ?", end) ?? 0 }
      return
    }
    while true {
      let deleted = try write {
        try database.run(
          "DELETE FROM request WHERE id IN (SELECT id FROM request WHERE id < ? ORDER BY id LIMIT 200)", end)
        return database.changes
      }
      letCallsGoAhead()
      if deleted == 0 { return }
      report.prunedRequests += deleted
    }
  }
}

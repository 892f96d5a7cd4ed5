internal import SQLite

/// The counters that a reset cleared, or would clear.
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
    /// Keep the counters of the current hour and day, so that no limit is passed.
    package let pastOnly: Bool

    package init(hourly: Bool, daily: Bool, pastOnly: Bool) {
      self.hourly = hourly
      self.daily = daily
      self.pastOnly = pastOnly
    }

    /// The day and the hour whose counters are kept. If all are cleared it is -1, at which no window begins.
    fileprivate func kept(at moment: Moment) -> (day: Int, hour: Int) {
      pastOnly ? (moment.windows.day.lowerBound, moment.windows.hour.lowerBound) : (-1, -1)
    }
  }

  /// Clears counters, and with the daily ones archives the finished days and prunes the request log.
  ///
  /// It works in short transactions, so that no call waits for it. If it is interrupted, run it again.
  package func resetUsage(_ scope: ResetScope, dryRun: Bool = false) throws(StoreError) -> ResetReport {
    let moment = moment
    var report = ResetReport()
    // What cron does every hour does not belong in the audit.
    if !dryRun, !scope.pastOnly {
      try note("reset-usage" + (scope.hourly ? " --hourly" : "") + (scope.daily ? " --daily" : ""))
    }
    try clearNumbers(scope, at: moment, dryRun: dryRun, &report)
    try clearCallers(scope, at: moment, dryRun: dryRun, &report)
    if scope.daily {
      try archiveDays(before: moment.windows.day.lowerBound, dryRun: dryRun, &report)
      try pruneRequests(before: moment.now - settings.retentionDays * 86_400, dryRun: dryRun, &report)
      if !dryRun {
        try pruneSticky(before: moment.now)
        try forgetCallers()
      }
    }
    return report
  }

  private func clearNumbers(
    _ scope: ResetScope, at moment: Moment, dryRun: Bool, _ report: inout ResetReport
  ) throws(StoreError) {
    let kept = scope.kept(at: moment)
    var last = 0
    let next = { (snapshot: Snapshot, most: Int) throws -> [Int] in
      let numbers: [Int] = try snapshot.database.all(
        """
        SELECT id FROM number
        WHERE id > ? AND ((? AND used_today > 0 AND day <> ?) OR (? AND used_this_hour > 0 AND hour <> ?))
        ORDER BY id LIMIT ?
        """,
        last, scope.daily, kept.day, scope.hourly, kept.hour, most
      ) { $0[0] }
      last = numbers.last ?? last
      return numbers
    }
    if dryRun {
      report.numbers = try read { try next($0, Int.max).count }
      return
    }
    try inSteps { transaction, most in
      let numbers = try next(transaction, most)
      report.numbers += numbers.count
      for id in numbers { try transaction.clearUsage(ofNumber: id, scope, kept) }
      return numbers.count
    }
  }

  private func clearCallers(
    _ scope: ResetScope, at moment: Moment, dryRun: Bool, _ report: inout ResetReport
  ) throws(StoreError) {
    let (day, hour) = scope.kept(at: moment)
    if dryRun {
      (report.campaigns, report.agents) = try read { snapshot in
        let count = { (sql: StaticString) throws -> Int in
          try snapshot.database.value(sql, scope.daily, day, scope.hourly, hour) ?? 0
        }
        return (
          try count(
            """
            SELECT count(*) FROM campaign
            WHERE (?1 AND used_today > 0 AND day <> ?2) OR (?3 AND used_this_hour > 0 AND hour <> ?4)
            """),
          try count(
            """
            SELECT count(*) FROM agent
            WHERE (?1 AND used_today > 0 AND day <> ?2) OR (?3 AND used_this_hour > 0 AND hour <> ?4)
            """)
        )
      }
      return
    }
    let clear = { (next: StaticString, update: StaticString, count: inout Int) throws(StoreError) in
      var last = 0
      try self.inSteps { transaction, most in
        let database = transaction.database
        let rows: [Int] = try database.all(next, last, most) { $0[0] }
        guard let end = rows.last else { return 0 }
        try database.run(update, scope.daily, day, scope.hourly, hour, last, end)
        count += database.changes
        last = end
        return rows.count
      }
    }
    try clear(
      "SELECT id FROM campaign WHERE id > ? ORDER BY id LIMIT ?",
      """
      UPDATE campaign SET used_today = CASE WHEN ?1 AND day <> ?2 THEN 0 ELSE used_today END,
        used_this_hour = CASE WHEN ?3 AND hour <> ?4 THEN 0 ELSE used_this_hour END
      WHERE id > ?5 AND id <= ?6
        AND ((?1 AND used_today > 0 AND day <> ?2) OR (?3 AND used_this_hour > 0 AND hour <> ?4))
      """, &report.campaigns)
    try clear(
      "SELECT id FROM agent WHERE id > ? ORDER BY id LIMIT ?",
      """
      UPDATE agent SET used_today = CASE WHEN ?1 AND day <> ?2 THEN 0 ELSE used_today END,
        used_this_hour = CASE WHEN ?3 AND hour <> ?4 THEN 0 ELSE used_this_hour END
      WHERE id > ?5 AND id <= ?6
        AND ((?1 AND used_today > 0 AND day <> ?2) OR (?3 AND used_this_hour > 0 AND hour <> ?4))
      """, &report.agents)
  }

  /// Archives each number's calls of every finished day that is in the request log but not in the archive yet.
  private func archiveDays(before today: Int, dryRun: Bool, _ report: inout ResetReport) throws(StoreError) {
    for day in try unarchivedDays(before: today) {
      report.archivedDays += 1
      if dryRun { continue }
      // They are summed up while calls go on, and written for a few numbers at a time.
      try inBatches(totals(of: day)) { transaction, total in
        // Of a day that is pruned in part, the archive keeps what it had.
        try transaction.database.run(
          """
          INSERT INTO daily_usage (day, number_id, calls, answered, answered_seconds) VALUES (?, ?, ?, ?, ?)
          ON CONFLICT DO UPDATE SET calls = max(calls, excluded.calls), answered = max(answered, excluded.answered),
            answered_seconds = max(answered_seconds, excluded.answered_seconds)
          """, day.lowerBound, total.number, total.calls, total.answered, total.seconds)
      }
      try write { transaction in
        try transaction.keepSetting(Transaction.archivedUntilKey, ofCampaign: 0, String(day.upperBound))
        try transaction.noteTime()
      }
    }
  }

  private func totals(
    of day: Range<Int>
  ) throws(StoreError) -> [(number: Int, calls: Int, answered: Int, seconds: Int)] {
    try read { snapshot in
      try snapshot.database.all(
        """
        SELECT number_id, count(*), count(*) FILTER (WHERE dial_status = 'ANSWER'), coalesce(sum(answered_seconds), 0)
        FROM request WHERE id >= ? AND id < ? AND at >= ? AND at < ? AND status = 'OK' GROUP BY number_id
        """, snapshot.firstRequest(since: day.lowerBound), snapshot.firstRequest(since: day.upperBound),
        day.lowerBound, day.upperBound
      ) { ($0[0], $0[1], $0[2], $0[3]) }
    }
  }

  /// Oldest first, so that an interrupted run leaves no gap behind it.
  private func unarchivedDays(before today: Int) throws(StoreError) -> [Range<Int>] {
    try read { snapshot in
      var days: [Range<Int>] = []
      var end = today
      // Only days that have requests are visited: a clock that was wrong may leave years between them.
      while let at: Int = try snapshot.database.value(
        "SELECT at FROM request WHERE id < ? ORDER BY id DESC LIMIT 1", snapshot.firstRequest(since: end)), at > 0
      {
        let day = snapshot.settings.calendar.windows(at: min(at, end - 1)).day
        if try snapshot.isArchived(day) { break }
        days.insert(day, at: 0)
        end = day.lowerBound
      }
      return days
    }
  }

  /// Deletes old requests, a few at a time. The newest one is kept, so that IDs never start again at 1.
  private func pruneRequests(before moment: Int, dryRun: Bool, _ report: inout ResetReport) throws(StoreError) {
    let end = try read { try min($0.firstRequest(since: moment), $0.endOfLog() - 1) }
    if dryRun {
      report.prunedRequests = try read {
        try $0.database.value("SELECT count(*) FROM request WHERE id < ?", end) ?? 0
      }
      return
    }
    try inSteps { transaction, most in
      try transaction.database.run(
        "DELETE FROM request WHERE id IN (SELECT id FROM request WHERE id < ? ORDER BY id LIMIT ?)", end, most)
      report.prunedRequests += transaction.database.changes
      return transaction.database.changes
    }
  }

  /// Deletes what destinations and agents were to get again until a time that is over.
  private func pruneSticky(before moment: Int) throws(StoreError) {
    var last = (campaign: 0, key: "")
    try inSteps { transaction, most in
      let database = transaction.database
      let rows: [(campaign: Int, key: String, until: Int)] = try database.all(
        """
        SELECT campaign_id, key, until FROM sticky WHERE (campaign_id, key) > (?, ?) ORDER BY campaign_id, key LIMIT ?
        """, last.campaign, last.key, most
      ) { ($0[0], $0[1], $0[2]) }
      for row in rows where row.until <= moment {
        try database.run("DELETE FROM sticky WHERE campaign_id = ? AND key = ?", row.campaign, row.key)
      }
      last = rows.last.map { ($0.campaign, $0.key) } ?? last
      return rows.count
    }
  }
}

extension Transaction {
  fileprivate func clearUsage(
    ofNumber id: Int, _ scope: Store.ResetScope, _ kept: (day: Int, hour: Int)
  ) throws {
    guard var number = try number(id: id) else { return }
    if scope.daily, number.today.window != kept.day { number.today = Usage() }
    if scope.hourly, number.thisHour.window != kept.hour { number.thisHour = Usage() }
    for campaign in number.pool.scopes {
      var use = try use(of: number, in: campaign)
      guard use.isKept else { continue }
      if scope.daily, use.today.window != kept.day { use.today = Usage() }
      if scope.hourly, use.thisHour.window != kept.hour { use.thisHour = Usage() }
      try keep(use, of: number)
    }
    try moveToItsPlace(&number)
  }
}

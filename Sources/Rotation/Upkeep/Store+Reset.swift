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
    // By hand it is in the audit.
    if !dryRun, scope.pastOnly { try mark(.cleared) }
    return report
  }

  private func clearNumbers(
    _ scope: ResetScope, at moment: Moment, dryRun: Bool, _ report: inout ResetReport
  ) throws(StoreError) {
    let kept = scope.kept(at: moment)
    report.numbers = try clear(
      """
      SELECT id FROM number
      WHERE (?1 AND used_today > 0 AND day <> ?2) OR (?3 AND used_this_hour > 0 AND hour <> ?4) ORDER BY id
      """, scope, kept, dryRun: dryRun
    ) { try $0.clearUsage(ofNumber: $1, scope, kept) }
  }

  private func clearCallers(
    _ scope: ResetScope, at moment: Moment, dryRun: Bool, _ report: inout ResetReport
  ) throws(StoreError) {
    let kept = scope.kept(at: moment)
    report.campaigns = try clear(
      """
      SELECT id FROM campaign
      WHERE (?1 AND used_today > 0 AND day <> ?2) OR (?3 AND used_this_hour > 0 AND hour <> ?4)
      """, scope, kept, dryRun: dryRun
    ) { transaction, id in
      try transaction.noteCounts(ofCampaign: id)
      try transaction.database.run(
        """
        UPDATE campaign SET used_today = CASE WHEN ?1 AND day <> ?2 THEN 0 ELSE used_today END,
          used_this_hour = CASE WHEN ?3 AND hour <> ?4 THEN 0 ELSE used_this_hour END WHERE id = ?5
        """, scope.daily, kept.day, scope.hourly, kept.hour, id)
    }
    report.agents = try clear(
      """
      SELECT id FROM agent
      WHERE (?1 AND used_today > 0 AND day <> ?2) OR (?3 AND used_this_hour > 0 AND hour <> ?4)
      """, scope, kept, dryRun: dryRun
    ) { transaction, id in
      try transaction.noteCounts(ofAgent: id)
      try transaction.database.run(
        """
        UPDATE agent SET used_today = CASE WHEN ?1 AND day <> ?2 THEN 0 ELSE used_today END,
          used_this_hour = CASE WHEN ?3 AND hour <> ?4 THEN 0 ELSE used_this_hour END WHERE id = ?5
        """, scope.daily, kept.day, scope.hourly, kept.hour, id)
    }
  }

  /// Clears the rows that a query names. It looks for them without the store's lock: however many rows have nothing to be
  /// cleared, no call waits until they are passed.
  ///
  /// - Returns: how many rows there are.
  private func clear(
    _ query: StaticString, _ scope: ResetScope, _ kept: (day: Int, hour: Int), dryRun: Bool,
    _ body: (Transaction, _ id: Int) throws -> Void
  ) throws(StoreError) -> Int {
    let rows: [Int] = try read {
      try $0.database.all(query, scope.daily, kept.day, scope.hourly, kept.hour) { $0[0] }
    }
    if !dryRun { try inBatches(rows, body) }
    return rows.count
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
    let over: [(campaign: Int, key: String)] = try read {
      try $0.database.all("SELECT campaign_id, key FROM sticky WHERE until <= ?", moment) { ($0[0], $0[1]) }
    }
    try inBatches(over) { transaction, row in
      // A call may have renewed it meanwhile.
      try transaction.database.run(
        "DELETE FROM sticky WHERE campaign_id = ? AND key = ? AND until <= ?", row.campaign, row.key, moment)
    }
  }
}

extension Transaction {
  fileprivate func clearUsage(
    ofNumber id: Int, _ scope: Store.ResetScope, _ kept: (day: Int, hour: Int)
  ) throws {
    guard var number = try number(id: id) else { return }
    try noteUse(of: number, number.pool.scopes.map { try use(of: number, in: $0) }.filter(\.isKept))
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

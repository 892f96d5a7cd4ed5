package import NumberFiles
package import Rotation

extension JSON {
  /// The report of `import`.
  package init(_ report: ImportReport) {
    self = .object([
      ("added", .number(report.added)),
      ("updated", .number(report.updated)),
      ("unchanged", .number(report.unchanged)),
      ("repeated", .number(report.repeated)),
      (
        "disabled",
        .list(report.disabled.map { .object([("word", .text($0.word)), ("numbers", .number($0.numbers))]) })
      ),
      (
        "rejected",
        .list(
          report.rejected.map {
            .object([
              ("line", .number($0.line)), ("column", $0.column.map(JSON.text) ?? .null), ("value", .text($0.value)),
              ("reason", .text($0.reason)),
            ])
          })
      ),
    ])
  }

  /// The report of `undo`.
  package init(_ report: UndoReport) {
    self = .object([
      ("entry", .number(report.entry.id)),
      ("what", .text(report.entry.what)),
      ("taken_back", .number(report.takenBack)),
      ("disabled", .list(report.disabled.map { .text($0.written) })),
      ("left", .list(report.left.map { .text("\($0.what) \($0.reason)") })),
      ("is_cut_off", .flag(report.isCutOff)),
    ])
  }

  /// The report of `import-outcomes`.
  package init(_ report: PastCausesReport, of file: CauseFile) {
    self = .object([
      ("rows", .number(file.rows)),
      ("without_cause", .number(file.rowsWithout)),
      ("added", .number(report.added)),
      ("blocked", .number(report.blocked)),
      ("known", .number(report.known)),
    ])
  }

  /// The overview of `stats`.
  package init(_ statistics: Statistics) {
    func list(_ lines: [Statistics.Line], key: String) -> JSON {
      .list(
        lines.map {
          .object([
            (key, .text($0.name)), ("used_today", .number($0.usedToday)), ("used_this_hour", .number($0.usedThisHour)),
          ])
        })
    }
    self = .object([
      ("numbers", .number(statistics.counts.numbers)),
      ("available", .number(statistics.counts.available)),
      ("reserved", .number(statistics.counts.reserved)),
      ("at_limit", .number(statistics.counts.atLimit)),
      ("resting", .number(statistics.counts.resting)),
      ("disabled", .number(statistics.counts.disabled)),
      ("requests", .number(statistics.requests)),
      ("granted", .number(statistics.granted)),
      ("refused", .number(statistics.refused)),
      ("kept", .number(statistics.kept)),
      ("by_campaign", list(statistics.campaigns, key: "name")),
      ("by_agent", list(statistics.agents, key: "name")),
      ("by_number", list(statistics.usedNumbers, key: "caller_id")),
      ("warnings", .list(statistics.warnings.map { .text($0) })),
    ])
  }

  /// The report of `reset-usage`.
  package init(_ report: ResetReport, dryRun: Bool) {
    self = .object([
      ("numbers", .number(report.numbers)),
      ("campaigns", .number(report.campaigns)),
      ("agents", .number(report.agents)),
      ("archived_days", .number(report.archivedDays)),
      ("pruned_requests", .number(report.prunedRequests)),
      ("dry_run", .flag(dryRun)),
    ])
  }

  /// The report of `maintain`.
  package init(_ report: MaintenanceReport) {
    self = .object([
      ("usage", JSON(report.usage, dryRun: false)),
      (
        "lanes",
        .object([
          ("missing", .number(report.lanes.missing)), ("stray", .number(report.lanes.stray)),
          ("miscounted", .number(report.lanes.miscounted)),
        ])
      ),
      ("backup", report.backup.map { JSON($0) } ?? .null),
    ])
  }

  /// The report of `backup`.
  package init(_ report: BackupReport) {
    self = .object([
      ("path", .text(report.path)),
      ("bytes", .number(report.bytes)),
      ("numbers", .number(report.contents.numbers)),
      ("requests", .number(report.contents.requests)),
      ("removed", .list(report.removed.map { .text($0) })),
    ])
  }

  /// The report of `restore`.
  package init(_ report: RestoreReport) {
    self = .object([
      ("numbers", .number(report.contents.numbers)),
      ("requests", .number(report.contents.requests)),
      ("newest_request_at", JSON(time: report.contents.newestRequestAt)),
      ("kept", JSON(report.kept)),
    ])
  }

  /// The report of `doctor`.
  ///
  /// - Parameter mended: what was changed before the installation was examined.
  package init(_ findings: [Finding], mended: [String]) {
    self = .object([
      ("problems", .number(findings.count { $0.level == .problem })),
      ("warnings", .number(findings.count { $0.level == .warning })),
      ("mended", .list(mended.map { .text($0) })),
      (
        "findings",
        .list(
          findings.map {
            .object([
              ("check", .text($0.check)), ("level", .text($0.level.rawValue)), ("message", .text($0.message)),
              ("hint", JSON($0.hint)),
            ])
          })
      ),
    ])
  }
}

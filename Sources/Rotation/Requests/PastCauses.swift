internal import SQLite

/// Why calls of the past ended, as another program has kept it.
package struct PastCauses: Sendable {
  /// By VICIdial's name of the call, and by Asterisk's.
  private var byCallCode: [String: CallerText] = [:]
  private var byUniqueID: [String: CallerText] = [:]

  package init() {}

  /// - Parameter text: as `HANGUPCAUSE(channel,tech)` gives it, such as `SIP 603 Network Blocked`.
  package mutating func add(_ text: CallerText, callCode: String, uniqueID: String) {
    if !callCode.isEmpty { byCallCode[callCode] = text }
    if !uniqueID.isEmpty { byUniqueID[uniqueID] = text }
  }

  fileprivate func cause(callCode: String?, uniqueID: String?) -> CallerText? {
    callCode.flatMap { byCallCode[$0] } ?? uniqueID.flatMap { byUniqueID[$0] }
  }
}

/// What became of causes of the past.
package struct PastCausesReport: Equatable, Sendable {
  /// Requests whose cause is known now, and how many of them the network blocked.
  package var added = 0
  package var blocked = 0
  /// Requests that are in the file, and whose cause was known before.
  package var known = 0
}

extension Store {
  /// Keeps the causes with the requests that they belong to. A cause that was reported at release stays.
  ///
  /// The rules that make numbers rest do not count them: they judge a number by its calls from now on.
  ///
  /// - Parameter progress: called with the part of the log that is read, in percent.
  package func add(_ causes: PastCauses, progress: (Int) -> Void = { _ in }) throws(StoreError) -> PastCausesReport {
    var report = PastCausesReport()
    let (begin, end) = try read { try ($0.firstRequest(since: 0), $0.endOfLog()) }
    for start in stride(from: begin, to: end, by: Snapshot.stretch) {
      progress((start - begin) * 100 / (end - begin))
      let stretch = start..<min(start + Snapshot.stretch, end)
      let found = try read { snapshot in
        try snapshot.database.all(
          """
          SELECT id, call_code, uniqueid, hangup_tech IS NOT NULL FROM request WHERE id >= ? AND id < ? AND status = 'OK'
          """, stretch.lowerBound, stretch.upperBound
        ) { row in
          let cause = causes.cause(callCode: row[1], uniqueID: row[2])
          return (request: row[0] as Int, cause: cause, isKnown: row[3] as Bool)
        }
      }
      report.known += found.count { $0.cause != nil && $0.isKnown }
      let new = found.compactMap { row in row.isKnown ? nil : row.cause.map { (request: row.request, cause: $0) } }
      try inBatches(new) { transaction, row in
        let isBlocked = NetworkBlock.isTold(by: row.cause.text)
        try transaction.database.run(
          "UPDATE request SET hangup_tech = ?2, blocked = ?3 WHERE id = ?1 AND hangup_tech IS NULL", row.request,
          row.cause.text, isBlocked ? 1 : nil)
        report.added += 1
        if isBlocked { report.blocked += 1 }
      }
    }
    if report.added > 0 { try note("import-outcomes, \(report.added) calls") }
    return report
  }
}

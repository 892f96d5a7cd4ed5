import Foundation
import TestSupport

/// What is broken off or made to fail at every point.
enum Operation: String, CaseIterable, Sendable {
  case pick, pickThatEmptiesTheLog, release, `import`, reset, maintenance, migration

  var description: String {
    switch self {
    case .pick: "a pick"
    case .pickThatEmptiesTheLog: "a pick that empties the log"
    case .release: "a release"
    case .import: "an import"
    case .reset: "a reset"
    case .maintenance: "the nightly job"
    case .migration: "a migration"
    }
  }

  private static let rows = "caller_id\n" + (10..<60).map { "97255501\($0)\n" }.joined()

  /// The state it begins in, to be copied for every point.
  func template() async throws -> Site {
    if self == .migration { return try Site() }
    let site = try await Site.used()
    if self == .pickThatEmptiesTheLog { try site.growLog() }
    return site
  }

  /// A copy in which the last call left an index that is vouched for, as it is on a working day.
  func site(from template: Site) async throws -> Site {
    let site = try Site(copying: template)
    switch self {
    case .pick, .release, .import, .reset, .maintenance: try await site.pick("before")
    // Its commit would empty the log already.
    case .pickThatEmptiesTheLog, .migration: break
    }
    return site
  }

  func run(on site: Site, strace: [String]? = nil) async throws -> Finished {
    switch self {
    case .pick, .pickThatEmptiesTheLog:
      try await site.run(.agi, ["SALES", "1001"], Site.call("broken"), strace: strace)
    case .release:
      try await site.run(
        .agi, ["", "", "action=release", "status=ANSWER", "answered=9"], Site.call("before"), strace: strace)
    case .import: try await site.run(.admin, ["import", "-"], Self.rows, strace: strace)
    case .reset: try await site.run(.admin, ["reset-usage"], strace: strace)
    case .maintenance: try await site.run(.admin, ["maintain"], strace: strace)
    case .migration: try await site.run(.admin, ["init"], strace: strace)
    }
  }

  /// What is wrong after the operation was broken off or failed: the next call must work, the operation done again must
  /// end well, and nothing that was answered may be lost.
  ///
  /// - Parameter finished: what the broken run said, and its status.
  func problems(on site: Site, after finished: Finished) async throws -> [String] {
    if self == .migration { return try await problemsOfMigration(on: site, after: finished) }
    try await site.pick("next")
    var problems = try site.problems(isReset: self == .reset)
    let granted = try site.granted()
    if let answered = finished.callerID, granted["broken"] != answered, finished.status != 0 || !finished.isHalf {
      problems.append("answered \(answered), which the store knows as \(granted["broken"] ?? "none")")
    }
    if self == .pick, granted["before"] == nil { problems.append("an earlier call is gone") }
    switch self {
    case .pick, .pickThatEmptiesTheLog: try await site.pick("last")
    case .release, .import, .reset, .maintenance:
      let again = try await run(on: site)
      if again.status != 0 { problems.append("done again: \(again.output)\(again.errors)") }
    case .migration: break
    }
    return problems + (try site.problems(isReset: self == .reset)).map { "done again: \($0)" }
  }

  private func problemsOfMigration(on site: Site, after finished: Finished) async throws -> [String] {
    // A call meanwhile is refused, and says so where the machine gave it time to; it makes nothing.
    let early = try await site.run(.agi, ["SALES"], Site.call("early"))
    guard early.status == 1,
      early.output.isEmpty || ["STORE_ERROR", "NONE_AVAILABLE"].contains(early.callerIDStatus)
    else { return ["a call meanwhile: \(early.status): \(early.output)"] }
    try await site.must(.admin, ["init"])
    try await site.must(.admin, ["import", "-"], Self.rows)
    try await site.pick("next")
    return try site.problems()
  }
}

extension Finished {
  /// The number that Asterisk was told to show.
  var callerID: String? {
    lines.first { $0.hasPrefix("SET VARIABLE CALLERID(num) ") }.map { String($0.split(separator: " ")[3]) }
  }

  var callerIDStatus: String? {
    lines.first { $0.hasPrefix("SET VARIABLE CALLERID_STATUS ") }.map { String($0.split(separator: " ")[3]) }
  }

  /// Whether the conversation with Asterisk broke off before its last command.
  var isHalf: Bool { !lines.contains { $0.hasPrefix("VERBOSE ") } }
}

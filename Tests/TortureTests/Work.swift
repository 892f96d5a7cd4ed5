import Foundation
import TestSupport

/// What an operator or cron does while calls go on. `restore` is none of it: it puts another store in the place of this one.
enum Work: String, CaseIterable, Sendable {
  case `import`, export, list, stats, rest, disable, campaign, reset, backup, maintenance, doctor

  private static let numbers = (1000..<1400).map { "972555\($0)" }

  func words(on site: Site) -> (arguments: [String], input: String) {
    let rows = "caller_id\n" + Self.numbers.joined(separator: "\n") + "\n"
    return switch self {
    case .import: (["import", "-"], rows.replacing("972555", with: "469555"))
    case .export: (["export"], "")
    case .list: (["list", "--json"], "")
    case .stats: (["stats"], "")
    case .rest: (["rest", "--for", "1d"] + Self.numbers, "")
    case .disable: (["disable"] + Self.numbers, "")
    case .campaign: (["campaign", "set", "OTHER", "number_daily_limit=9"], "")
    case .reset: (["reset-usage", "--hourly"], "")
    case .backup: (["backup", site.folder + "/backup.db"], "")
    case .maintenance: (["maintain"], "")
    case .doctor: (["doctor"], "")
    }
  }

  /// A store for it, with a log that is long enough to be copied meanwhile.
  static func site(timeout milliseconds: Int) async throws -> Site {
    let site = try await Site.used()
    let rows = "caller_id\n" + numbers.joined(separator: "\n") + "\n"
    try await site.must(.admin, ["import", "-"], rows)
    try await site.must(.admin, ["campaign", "set", "OTHER", "number_daily_limit=50"])
    try await site.must(.admin, ["campaign", "unset", "OTHER", "number_daily_limit"])
    try await site.must(.admin, ["config", "set", "busy_timeout_ms", String(milliseconds)])
    try site.growLog()
    return site
  }
}

/// A command that strace slows down or stops.
final class TracedWork: Sendable {
  private let program: RunningProgram
  private let log: String

  init(_ work: Work, on site: Site, _ options: [String]) throws {
    log = site.folder + "-\(work)-trace"
    let (arguments, input) = work.words(on: site)
    // A pipe holds this much.
    let pipe = Pipe()
    try pipe.fileHandleForWriting.write(contentsOf: Data(input.utf8))
    try pipe.fileHandleForWriting.close()
    program = try RunningProgram(
      stracePath, ["-f", "-o", log] + options + [Program.admin.path] + arguments,
      environment: ["CALLERID_DB": site.store], input: pipe)
  }

  deinit {
    if program.isRunning, let process { kill(process, SIGKILL) }
    program.end()
    try? FileManager.default.removeItem(atPath: log)
  }

  var isRunning: Bool { program.isRunning }

  /// The command's own process.
  private var process: pid_t? {
    let text = (try? String(contentsOfFile: log, encoding: .utf8)) ?? ""
    return text.split(separator: " ").first.flatMap { pid_t($0) }
  }

  /// Waits until it is stopped.
  ///
  /// - Returns: whether it is; it may have ended instead.
  func isStopped() async throws -> Bool {
    while program.isRunning {
      if let text = try? String(contentsOfFile: log, encoding: .utf8), text.contains("--- stopped by SIGSTOP ---") {
        return true
      }
      try await Task.sleep(for: .milliseconds(5))
    }
    return false
  }

  func goOn() { if let process { kill(process, SIGCONT) } }

  func status() async throws -> Int { try await program.status() }
}

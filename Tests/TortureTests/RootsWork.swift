import Foundation
import TestSupport

/// The commands that write, as root runs them.
enum RootsWork: String, CaseIterable, Sendable {
  case make = "init --owner, where there is no store"
  case give = "init --owner"
  case upgrade = "init"
  case mend = "doctor --fix"
  case examine = "doctor"
  case add, set, rest, wake, enable, disable, retire, remove, release, next
  case `import`
  case campaign, agent, config
  case reset = "reset-usage"
  case backup, maintain, restore
  case backupElsewhere = "backup of a store of root's into another user's folder"
  case backupFile = "backup of a store of root's to a file in another user's folder"

  func arguments(on ground: Ground) -> [String] {
    let user = "\(Ground.asterisk):\(Ground.asterisk)"
    return switch self {
    case .make, .give: ["init", "--owner", user]
    case .upgrade: ["init"]
    case .mend: ["doctor", "--fix", "--root", ground.base, "--user", user]
    case .examine: ["doctor", "--root", ground.base]
    case .add: ["add", "3125550101"]
    case .set: ["set", "2145550101", "--name", "x"]
    case .rest: ["rest", "2145550101", "--for", "7d"]
    case .wake, .enable, .disable, .retire: [rawValue, "2145550101"]
    case .remove: ["remove", "2145550101", "--force"]
    case .release: ["release", "--all"]
    case .next: ["next", "--to", "12145551212", "--reserve"]
    case .import: ["import", ground.base + "/etc/numbers.csv"]
    case .campaign: ["campaign", "set", "SALES", "number_daily_limit=5"]
    case .agent: ["agent", "set", "1001", "--calls-per-minute", "5"]
    case .config: ["config", "set", "match", "any"]
    case .reset: ["reset-usage"]
    case .backup: ["backup"]
    case .maintain: ["maintain"]
    case .restore: ["restore", ground.home + "/first.db"]
    case .backupElsewhere: ["backup", "--to", ground.home + "/callerid"]
    case .backupFile: ["backup", ground.home + "/callerid/copy.db"]
    }
  }

  func store(on ground: Ground) -> String {
    switch self {
    case .backupElsewhere, .backupFile: ground.rootsStore
    default: ground.store
    }
  }

  func template(of templates: Ground.Templates) -> Ground {
    switch self {
    case .make: templates.empty
    case .give, .mend: templates.ofRoot
    default: templates.used
    }
  }

  /// A system call of a run: the `count`th of its name in its process.
  struct Point: Sendable {
    let call: String
    let count: Int
    /// Whether the process was root yet.
    let isOfRoot: Bool
  }

  /// Every system call that names a file of the ground, or has a descriptor of one, and works on it.
  func points(from templates: Ground.Templates) async throws -> [Point] {
    let ground = try await Ground(copying: template(of: templates))
    let log = ground.base + "-log"
    defer { try? FileManager.default.removeItem(atPath: log) }
    let finished = try await run(
      stracePath,
      ["-f", "-y", "-o", log, "-e", "trace=%file,setuid,fchown,fchmod", Program.admin.path] + arguments(on: ground),
      environment: ["CALLERID_DB": store(on: ground)])
    // There is always something that doctor finds.
    guard finished.status == 0 || [.mend, .examine].contains(self) else {
      throw Failure("\(rawValue): \(finished.output)\(finished.errors)")
    }
    var counts: [String: Int] = [:]
    var others: Set<Substring> = []
    var points: [Point] = []
    for line in try String(contentsOfFile: log, encoding: .utf8).split(separator: "\n") {
      guard let bracket = line.firstIndex(of: "("), case let words = line[..<bracket].split(separator: " "),
        words.count == 2
      else { continue }
      if words[1] == "setuid" { others.insert(words[0]) }
      counts[String(line[..<bracket]), default: 0] += 1
      guard line.contains(ground.base), words[1] != "execve" else { continue }
      points.append(
        Point(
          call: String(words[1]), count: counts[String(line[..<bracket])] ?? 0, isOfRoot: !others.contains(words[0])))
    }
    return points
  }
}

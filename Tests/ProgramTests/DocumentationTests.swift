import Foundation
import TestSupport
import Testing

/// README.md, the pages of docs/ and `make help` say what the programs do.
@Suite(.timeLimit(.minutes(2)))
struct DocumentationTests {
  private static let repository = FileManager.default.currentDirectoryPath

  /// README.md and the pages of docs/.
  static let pages: [String] = {
    let pages = (try? FileManager.default.contentsOfDirectory(atPath: repository + "/docs")) ?? []
    return ["README.md"] + pages.filter { $0.hasSuffix(".md") }.sorted().map { "docs/" + $0 }
  }()

  private func text(of page: String) throws -> String {
    try String(contentsOfFile: Self.repository + "/" + page, encoding: .utf8)
  }

  // MARK: Commands

  /// The files that commands of the pages read.
  private static let files = [
    "numbers.csv": "caller_id,carrier\n2145550103,Acme\n", "carrier.csv": "msisdn,site,notes\n2145550104,Dallas,x\n",
    "lines.txt": "2145550105,Acme\n", "flagged.csv": "phone,reason\n2145550101,spam\n",
    "report.csv": "Phone,Status\n2145550101,Flagged\n3125550101,Clean\n",
    "dial_log.tsv": "caller_code\tsip_hangup_cause\tsip_hangup_reason\nV1124150058000001234\t603\tNetwork Blocked\n",
    "complaints.csv": "Company_Phone_Number,Created_Date\n2145550101,x\n2145550101,y\n",
  ]

  /// Indented lines that begin with callerid-admin, in the order of the page, on one store. What needs root is left out: it
  /// begins with sudo.
  @Test(arguments: pages) func theCommandsOfAPageWork(page: String) async throws {
    let callerID = try await Installation(numbers: ["2145550101", "3125550101"])
    _ = try await callerID.agi(["SALES", "1001"])
    for (name, text) in Self.files { try Data(text.utf8).write(to: URL(fileURLWithPath: callerID.folder + "/" + name)) }
    _ = try await callerID.admin("backup", callerID.folder + "/old-backup.db")
    let commands = try text(of: page).split(separator: "\n").filter {
      $0.hasPrefix("    callerid-admin ") || $0.hasPrefix("    cp ")
    }
    if page == "README.md" { try #require(commands.count >= 10) }
    for command in commands {
      let finished = try await run(
        "/bin/sh",
        ["-c", "cd \(callerID.folder) && " + command.replacing("callerid-admin", with: Program.admin.path)],
        environment: ["CALLERID_DB": callerID.store])
      #expect(finished.status == 0, "\(page): \(command): \(finished.errors)")
    }
  }

  // MARK: Links

  /// A package has the pages without the sources around them.
  @Test func everyLinkLeadsSomewhereAlsoWhereThePagesAreInstalled() async throws {
    let folder = "/tmp/callerid-\(UUID().uuidString)"
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let installed = try await run(
      "/usr/bin/make",
      ["-C", Self.repository, "install", "DESTDIR=\(folder)", "PREFIX=/usr", "AGIDIR=/agi-bin", "CRONDIR=/etc/cron.d"])
    try #require(installed.status == 0, "\(installed.errors)")
    let documentation = folder + "/usr/share/doc/callerid"
    for page in Self.pages + ["CONTRIBUTING.md", "CHANGELOG.md"] {
      let base = URL(fileURLWithPath: documentation + "/" + page).deletingLastPathComponent().path
      for link in try text(of: page).matches(of: /\]\(([^)#]*)(#[^)]*)?\)/) where !link.1.hasPrefix("https:") {
        let target = link.1.isEmpty ? documentation + "/" + page : base + "/" + link.1
        #expect(FileManager.default.fileExists(atPath: target), "\(page): \(link.1)")
        guard let anchor = link.2?.dropFirst() else { continue }
        let headings = try String(contentsOfFile: target, encoding: .utf8).split(separator: "\n").filter {
          $0.hasPrefix("#")
        }
        #expect(headings.map(Self.anchor).contains(String(anchor)), "\(page): \(link.0)")
      }
    }
  }

  /// By what a heading is linked to on the pages of a repository.
  private static func anchor(of heading: Substring) -> String {
    let title = heading.drop { $0 == "#" || $0 == " " }.lowercased()
    return String(title.filter { $0.isLetter || $0.isNumber || "_- ".contains($0) }).replacing(" ", with: "-")
  }

  // MARK: Settings

  @Test func everySettingIsExplainedWithItsDefault() async throws {
    let callerID = try await Installation()
    let explained = rows(of: try sections(of: "docs/settings.md")["Settings of the store"])
    let settings = try #require(try await callerID.json("config", "list") as? [[String: Any]])
    #expect(!settings.isEmpty)
    #expect(explained.map { Array($0.prefix(2)) } == settings.map { [Self.text($0["key"]), Self.text($0["default"])] })
  }

  /// A campaign that nobody configured shows the defaults. In JSON, no limit and nothing are both null.
  @Test func everySettingOfACampaignIsExplainedWithItsDefault() async throws {
    let callerID = try await Installation(numbers: ["2145550101"])
    _ = try await callerID.agi(["SALES"])
    let explained = rows(of: try sections(of: "docs/settings.md")["Settings of a campaign"])
    var campaign = try #require(try await callerID.json("campaign", "show", "SALES") as? [String: Any])
    for key in ["name", "used_today", "used_this_hour"] { #expect(campaign.removeValue(forKey: key) != nil) }
    #expect(Set(explained.map { $0[0] }) == Set(campaign.keys))
    for row in explained {
      #expect((row[1] == "none" ? "" : row[1]) == Self.text(campaign[row[0]]), "\(row[0])")
    }
  }

  /// A value of JSON as settings are written.
  private static func text(_ value: Any?) -> String {
    switch value {
    case let text as String: text
    // A flag is an NSNumber of C's type char.
    case let number as NSNumber where String(cString: number.objCType) == "c": number.boolValue ? "yes" : "no"
    case let number as NSNumber: number.stringValue
    default: ""
    }
  }

  /// The lines below each heading of the second level.
  private func sections(of page: String) throws -> [String: [Substring]] {
    var sections: [String: [Substring]] = [:]
    var heading = ""
    for line in try text(of: page).split(separator: "\n") {
      if line.hasPrefix("## ") {
        heading = String(line.dropFirst(3).replacing("`", with: ""))
        sections[heading] = []
      } else {
        sections[heading, default: []].append(line)
      }
    }
    return sections
  }

  /// The cells of a section's tables, without the marks of code.
  private func rows(of section: [Substring]?) -> [[String]] {
    let lines = (section ?? []).filter { $0.hasPrefix("| `") }
    return lines.map { line in
      line.dropFirst().split(separator: "|").map {
        $0.trimmingCharacters(in: .whitespaces).replacing("`", with: "")
      }
    }
  }

  // MARK: JSON

  /// The commands that print the JSON of each section of docs/json.md.
  private static let printing: [(section: String, commands: [[String]])] = [
    ("next", [["next", "--to", "12145551212"], ["next", "--to", "12145551212", "--pool", "none"]]),
    ("explain", [["explain", "--to", "12145551212", "--campaign", "SALES", "--agent", "1001"]]),
    ("list", [["list"]]), ("show", [["show", "2145550101"], ["set", "2145550102", "--name", "x"]]),
    ("undo --list", [["undo", "--list"]]), ("undo", [["undo"]]),
    ("import", [["import", "wrong.csv"]]), ("import-outcomes", [["import-outcomes", "dial_log.tsv"]]),
    ("reservations", [["reservations"]]), ("requests", [["requests"]]),
    ("why", [["why", "1"]]),
    ("stats", [["stats"]]),
    (
      "stats --by",
      ["number", "pool", "carrier", "area", "region", "campaign", "agent", "hour"].map { ["stats", "--by", $0] }
    ),
    ("stats --by match", [["stats", "--by", "match"]]),
    ("burnt", [["burnt", "--all"]]), ("forecast", [["forecast"], ["forecast", "--match", "region"]]),
    (
      "campaign list",
      [
        ["campaign", "list"], ["campaign", "show", "SALES"], ["campaign", "set", "SALES", "sticky=off"],
        ["campaign", "unset", "SALES", "sticky"],
      ]
    ),
    ("agent list", [["agent", "list"]]), ("config list", [["config", "list"]]), ("audit", [["audit"]]),
    ("token list", [["token", "add", "wallboard", "--role", "read"], ["token", "list"]]),
    ("backup", [["backup", "a.db"]]), ("reset-usage", [["reset-usage"]]), ("maintain", [["maintain"]]),
    ("restore", [["restore", "a.db"]]), ("doctor", [["doctor"]]),
  ]

  @Test func everyKeyOfTheJSONIsExplained() async throws {
    let callerID = try await Installation(numbers: ["2145550101", "2145550102", "3125550101"])
    for unique in ["1", "2"] {
      var call = AsteriskCall()
      call.uniqueID = unique
      _ = try await callerID.agi(["SALES", "1001"], call)
    }
    _ = try await callerID.admin("release", "2145550102")
    var ended = AsteriskCall()
    ended.uniqueID = "2"
    _ = try await callerID.agi(["", "", "action=release", "status=BUSY"], ended)
    try Data("caller_id,state\n12,\n2145550101,disabled\n".utf8).write(
      to: URL(fileURLWithPath: callerID.folder + "/wrong.csv"))
    try Data((Self.files["dial_log.tsv"] ?? "").utf8).write(to: URL(fileURLWithPath: callerID.folder + "/dial_log.tsv"))
    let sections = try sections(of: "docs/json.md")
    #expect(Set(sections.keys) == Set(Self.printing.map(\.section) + [""]))
    for (section, commands) in Self.printing {
      var explained = Set(rows(of: sections[section]).map { $0[0] })
      if section == "why" { explained.formUnion(rows(of: sections["requests"]).map { $0[0] }) }
      if section == "show" { explained.formUnion(rows(of: sections["list"]).map { $0[0] }) }
      if section == "stats --by" {
        explained.formUnion(["caller_id", "pool", "carrier", "area_code", "region", "campaign", "agent", "hour"])
      }
      var printed: Set<String> = []
      for command in commands {
        let finished = try await run(
          "/bin/sh", ["-c", "cd \"$0\" && exec \"$@\"", callerID.folder, Program.admin.path] + command + ["--json"],
          environment: ["CALLERID_DB": callerID.store])
        printed.formUnion(keys(of: try finished.json()))
      }
      // An empty list does not show the keys of what it would hold.
      printed = printed.filter { key in !explained.contains { $0.hasPrefix(key + "[].") } }
      #expect(printed == explained, "\(section): \(printed.symmetricDifference(explained).sorted())")
    }
  }

  /// `a.b` for the key b of the object a, `a[].b` where a is a list; rows are those of the list around them.
  private func keys(of json: Any, below path: String = "") -> Set<String> {
    if let object = json as? [String: Any] {
      // Rules by their names.
      if path == "tiers[].asleep" { return [path] }
      return Set(object.flatMap { keys(of: $0.value, below: path.isEmpty ? $0.key : "\(path).\($0.key)") })
    }
    if let list = json as? [Any], path.isEmpty || list.first is [String: Any] {
      return Set(list.flatMap { keys(of: $0, below: path.isEmpty ? "" : path + "[]") })
    }
    return [path]
  }

  // MARK: make help

  @Test func makeHelpListsEveryTarget() async throws {
    let makefile = try text(of: "Makefile").replacing("\\\n", with: " ")
    let phony = try #require(makefile.split(separator: "\n").first { $0.hasPrefix(".PHONY:") })
    let targets = Set(phony.split(separator: " ").dropFirst().map(String.init))
    let help = try await run("/usr/bin/make", ["-C", Self.repository, "--no-print-directory", "help"])
    let listed = help.lines.map { $0.split(separator: " ", maxSplits: 1, omittingEmptySubsequences: true) }
    #expect(Set(listed.map { String($0[0]) }) == targets)
    #expect(listed.allSatisfy { $0.count == 2 })
  }
}

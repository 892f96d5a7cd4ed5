import Foundation
import TestSupport
import Testing

/// docs/trust.md says what each command does with root's rights, and the commands are held against it.
@Suite(.timeLimit(.minutes(3)))
struct TrustTests {
  /// A row of the table: commands, and what they do as root.
  struct Row: Sendable, CustomTestStringConvertible {
    let commands: [String]
    /// Whether the cell of each column says something else than "nothing".
    let does: [String: Bool]
    var testDescription: String { commands.joined(separator: ", ") }
  }

  static let rows: [Row] = {
    let page = try? String(contentsOfFile: FileManager.default.currentDirectoryPath + "/docs/trust.md", encoding: .utf8)
    let table = (page ?? "").split(separator: "\n").filter { $0.hasPrefix("|") }.map { line in
      line.split(separator: "|").map { $0.trimmingCharacters(in: .whitespaces) }
    }
    return table.dropFirst(2).map { cells in
      Row(
        commands: cells[0].matches(of: /`([a-z -]+)`/).map { String($0.1) },
        does: Dictionary(uniqueKeysWithValues: zip(table[0], cells).dropFirst().map { ($0, $1 != "nothing") }))
    }
  }()

  @Test func everyCommandHasItsPlace() async throws {
    let named = Self.rows.flatMap(\.commands)
    let commands = try await AdminCommand.all().compactMap(\.words.first)
    #expect(Set(named) == Set(commands).union(["init --owner", "doctor --fix"]))
    #expect(named.count == Set(named).count)
  }

  /// What a trace shows of each column, by system calls. Files are only looked at by `O_PATH`.
  private static let columns: [String: @Sendable (_ call: String, _ folder: String) -> Bool] = [
    "opens of the store": { call, folder in
      // Whether it is opened by its path or, after a `<`, by its folder.
      (call.contains(" openat(") || call.contains(" open(")) && !call.contains("O_PATH")
        && [folder + "/", folder + "\"", folder + ">"].contains { call.contains($0) }
    },
    "makes": { call, _ in
      call.contains("O_CREAT")
        || ["mkdir", "link", "rename"].contains { call.contains(" \($0)") || call.contains(" sym\($0)") }
    },
    "gives away": { call, _ in ["chown", "chmod"].contains { call.contains($0) } },
    "starts": { call, _ in
      call.contains(" execve(") && !call.contains("/proc/self/exe") && !call.contains("callerid-admin")
    },
  ]

  @Test(.enabled(if: getuid() == 0), arguments: rows)
  func aCommandDoesAsRootWhatIsSaid(row: Row) async throws {
    #expect(Set(row.does.keys) == Set(Self.columns.keys))
    let all = try await AdminCommand.all()
    for command in row.commands {
      let words = command.split(separator: " ").map(String.init)
      var does: [String: Bool] = [:]
      // A command of subcommands is all of these.
      for described in all where described.words.first == words[0] && described.subcommands == nil {
        for (column, isSeen) in try await seen(described, words) { does[column] = isSeen || does[column] ?? false }
      }
      #expect(does == row.does, "\(command)")
    }
  }

  /// Which columns a command is seen to fill.
  private func seen(_ command: AdminCommand, _ words: [String]) async throws -> [String: Bool] {
    let machine = try await AdminDoctorTests.Machine()
    let callerID = machine.callerID
    _ = try await callerID.admin("backup", callerID.folder + "/first.db")
    var arguments = try command.example()
    switch words {
    case ["restore"]: arguments = ["restore", callerID.folder + "/first.db"]
    case ["doctor"]: arguments = ["doctor", "--root", machine.root]
    case ["doctor", "--fix"]:
      arguments = words + ["--root", machine.root]
      chown(callerID.store, 0, 0)
      try FileManager.default.removeItem(atPath: machine.agiFolder + "/get_callerid.sh")
    case ["init", "--owner"]:
      arguments = words + ["nobody"]
      try FileManager.default.removeItem(atPath: callerID.folder)
    default: break
    }
    let (_, trace) = try await callerID.trace(
      .admin, arguments, input: "",
      seeing: [
        "open", "openat", "mkdir", "mkdirat", "symlink", "symlinkat", "link", "linkat", "rename", "renameat",
        "renameat2",
        "chown", "lchown", "fchown", "fchownat", "chmod", "fchmod", "fchmodat", "execve", "setuid",
      ])
    var does: [String: Bool] = [:]
    // Each process is root until it becomes another user.
    var others: Set<Substring> = []
    for call in trace.calls where !call.contains(" = -1 ") {
      let process = call.prefix { $0 != " " }
      if call.contains(" setuid(") { others.insert(process) }
      for (column, isSeen) in Self.columns {
        // What is started is never started as root.
        let isCounted = column == "starts" || !others.contains(process)
        if isCounted, isSeen(call, callerID.folder) {
          does[column] = true
          if column == "starts" { #expect(others.contains(process), "\(call)") }
        }
      }
    }
    #expect(!others.isEmpty, "\(arguments) stays root")
    return Dictionary(uniqueKeysWithValues: Self.columns.keys.map { ($0, does[$0] ?? false) })
  }
}

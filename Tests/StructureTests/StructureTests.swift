import Foundation
import Testing

/// The house is as DESIGN and CONTRIBUTING say: imports point one way, SQL has one home, and each folder has its row.
struct StructureTests {
  /// What each module may import of ours, and of the system's. Foundation would cost each call five milliseconds.
  private static let allowed: [String: Set<String>] = [
    "CSQLite": [],
    "SQLite": ["CSQLite", "Glibc"],
    "PlainText": [],
    "Rotation": ["PlainText", "SQLite", "Glibc", "Synchronization"],
    "AGI": ["PlainText", "Glibc"],
    "Calls": ["AGI", "Rotation"],
    "callerid-agi": ["Calls", "Rotation", "Glibc", "Synchronization"],
    "CMariaDB": [],
    "MariaDB": ["CMariaDB", "Glibc"],
    "Cluster": ["MariaDB", "Rotation", "Foundation", "Synchronization"],
    "NumberFiles": ["Rotation", "Foundation"],
    "Output": ["NumberFiles", "Rotation", "Foundation"],
    "Access": ["Rotation", "Crypto"],
    "WebCalls": ["NumberFiles", "Rotation"],
    "Dashboard": ["Output", "Rotation", "Mustache"],
    "callerid-server": [
      "Access", "Calls", "Cluster", "Dashboard", "NumberFiles", "Output", "Rotation", "WebCalls", "ArgumentParser",
      "Foundation",
      "Glibc",
      "HTTPTypes", "Hummingbird", "HummingbirdCore", "Logging", "NIOCore", "NIOExtras", "NIOHTTP1", "NIOHTTPTypesHTTP1",
      "NIOPosix",
      "NIOSSL",
      "Synchronization", "UnixSignals",
    ],
    "callerid-admin": [
      "Access", "Cluster", "MariaDB", "NumberFiles", "Output", "Rotation", "Foundation", "ArgumentParser",
      "Synchronization", "Glibc",
    ],
  ]

  @Test func importsPointOneWay() throws {
    let imports = try Repository.sourceLines().compactMap { line -> (place: String, module: String, name: String)? in
      let match = line.text.firstMatch(
        of: /^\s*(?:@\w+ )?(?:(?:internal|package|public|private) )?import (?:\w+ )?(\w+)/)
      return match.map { (line.place, line.module, String($0.output.1)) }
    }
    #expect(imports.count > 100)
    for line in imports {
      let allowed = try #require(Self.allowed[line.module], "\(line.place): the module is not in the test's table")
      #expect(allowed.contains(line.name), "\(line.place): \(line.module) must not import \(line.name)")
    }
  }

  @Test func whatThePackageSaysIsWhatTheTableSays() throws {
    let package = try Repository.text("Package.swift")
    for name in try FileManager.default.contentsOfDirectory(atPath: Repository.root + "/Sources") {
      #expect(Self.allowed[name] != nil, "Sources/\(name) is not in the test's table")
      #expect(package.contains("name: \"\(name)\""), "Package.swift has no target \(name)")
    }
  }

  @Test func onlyTheStoreHoldsSQL() throws {
    let sql = /\b(?:SELECT\b.*\bFROM|INSERT (?:OR \w+ )?INTO|UPDATE \w+ SET|DELETE FROM|CREATE (?:TABLE|INDEX))\b/
    for line in try Repository.sourceLines() where !["Rotation", "Cluster"].contains(line.module) {
      #expect(
        line.text.firstMatch(of: sql) == nil,
        "\(line.place): SQL belongs in Sources/Rotation, the engine's in Sources/Cluster")
    }
  }

  @Test func oneTableSaysWhichCharactersDoHarm() throws {
    let table = /0x(?:0?61C|20[26][0-9A-F]|200[BEF]|FEFF)\b/
    for line in try Repository.sourceLines() where line.module != "PlainText" {
      #expect(line.text.firstMatch(of: table) == nil, "\(line.place): ask Unicode.Scalar.isUnsafe")
    }
  }

  @Test func nothingIsLeftToDoAndNothingTraps() throws {
    let marks = /\b(?:TODO|FIXME|XXX|HACK)\b|fatalError\(|\btry!|\bas!/
    // A value that is taken for granted. The name of a field of HTTP in the source is known to be one.
    let forced = /[)\]\w]!(?:[^=\w"]|$)/
    for line in try Repository.sourceLines() {
      #expect(line.text.firstMatch(of: marks) == nil, "\(line.place): \(line.text)")
      let code = line.text.replacing(/"(?:[^"\\]|\\.)*"/, with: "\"\"").replacing(/\/\/.*/, with: "")
      if code.contains("HTTPField.Name(\"\")!") { continue }
      #expect(code.firstMatch(of: forced) == nil, "\(line.place): \(line.text)")
    }
  }

  @Test func filesAndFoldersCanBeHeldInMind() throws {
    var folders: [String: Int] = [:]
    for path in try Repository.files(below: "Sources", endings: [".swift"]) {
      folders[(path as NSString).deletingLastPathComponent, default: 0] += 1
      let text = try Repository.text(path)
      // Nobody reads a table that a script has written.
      guard !text.hasPrefix("// Written by scripts/") else { continue }
      let lines = text.split(separator: "\n", omittingEmptySubsequences: false).count - 1
      #expect(lines <= 400, "\(path) has \(lines) lines")
    }
    for (folder, files) in folders { #expect(files <= 24, "\(folder) has \(files) files") }
  }

  @Test func theInterfaceIsDescribedAsItIs() throws {
    let routes = try Repository.sourceLines().compactMap { line in
      line.text.firstMatch(of: /router\.(get|head|post|patch|put|delete)\("([^"]+)"\)/).map { "\($0.1) \($0.2)" }
      // Pages are for people.
    }.filter { !$0.contains(" /dashboard") }
    let description = try #require(
      JSONSerialization.jsonObject(with: Data(Repository.text("Sources/callerid-server/HTTP/OpenAPI.json").utf8))
        as? [String: Any])
    let paths = try #require(description["paths"] as? [String: [String: Any]])
    let described = paths.flatMap { path, methods in
      methods.keys.filter { $0 != "parameters" }.map { "\($0) \(path)" }
    }
    #expect(routes.count > 20)
    #expect(Set(routes) == Set(described))
  }

  // MARK: CONTRIBUTING's table

  /// The folders that the table "Where a line of code belongs" names.
  private func tableOfFolders() throws -> [String] {
    let lines = try Repository.text("CONTRIBUTING.md").split(separator: "\n", omittingEmptySubsequences: false)
    let start = try #require(lines.firstIndex(of: "## Where a line of code belongs"))
    return lines[(start + 1)...].prefix { !$0.hasPrefix("## ") }.compactMap { line in
      line.firstMatch(of: /^\| `([^`]+)` \|/).map { String($0.output.1) }
    }
  }

  @Test func everyFolderOfTheTableIsThere() throws {
    let folders = try tableOfFolders()
    #expect(folders.count > 20)
    #expect(Set(folders).count == folders.count)
    for folder in folders { #expect(Repository.isFolder(folder), "CONTRIBUTING names \(folder), which is not there") }
  }

  @Test func everyFolderOfTheSourcesIsInTheTable() throws {
    let table = try tableOfFolders()
    for path in try Repository.files(below: "Sources", endings: [".swift", ".modulemap"]) {
      let folder = (path as NSString).deletingLastPathComponent
      // By its own row or that of a folder that it lies in.
      #expect(table.contains { folder == $0 || folder.hasPrefix($0 + "/") }, "\(folder) has no row in CONTRIBUTING")
    }
  }
}

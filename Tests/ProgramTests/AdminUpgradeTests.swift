import Foundation
import SQLite
import TestSupport
import Testing

@testable import Rotation

/// Stores of every schema that was ever released, brought up to this one.
///
/// Tests/Fixtures/schema-N.sql is a dump of a store as the programs of schema N left it; each holds the same, which
/// `export` and `requests` then print as numbers.csv and requests.csv have it. A new schema adds its file.
@Suite(.timeLimit(.minutes(5)))
struct AdminUpgradeTests {
  private static let fixtures = FileManager.default.currentDirectoryPath + "/Tests/Fixtures"

  /// Makes a store of an older schema in a new folder.
  private func store(ofSchema version: Int) throws -> String {
    let folder = "/tmp/callerid-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: false)
    let path = folder + "/callerid.db"
    try execute(try String(contentsOfFile: "\(Self.fixtures)/schema-\(version).sql", encoding: .utf8), on: path)
    return path
  }

  private func remove(_ path: String) { try? FileManager.default.removeItem(atPath: Path.folder(of: path)) }

  private func admin(_ path: String, _ arguments: String...) async throws -> Finished {
    try await run(Program.admin.path, ["--db", path] + arguments)
  }

  private func call(_ path: String) async throws -> Finished {
    try await run(Program.agi.path, ["SALES", ""], input: AsteriskCall().input, environment: ["CALLERID_DB": path])
  }

  /// What every schema keeps under these names.
  private func held(in path: String) throws -> [String] {
    try rows(of: "SELECT id, e164, written, name, used_today, last_request, holds FROM number ORDER BY id", in: path)
      + rows(of: "SELECT id, at, status, destination, number_id, answered_seconds FROM request ORDER BY id", in: path)
      + rows(of: "SELECT * FROM daily_usage", in: path) + rows(of: "SELECT key, value FROM setting", in: path)
  }

  private func expectAllOfIt(in path: String) async throws {
    for (command, file) in [(["export"], "numbers.csv"), (["requests", "--csv", "--last", "100"], "requests.csv")] {
      let printed = try await run(Program.admin.path, ["--db", path] + command)
      #expect(printed.output == (try String(contentsOfFile: "\(Self.fixtures)/\(file)", encoding: .utf8)), "\(file)")
    }
    #expect(try await admin(path, "config", "get", "timezone").output == "America/New_York\n")
    #expect(try await admin(path, "maintain", "--no-backup").output.contains("The index of numbers is correct"))
    // The one that was used longest ago.
    let call = try await call(path)
    #expect(call.lines.contains("SET VARIABLE CALLERID(num) 2145550101"), "\(call.output)")
  }

  @Test func everySchemaThatWasReleasedIsHere() throws {
    let files = try FileManager.default.contentsOfDirectory(atPath: Self.fixtures).filter { $0.hasSuffix(".sql") }
    #expect(Set(files) == Set((1...Schema.version).map { "schema-\($0).sql" }))
  }

  /// What made the stores out there is what makes one today, up to the schema of the fixture.
  @Test(arguments: 1...Schema.version)
  func theFixtureHasTheTablesOfItsSchema(version: Int) throws {
    let path = try store(ofSchema: version)
    defer { remove(path) }
    let fresh = Path.folder(of: path) + "/fresh.db"
    let database = try Database(path: fresh, mode: .create)
    for migration in Schema.migrations.prefix(version) { try database.execute(migration.sql) }
    let tables = "SELECT type, name, sql FROM sqlite_schema ORDER BY type, name"
    #expect(try rows(of: tables, in: path) == rows(of: tables, in: fresh))
    #expect(try rows(of: "PRAGMA user_version", in: path) == [String(version)])
  }

  @Test(arguments: 1...Schema.version)
  func nothingIsLostOnTheWayToThisSchema(version: Int) async throws {
    let path = try store(ofSchema: version)
    defer { remove(path) }
    if version < Schema.version {
      let call = try await call(path)
      #expect(call.lines.first == "SET VARIABLE CALLERID_STATUS STORE_ERROR")
      #expect(try await admin(path, "list").errors.contains("Bring it up to date: callerid-admin init"))
      #expect(try await admin(path, "backup").status == 1)
    }
    let before = try held(in: path)
    let upgraded = try await admin(path, "init")
    #expect(upgraded.status == 0, "\(upgraded.errors)")
    #expect(
      upgraded.output.contains(
        version < Schema.version ? "up to date from schema \(version)" : "exists and is up to date"))
    #expect(try held(in: path) == before)
    try await expectAllOfIt(in: path)
  }

  /// Of the empty file too, which is how a new store begins.
  @Test(arguments: 0...Schema.version)
  func aMigrationThatIsKilledLeavesTheOldSchemaWorking(version: Int) async throws {
    var points = 0
    for call in ["pwrite64", "fdatasync", "ftruncate", "unlink"] {
      for when in 1...80 {
        let path = version > 0 ? try store(ofSchema: version) : "/tmp/callerid-\(UUID().uuidString)/callerid.db"
        defer { remove(path) }
        let before = version > 0 ? try held(in: path) : []
        let killed = try await run(
          stracePath,
          [
            "-f", "-o", "/dev/null", "-e", "trace=\(call)", "-e", "inject=\(call):signal=KILL:when=\(when)",
            Program.admin.path, "--db", path, "init",
          ])
        if killed.status < 128 { break }
        points += 1
        let found = try #require(Int(rows(of: "PRAGMA user_version", in: path)[0]))
        // A migration is committed together with its record; between two there may be an end.
        #expect((version...Schema.version).contains(found), "\(call) \(when)")
        #expect(try rows(of: "PRAGMA integrity_check", in: path) == ["ok"])
        if version > 0 { #expect(try held(in: path) == before) }
        if found == version, version > 0 {
          // As its own programs left it, tables and all.
          let tables = "SELECT name, sql FROM sqlite_schema ORDER BY name"
          let fixture = try store(ofSchema: version)
          #expect(try rows(of: tables, in: path) == rows(of: tables, in: fixture))
          remove(fixture)
        }
        #expect(try await admin(path, "init").status == 0)
        #expect(try rows(of: "PRAGMA user_version", in: path) == [String(Schema.version)])
        if version > 0, when % 10 == 1 { try await expectAllOfIt(in: path) }
      }
    }
    #expect(points > 0)
  }
}
